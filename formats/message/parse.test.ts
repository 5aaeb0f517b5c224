import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workedMs } from '#tools/testing/worked.ts';
import { decodePartText, truncate } from './decode.ts';
import { htmlToText } from './html.ts';
import { printStructure, readStructure } from './pack.ts';
import { MAX_DEPTH, MAX_PARTS, parseMessage } from './parse.ts';
import { findPart, findSection, partSlice, sectionSlice } from './slices.ts';
import type { MessagePart } from './types.ts';

const octets = (text: string): Uint8Array =>
  Uint8Array.from(text.replaceAll('\n', '\r\n'), (character) => character.charCodeAt(0));
const characters = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

const MESSAGE = octets(`From: a@b.fr
Content-Type: multipart/mixed; boundary=o

preamble
--o
Content-Type: multipart/alternative; boundary=i

--i
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

=C3=A9t=C3=A9
--i
Content-Type: text/html

<p>ete</p>
--i--
--o
Content-Type: message/rfc822

Subject: dedans
Content-Type: multipart/mixed; boundary=n

--n

un
--n
Content-Type: application/pdf; name=a.pdf
Content-Transfer-Encoding: base64

aGVsbG8=
--n--
--o
Content-Type: message/rfc822

Subject: seul

texte
--o--
epilogue
`);

/** Sections as IMAP asks for them (RFC 9051 §6.4.5.1). */
const sections: readonly (readonly [string, string | null])[] = [
  ['HEADER', 'From: a@b.fr\nContent-Type: multipart/mixed; boundary=o\n\n'],
  ['1.MIME', 'Content-Type: multipart/alternative; boundary=i\n\n'],
  ['1.1', '=C3=A9t=C3=A9'],
  ['1.2.MIME', 'Content-Type: text/html\n\n'],
  ['1.2', '<p>ete</p>'],
  ['1.HEADER', null],
  ['2.HEADER', 'Subject: dedans\nContent-Type: multipart/mixed; boundary=n\n\n'],
  ['2.1', 'un'],
  ['2.1.MIME', '\n'],
  ['2.2', 'aGVsbG8='],
  ['3', 'Subject: seul\n\ntexte'],
  ['3.TEXT', 'texte'],
  ['3.1', 'texte'],
  ['3.1.1', null],
  ['1.1.1', null],
  ['4', null],
  ['0', null],
];
for (const [section, expected] of sections) {
  test(`section ${section} is ${expected === null ? 'absent' : 'where it stands'}`, () => {
    const words = section.split('.');
    const path = words.filter((word) => /^\d+$/.test(word)).map(Number);
    const last = words.at(-1) ?? '';
    const text = last === 'HEADER' || last === 'TEXT' || last === 'MIME' ? last : null;
    const slice = sectionSlice(parseMessage(MESSAGE).structure, path, text);
    const found = slice === null ? null : characters(MESSAGE.subarray(slice.start, slice.end)).replaceAll('\r\n', '\n');
    assert.equal(found, expected);
  });
}

test('parts are found by partId with what their blobs need', () => {
  const { structure } = parseMessage(MESSAGE);
  const pdf = findPart(structure, '2.2');
  assert.ok(pdf !== null);
  const { start, end, ...rest } = partSlice(pdf);
  assert.deepEqual(rest, { encoding: 'base64', sizeOctets: 5 });
  assert.equal(characters(MESSAGE.subarray(start, end)), 'aGVsbG8=');
  assert.equal(pdf.name, 'a.pdf');
  for (const absent of ['1', '2.3', '', '1.', 'a', '1.1.1', '99999999999'])
    assert.equal(findPart(structure, absent), null, absent);
  assert.equal(findSection(structure, [1])?.subtype, 'alternative');
  assert.equal(findPart(structure, '3')?.message?.envelope.subject, 'seul');
});

