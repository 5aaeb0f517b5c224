/** The pieces messages are put together from, as the programs of thirty years have written them. */
import iconv from 'iconv-lite';
import type { Chance } from './chance.ts';

export const crlf = '\r\n';

/** Text is one octet a character; what is not ASCII must be given as octets or encoded. */
export type Piece = string | Uint8Array;

export function join(...pieces: readonly Piece[]): Buffer {
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)));
}

export function lines(...those: readonly string[]): string {
  return those.map((line) => line + crlf).join('');
}

/** What stands in old mail, and how it is named there. */
export const charsets = [
  ['utf-8', 'utf8'], ['UTF8', 'utf8'], ['iso-8859-1', 'latin1'], ['ISO-8859-15', 'iso8859-15'], ['Windows-1252', 'win1252'],
  ['us-ascii', 'ascii'], ['windows-1251', 'win1251'], ['koi8-r', 'koi8-r'], ['iso-8859-2', 'iso8859-2'], ['cp850', 'cp850'],
  ['macintosh', 'macintosh'], ['shift_jis', 'shiftjis'], ['EUC-JP', 'eucjp'], ['gb2312', 'gbk'], ['GB18030', 'gb18030'],
  ['big5', 'big5'], ['euc-kr', 'euckr'], ['ks_c_5601-1987', 'euckr'], ['utf-16', 'utf16'], ['UTF-16LE', 'utf16le'],
  ['utf-7', 'utf7'], ['utf-32', 'utf32'], ['x-unknown', 'latin1'], ['', 'latin1'], ['"', 'utf8'], ['iso-8859-8-i', 'iso8859-8'],
] as const; // prettier-ignore

export function encodeText(text: string, codec: string): Buffer {
  return iconv.encode(text, codec);
}

export function base64Lines(octets: Uint8Array, width = 76): string {
  const text = Buffer.from(octets).toString('base64');
  return text.replaceAll(new RegExp(`.{1,${width}}`, 'g'), `$&${crlf}`);
}

export function quotedPrintable(octets: Uint8Array): string {
  const out: string[] = [];
  let line = '';
  for (const octet of octets) {
    const isPlain = octet > 32 && octet < 127 && octet !== 61;
    const next = isPlain ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
    if (line.length + next.length > 75) {
      out.push(`${line}=`);
      line = '';
    }
    line += next;
  }
  return lines(...out, line);
}

/** An encoded word (RFC 2047), right or as careless programs write it. */
export function encodedWord(chance: Chance, text: string): string {
  const [name, codec] = chance.pick(charsets);
  const octets = encodeText(text, codec);
  const label = name === '' || name === '"' ? 'utf-8' : name;
  if (chance.percent(50)) return `=?${label}?${chance.pick(['B', 'b'])}?${octets.toString('base64')}?=`;
  const body = [...octets]
    .map((octet) =>
      octet === 32
        ? '_'
        : octet > 32 && octet < 127 && !'=?_'.includes(String.fromCharCode(octet))
          ? String.fromCharCode(octet)
          : `=${octet.toString(16).padStart(2, '0')}`,
    )
    .join('');
  // Some cut a character in two, some forget the end.
  return chance.percent(8) ? `=?${label}?Q?${body}` : `=?${label}?${chance.pick(['Q', 'q'])}?${body}?=`;
}

const dates = [
  'Sun, 22 Nov 2026 08:30:00 +0100', 'Thu, 1 Jan 1970 00:00:00 +0000', 'Mon, 31 Dec 2099 23:59:59 -1200', '22 Nov 26 8:30 EST',
  'Sun, 22 Nov 2026 24:61:00 +9999', 'dimanche 22 novembre 2026 08:30', 'Fri, 13 Feb 1901 00:00:00 GMT', '', '0', 'Wed, 30 Feb 2022 10:00:00 +0200',
  'Tue, 03 Mar 20026 10:00:00 +0000', 'Sat, 1 Jan 0000 00:00:00 +0000', '2026-11-22T08:30:00Z', 'Sun, 22 Nov 2026 08:30:00 +0100 (CET) (DST (été))',
] as const; // prettier-ignore

