import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { decodePart, decodePartText } from './decode.ts';
import { parseMessage } from './parse.ts';
import { printMessage, streamMessage } from './print.ts';
import type { ContentSpec, MessageSpec } from './print.ts';
import { allParts } from './slices.ts';
import type { MessagePart } from './types.ts';

const FIELDS: MessageSpec['fields'] = [
  { name: 'From', form: 'Addresses', value: [{ name: 'Hélène Dupont', email: 'helene@a.fr' }] },
  {
    name: 'To',
    form: 'Addresses',
    value: [
      { name: 'Doe, J.', email: 'j@b.fr' },
      { name: null, email: 'k@b.fr' },
    ],
  },
  {
    name: 'Subject',
    form: 'Text',
    value: 'Réunion des professeurs de mathématiques de toute l’académie, jeudi prochain à 14 h',
  },
  { name: 'Date', form: 'Date', value: '2026-11-22T08:30:00+01:00' },
  { name: 'Message-ID', form: 'MessageIds', value: ['1@a.fr'] },
];

const text = fc.string({ unit: 'grapheme', maxLength: 400 });
const bytes = fc.uint8Array({ maxLength: 2_000 });
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 80 })
  .map((value) => value.replace(/\p{Cc}/gu, '').trim() || 'a');
const leaf: fc.Arbitrary<ContentSpec> = fc.oneof(
  text.map((value): ContentSpec => ({ kind: 'text', subtype: 'plain', text: value })),
  fc.tuple(bytes, name).map(([content, value]): ContentSpec => ({
    kind: 'bytes',
    type: 'application/x-test',
    content,
    name: value,
    disposition: 'attachment',
  })),
);
const { content } = fc.letrec<{ content: ContentSpec }>((tie) => ({
  content: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc
      .array(tie('content'), { minLength: 1, maxLength: 4 })
      .map((parts): ContentSpec => ({ kind: 'multipart', subtype: 'mixed', parts })),
  ),
}));

function assertReadsBack(message: Uint8Array, part: MessagePart, spec: ContentSpec): void {
  if (spec.kind === 'multipart') {
    assert.equal(part.subParts.length, spec.parts.length);
    for (const [index, child] of spec.parts.entries()) assertReadsBack(message, part.subParts[index] ?? part, child);
  } else if (spec.kind === 'text') {
    const value = decodePartText(message, part);
    assert.equal(value.text, spec.text.replace(/\r\n?/g, '\n').replace(/^\ufeff/, ''));
    assert.equal(value.isEncodingProblem, false);
  } else if (spec.kind === 'bytes') {
    assert.deepEqual(decodePart(message, part), spec.content);
    assert.equal(part.name, spec.name ?? null);
  }
}

test('what is printed reads back, in lines that mail allows', () => {
  fc.assert(
    fc.property(content, (body) => {
      const message = printMessage({ fields: FIELDS, body });
      const parsed = parseMessage(message);
      assertReadsBack(message, parsed.structure, body);
      assert.equal(parsed.envelope.sentAt, '2026-11-22T08:30:00+01:00');
      for (const line of new TextDecoder('windows-1252').decode(message).split('\r\n')) {
        assert.ok(line.length <= 998 && !/[\r\n]/.test(line), line.slice(0, 100));
      }
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('postal-mime reads generated messages as we do', async () => {
  for (const body of fc.sample(content, { seed: 9, numRuns: 120 })) {
    const message = printMessage({ fields: FIELDS, body });
    const ours = parseMessage(message);
    const theirs = await PostalMime.parse(message);
    assert.equal(ours.envelope.subject, theirs.subject);
    assert.equal(ours.envelope.from?.[0]?.addresses[0]?.name, theirs.from?.name);
    assert.deepEqual(
      ours.envelope.to?.[0]?.addresses.map((address) => address.email),
      theirs.to?.map((address) => address.address),
    );
    const files = [...allParts(ours.structure)].filter((part) => part.disposition === 'attachment');
    assert.equal(files.length, theirs.attachments.length);
    for (const [index, file] of files.entries()) {
      const attachment = theirs.attachments[index];
      assert.equal(file.name, attachment?.filename);
      assert.ok(attachment?.content instanceof ArrayBuffer);
      assert.deepEqual(decodePart(message, file), new Uint8Array(attachment.content));
    }
  }
});

test('a streamed attachment comes out as one in memory, whatever the chunks', async () => {
  const content = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 31) & 255);
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += 7_919) yield content.subarray(at, at + 7_919);
  }
  const file = { type: 'application/pdf', name: 'été.pdf' };
  const message = (part: ContentSpec): MessageSpec => ({
    fields: FIELDS,
    body: { kind: 'multipart', subtype: 'mixed', parts: [part] },
    boundarySeed: 'x',
  });
  const whole = printMessage(message({ kind: 'bytes', content, ...file }));
  const pieces: number[] = [];
  for await (const piece of streamMessage(message({ kind: 'source', open, ...file })))
    for (const octet of piece) pieces.push(octet);
  assert.deepEqual(Uint8Array.from(pieces), whole);
  assert.throws(() => printMessage(message({ kind: 'source', open, ...file })), TypeError);
});

test('a forwarded message stays as it is, and no boundary stands in it', () => {
  const forwarded = new TextEncoder().encode(
    'Subject: a\r\nContent-Type: multipart/mixed; boundary="=_x"\r\n\r\n--=_x\r\n\r\né\r\n--=_x--\r\n',
  );
  const message = printMessage({
    fields: FIELDS,
    boundarySeed: 'x',
    body: {
      kind: 'multipart',
      subtype: 'mixed',
      parts: [
        { kind: 'text', subtype: 'plain', text: '--=_xx' },
        { kind: 'message', content: forwarded },
      ],
    },
  });
  const part = parseMessage(message).structure.subParts[1];
  assert.ok(part !== undefined);
  assert.deepEqual(message.subarray(part.bodyStart, part.bodyEnd), forwarded);
  assert.equal(part.encoding, '8bit');
});

test('fields of the content are ours alone, a version stands once', () => {
  const message = printMessage({
    fields: [
      ...FIELDS,
      { name: 'Content-Type', form: 'Raw', value: ' text/html' },
      { name: 'MIME-Version', form: 'Raw', value: ' 1.0' },
    ],
    body: { kind: 'text', subtype: 'plain', text: 'a', cid: 'c@d', language: ['fr'], disposition: 'inline' },
  });
  const { structure, headers } = parseMessage(message);
  assert.equal(headers.filter((field) => /^(?:content-type|mime-version)$/i.test(field.name)).length, 2);
  assert.deepEqual(
    [structure.subtype, structure.cid, structure.language, structure.disposition],
    ['plain', 'c@d', ['fr'], 'inline'],
  );
});