test('a message of one part is part 1, and its body is section 1', () => {
  const message = octets('Subject: a\n\ntexte\n');
  const { structure } = parseMessage(message);
  assert.equal(structure.partId, '1');
  assert.deepEqual(sectionSlice(structure, [1], null), sectionSlice(structure, [], 'TEXT'));
  assert.deepEqual(sectionSlice(structure, [], null), { start: 0, end: message.length });
});

test('the stored structure is short and reads back as it was', () => {
  const { structure } = parseMessage(MESSAGE);
  const stored = printStructure(structure);
  assert.deepEqual(readStructure(stored), structure);
  assert.ok(printStructure(parseMessage(octets('Subject: a\n\nb')).structure).length < 40);
  for (const damaged of ['', '{}', '[]', '[1,2,3]', '[-1,0,0,0,0,"a/b"]', 'null'])
    assert.throws(() => readStructure(damaged), { name: 'BadStructure' });
});

/** Trees as `type/subtype` with children in brackets; `!` marks an attachment, `#` an inline disposition. RFC 8621 §4.1.4. */
const bodies: readonly {
  readonly tree: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: string;
  readonly because: string;
}[] = [
  {
    tree: 'text/plain',
    text: 'text/plain',
    html: 'text/plain',
    attachments: '',
    because: 'text alone serves for both',
  },
  {
    tree: 'alternative[text/plain text/html]',
    text: 'text/plain',
    html: 'text/html',
    attachments: '',
    because: 'one for each',
  },
  {
    tree: 'mixed[alternative[text/plain text/html] application/pdf!]',
    text: 'text/plain',
    html: 'text/html',
    attachments: 'application/pdf',
    because: 'the usual',
  },
  {
    tree: 'alternative[text/plain related[text/html image/png]]',
    text: 'text/plain',
    html: 'text/html',
    attachments: 'image/png',
    because: 'images of the HTML are files',
  },
  {
    tree: 'mixed[text/plain image/png text/plain]',
    text: 'text/plain image/png text/plain',
    html: 'text/plain image/png text/plain',
    attachments: '',
    because: 'Apple puts images between texts',
  },
  {
    tree: 'mixed[text/plain! text/plain]',
    text: 'text/plain',
    html: 'text/plain',
    attachments: 'text/plain',
    because: 'text sent as a file',
  },
  {
    tree: 'alternative[text/html]',
    text: 'text/html',
    html: 'text/html',
    attachments: '',
    because: 'HTML alone serves for both',
  },
  {
    tree: 'alternative[text/plain text/calendar text/html]',
    text: 'text/plain',
    html: 'text/html',
    attachments: 'text/calendar',
    because: 'invitations',
  },
  {
    tree: 'signed[text/plain application/pkcs7-signature]',
    text: 'text/plain',
    html: 'text/plain',
    attachments: 'application/pkcs7-signature',
    because: 'S/MIME',
  },
];
for (const row of bodies) {
  test(`bodies of ${row.tree}: ${row.because}`, () => {
    const parsed = parseMessage(octets(buildTree(row.tree)));
    const types = (parts: readonly MessagePart[]): string =>
      parts.map((part) => `${part.type}/${part.subtype}`).join(' ');
    assert.equal(types(parsed.textBody), row.text);
    assert.equal(types(parsed.htmlBody), row.html);
    assert.equal(types(parsed.attachments), row.attachments);
  });
}

function buildTree(tree: string): string {
  let boundaries = 0;
  const open: number[] = [];
  let text = '';
  for (const token of tree.match(/[a-z0-9/-]+!?\[?|\]/g) ?? []) {
    if (token === ']') {
      text += `--b${open.pop()}--\n`;
      continue;
    }
    if (open.length > 0) text += `\n--b${open.at(-1)}\n`;
    if (token.endsWith('[')) {
      open.push(++boundaries);
      text += `Content-Type: multipart/${token.slice(0, -1)}; boundary=b${boundaries}\n\n`;
    } else
      text += `Content-Type: ${token.replace('!', '')}\n${token.endsWith('!') ? 'Content-Disposition: attachment\n' : ''}\nx\n`;
  }
  return text;
}