export interface Head {
  readonly subject?: string;
  readonly more?: readonly string[];
}

/** A header as most have it. */
export function head(chance: Chance, { subject, more = [] }: Head = {}): string {
  const number = chance.below(1_000_000);
  const from = chance.pick([
    'Claire Martin <claire.martin@ac-exemple.fr>',
    `${encodedWord(chance, chance.words(2))} <jean@ailleurs.example>`,
    '"Dupont, Jean" <jean.dupont@ailleurs.example>',
    'jean@ailleurs.example (Jean (dit "le Petit") Dupont)',
    '<@relais.example,@autre.example:jean@ailleurs.example>',
    'MAILER-DAEMON',
    '=?utf-8?Q?"Inconnu"?= <>',
  ]);
  const all = [
    ...(chance.percent(60)
      ? [
          `Received: from a.example (a.example [192.0.2.${chance.below(255)}])\r\n\tby b.example with ESMTPS id x${number};\r\n\t${dates[0]}`,
        ]
      : []),
    `From: ${from}`,
    ...(chance.percent(90) ? ['To: quelquun@ac-exemple.fr'] : ['To: undisclosed-recipients:;']),
    `Subject: ${subject ?? (chance.percent(60) ? encodedWord(chance, chance.words(4)) : `message ${number}`)}`,
    `Date: ${chance.percent(70) ? dates[0] : chance.pick(dates)}`,
    ...(chance.percent(92)
      ? [`Message-ID: <${number}.${chance.below(1e9)}@corpus.example>`]
      : ['Message-ID: pas un identifiant']),
    ...more,
  ];
  return lines(...all);
}

/** A multipart of those parts, each already with its own header. */
export function multipart(subtype: string, boundary: string, parts: readonly Piece[], parameters = ''): Buffer {
  const body = parts.flatMap((part): Piece[] => [`--${boundary}${crlf}`, part, crlf]);
  return join(
    lines('MIME-Version: 1.0', `Content-Type: multipart/${subtype}; boundary="${boundary}"${parameters}`, ''),
    ...body,
    `--${boundary}--${crlf}`,
  );
}

/** A part with text in a charset, in one of the transfer encodings, rightly labelled or not. */
export function textPart(chance: Chance, subtype = 'plain', count = 30): Buffer {
  const [name, codec] = chance.pick(charsets);
  const text =
    subtype === 'html'
      ? `<html><body><p>${chance.words(count)}</p><br>${chance.words(5)}</body></html>`
      : `${chance.words(count)}${crlf}-- ${crlf}${chance.words(3)}`;
  const octets = encodeText(text, codec);
  const label = name === '' ? '' : `; charset=${name === '"' ? '"utf-8' : chance.pick([name, `"${name}"`])}`;
  const encoding = chance.pick(['base64', 'quoted-printable', '8bit', '7bit', 'binary', 'x-rien', 'BASE64']);
  const body = /^base64$/i.test(encoding)
    ? base64Lines(octets)
    : encoding === 'quoted-printable'
      ? quotedPrintable(octets)
      : octets;
  return join(lines(`Content-Type: text/${subtype}${label}`, `Content-Transfer-Encoding: ${encoding}`, ''), body);
}

export function filePart(chance: Chance, type: string, name: string, octets: Uint8Array): Buffer {
  const named = chance.pick([
    `filename="${name}"`,
    `filename*=utf-8''${encodeURIComponent(chance.words(1))}-${name}`,
    `filename*0="${name.slice(0, 2)}"; filename*1="${name.slice(2)}"`,
    `filename="=?utf-8?B?${Buffer.from(chance.words(1)).toString('base64')}?="`,
    `filename=${name}`,
    `filename="../../etc/${name}"`,
  ]);
  return join(
    lines(
      `Content-Type: ${type}; name="${name}"`,
      `Content-Disposition: attachment; ${named}`,
      'Content-Transfer-Encoding: base64',
      '',
    ),
    base64Lines(octets),
  );
}