test('a file counts as an attachment, an image shown in the text and a signature do not', () => {
  const has = (tree: string): boolean => parseMessage(octets(buildTree(tree))).hasAttachment;
  assert.equal(has('mixed[text/plain application/pdf!]'), true);
  assert.equal(has('signed[text/plain application/pkcs7-signature]'), false);
  assert.equal(has('alternative[text/plain text/html]'), false);
});

const previews: readonly (readonly [string, string, string])[] = [
  ['\nBonjour  à\n\ntous', 'Bonjour à tous', 'one line'],
  ['\n> cité\nLe 22 nov. 2026 à 08:30, Jean a écrit :\nRéponse\n-- \nJean', 'Réponse', 'no quotes, no signature'],
  ['\n> seulement\n> cité', 'seulement cité', 'quotes where there is nothing else'],
  [
    'Content-Type: text/html; charset=utf-8\n\n<style>p{}</style><p>A&nbsp;&eacute;</p><blockquote>non</blockquote>',
    'A é',
    'HTML',
  ],
  ['\n' + 'mot '.repeat(200), `${'mot '.repeat(63)}mot`, 'at most 256 characters'],
  ['\nA\u200b\u034fB', 'AB', 'what has no width goes'],
  ['', '', 'nothing'],
];
for (const [body, preview, because] of previews) {
  test(`preview: ${because}`, () => {
    const message = `Subject: a\n${body.startsWith('\n') ? 'Content-Type: text/plain; charset=utf-8\n' : ''}${body}`;
    assert.equal(parseMessage(new TextEncoder().encode(message)).preview, preview);
  });
}

test('body values are cut between characters and outside tags, and say so', () => {
  assert.equal(truncate('aéé', 4, false), 'aé');
  assert.equal(truncate('a😀', 4, false), 'a');
  assert.equal(truncate('<p>a</p><b c="d">', 12, true), '<p>a</p>');
  assert.equal(truncate('abc', 3, false), 'abc');
  const { structure } = parseMessage(octets('Content-Type: text/plain; charset=utf-8\n\nun\ndeux\n'));
  const message = octets('Content-Type: text/plain; charset=utf-8\n\nun\ndeux\n');
  assert.deepEqual(decodePartText(message, structure, 4), {
    text: 'un\nd',
    isEncodingProblem: false,
    isTruncated: true,
  });
  assert.deepEqual(decodePartText(message, structure), {
    text: 'un\ndeux\n',
    isEncodingProblem: false,
    isTruncated: false,
  });
  assert.equal(decodePartText(message, { ...structure, encoding: 'x-uuencode' }).isEncodingProblem, true);
});

const html: readonly (readonly [string, string, string])[] = [
  ['<p>un</p><p>deux<br>trois</p>', 'un\n\ndeux\ntrois', 'blocks'],
  [
    '<a href="https://a.fr/x">ici</a> <a href="https://a.fr">https://a.fr</a>',
    'ici <https://a.fr/x> https://a.fr',
    'links',
  ],
  ['<ul><li>un<li>deux</ul>', '- un\n- deux', 'lists'],
  ['a<blockquote>b<br>c</blockquote>d', 'a\n\n> b\n> c\n\nd', 'quotes'],
  ['<script>if (a<b) "</p>"</script>x<!-- <p> -->y', 'xy', 'scripts and comments'],
  ['<p title="a>b">x</p>', 'x', 'a bracket in an attribute'],
  ['a < b & c &lt; d &#233;&#x80; &inconnu;', 'a < b & c < d é€ &inconnu;', 'entities'],
  ['<pre>a\n  b</pre>', 'a\n  b', 'preformatted'],
  ['<table><tr><td>a<td>b<tr><td>c</table>', 'a b\nc', 'tables'],
  ['<p>jamais fini <a href="', 'jamais fini', 'a tag that never ends'],
];
for (const [source, text, because] of html) {
  test(`HTML to text: ${because}`, () =>
    assert.equal(htmlToText(source, { maxCharacters: 1_000, hasLinks: true, hasQuotes: true }), text));
}

/** 5 MB each; what is quadratic takes minutes. */
const nasty: readonly (readonly [string, string, string])[] = [
  ['boundaries of one multipart', 'Content-Type: multipart/mixed; boundary=b\n\n', '--b\n'],
  ['multiparts within multiparts', '', 'Content-Type: multipart/mixed; boundary=b\n\n--b\n'],
  ['multiparts without an empty line', '', 'Content-Type: multipart/mixed; boundary=b\nx\n--b\n'],
  ['messages within messages', '', 'Content-Type: message/rfc822\n\n'],
  ['lines of dashes', 'Content-Type: multipart/mixed; boundary=b\n\n', '--x'],
  ['short lines of dashes', 'Content-Type: multipart/mixed; boundary=b\n\n', '--\n'],
  ['a header without end', 'X: ', 'y\n '],
  ['header fields', '', 'X: y\n'],
  ['encoded-words without end', 'Subject: ', '=?a?q?'],
  ['addresses', 'To: ', 'a@b,'],
  ['at signs in an id', 'Message-ID: a b', '@'],
  ['open ids', 'References: ', '<a '],
  ['words of a date', 'Date: ', 'Nov 22 '],
  ['blanks in a subject', 'Subject: Re', ' ('],
  ['continued parameters', 'Content-Type: a/b', ";a*1*=x'y'%41"],
  ['quoted octets', 'Content-Transfer-Encoding: quoted-printable\n\n', '= '],
  ['open brackets', 'To: ', '("<'],
  ['escaped quotes', 'To: ', '"\\"'],
  ['parameters', 'Content-Type: a/b', ';a*0="'],
  ['quoted-printable blanks', 'Content-Transfer-Encoding: quoted-printable\n\n', ' '],
  ['tags without end', 'Content-Type: text/html\n\n', '<a "'],
  ['open comments', 'Content-Type: text/html\n\n', '<!-'],
  ['open styles', 'Content-Type: text/html\n\n', '<style'],
];
for (const [name, start, piece] of nasty) {
  test(`5 MB of ${name} are read in linear time`, () => {
    const message = new TextEncoder().encode(start + piece.repeat(Math.ceil(5_000_000 / piece.length)));
    const started = workedMs();
    const { structure } = parseMessage(message);
    assert.ok(workedMs() - started < 4_000);
    assert.equal(structure.bodyEnd, message.length);
  });
}

test('parts and depth are limited, and what lies beyond is kept as text', () => {
  const flat = parseMessage(
    octets(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(3_000)}`),
  ).structure;
  assert.equal(flat.subParts.length, MAX_PARTS - 1);
  const headless = parseMessage(
    octets(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n'.repeat(3_000)}`),
  ).structure;
  assert.equal(headless.subParts.length, MAX_PARTS - 1);
  assert.equal(flat.subParts.at(-1)?.bodyEnd, flat.bodyEnd);
  let depth = 0;
  let part = parseMessage(octets('Content-Type: message/rfc822\n\n'.repeat(200))).structure;
  for (; part.message !== null; depth++) part = part.message.root;
  assert.equal(depth, MAX_DEPTH);
});

test('the lines of a text are counted wherever it begins in memory, next to octets like a line feed', () => {
  for (let offset = 0; offset < 5; offset++) {
    for (let length = 0; length < 24; length++) {
      const body = Array.from({ length }, (_, at) => [0x0a, 0x0b, 0x09, 0x8a][(at * 7 + length) % 4] ?? 0);
      const message = Uint8Array.from([...new TextEncoder().encode('Subject: x\n\n'), ...body]);
      const view = new Uint8Array(64).subarray(offset, offset + message.length);
      view.set(message);
      assert.equal(parseMessage(view).structure.lineCount, body.filter((octet) => octet === 0x0a).length);
    }
  }
});
