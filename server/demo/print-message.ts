/**
 * Letters as RFC 5322 octets, in the many shapes that mail programs give them: format=flowed, 8bit, quoted-printable in
 * UTF-8 or ISO-8859-15, text and HTML side by side, inline images, attachments, invitations, receipts, nested messages.
 * What a letter does not say (its multipart boundary) follows from its Message-ID, so the same letter gives the same octets.
 */
import type { Attachment } from './attachments/pool.ts';
import { printRfc5322Date } from './paris-time.ts';

export interface Party {
  readonly name: string;
  readonly address: string;
}

export interface InlineImage {
  readonly contentId: string;
  readonly file: Attachment;
}

export type Body =
  | {
      readonly kind: 'plain';
      readonly text: string;
      readonly form: 'flowed' | 'eightBit' | 'quotedPrintable' | 'latin' | 'base64';
    }
  | {
      readonly kind: 'alternative';
      readonly text: string;
      readonly html: string;
      readonly images: readonly InlineImage[];
    }
  | { readonly kind: 'html'; readonly html: string }
  | {
      readonly kind: 'invitation';
      readonly text: string;
      readonly ics: string;
      readonly method: 'REQUEST' | 'REPLY' | 'CANCEL';
    }
  | { readonly kind: 'receipt'; readonly text: string; readonly recipient: string; readonly originalMessageId: string };

export interface Letter {
  readonly messageId: string;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
  readonly sentAt: number;
  readonly from: Party;
  readonly to: readonly Party[];
  readonly cc: readonly Party[];
  readonly subject: string;
  readonly body: Body;
  readonly attachments: readonly Attachment[];
  /** Whole messages carried as message/rfc822. */
  readonly forwarded: readonly Buffer[];
  /** Trace fields put before all others (Return-Path, Received, Authentication-Results), values in ASCII. */
  readonly trace: readonly Field[];
  /** More fields, values in ASCII. */
  readonly fields: readonly Field[];
}

export type Field = readonly [name: string, value: string];

export function printMessage(letter: Letter): Buffer {
  const boundary = `=_${letter.messageId.slice(0, letter.messageId.indexOf('@')).replaceAll(/[^0-9A-Za-z]/gu, '')}`;
  let head = '';
  for (const [name, value] of letter.trace) head += `${name}: ${value}\r\n`;
  head += `Date: ${printRfc5322Date(letter.sentAt)}\r\nFrom: ${printParty(letter.from)}\r\n`;
  if (letter.to.length > 0) head += printParties('To', letter.to);
  if (letter.cc.length > 0) head += printParties('Cc', letter.cc);
  head += `Subject: ${printUnstructured(letter.subject, 9)}\r\nMessage-ID: <${letter.messageId}>\r\n`;
  if (letter.inReplyTo !== undefined) head += `In-Reply-To: <${letter.inReplyTo}>\r\n`;
  if (letter.references.length > 0) head += `References: ${letter.references.map((id) => `<${id}>`).join('\r\n ')}\r\n`;
  for (const [name, value] of letter.fields) head += `${name}: ${value}\r\n`;
  head += 'MIME-Version: 1.0\r\n';
  const body = printBody(letter.body, boundary);
  if (letter.attachments.length === 0 && letter.forwarded.length === 0) return octets(head + body);
  const parts: Buffer[] = [
    octets(`${head}Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n--${boundary}\r\n${body}\r\n`),
  ];
  for (const file of letter.attachments) parts.push(octets(`--${boundary}\r\n${printFile(file)}\r\n`));
  for (const message of letter.forwarded)
    parts.push(
      octets(
        `--${boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename="message.eml"\r\n\r\n`,
      ),
      message,
      octets('\r\n'),
    );
  parts.push(octets(`--${boundary}--\r\n`));
  return Buffer.concat(parts);
}

/** The entity of a body: its own header fields, an empty line, its content, ended by a line end. */
function printBody(body: Body, boundary: string): string {
  switch (body.kind) {
    case 'plain':
      return printPlain(body.text, body.form);
    case 'html':
      return printQuoted('text/html; charset=utf-8', body.html);
    case 'alternative':
      return printAlternative(body, boundary);
    case 'invitation':
      return multipart('alternative', `${boundary}I`, [
        printPlain(body.text, 'quotedPrintable'),
        `Content-Type: text/calendar; charset=utf-8; method=${body.method}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(body.ics)}`,
      ]);
    case 'receipt':
      return multipart('report; report-type=disposition-notification', `${boundary}R`, [
        printPlain(body.text, 'quotedPrintable'),
        `Content-Type: message/disposition-notification\r\n\r\nReporting-UA: messagerie; demonstration\r\nFinal-Recipient: rfc822;${body.recipient}\r\nOriginal-Message-ID: <${body.originalMessageId}>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n`,
      ]);
    default:
      return body satisfies never;
  }
}

function printAlternative(body: Extract<Body, { kind: 'alternative' }>, boundary: string): string {
  const html = printQuoted('text/html; charset=utf-8', body.html);
  const rich =
    body.images.length === 0
      ? html
      : multipart('related', `${boundary}L`, [
          html,
          ...body.images.map(({ contentId, file }) => printFile(file, contentId)),
        ]);
  return multipart('alternative', `${boundary}A`, [printPlain(body.text, 'quotedPrintable'), rich]);
}

function multipart(subtype: string, boundary: string, entities: readonly string[]): string {
  const parts = entities.map((entity) => `--${boundary}\r\n${entity}\r\n`).join('');
  return `Content-Type: multipart/${subtype}; boundary="${boundary}"\r\n\r\n${parts}--${boundary}--\r\n`;
}

function printPlain(text: string, form: Extract<Body, { kind: 'plain' }>['form']): string {
  switch (form) {
    case 'flowed':
      return `Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${wrapLines(text, true)}`;
    case 'eightBit':
      return `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${wrapLines(text, false)}`;
    case 'quotedPrintable':
      return printQuoted('text/plain; charset=utf-8', text);
    case 'latin':
      // Letters outside the set would be lost: such a text goes as UTF-8 instead.
      return isLatin9(text)
        ? `Content-Type: text/plain; charset=iso-8859-15\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotePrintable(Buffer.from(toLatin9(text), 'latin1'))}`
        : printQuoted('text/plain; charset=utf-8', text);
    case 'base64':
      return `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(text)}`;
    default:
      return form satisfies never;
  }
}

function printQuoted(type: string, text: string): string {
  return `Content-Type: ${type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotePrintable(Buffer.from(text, 'utf8'))}`;
}

/** An attached file, or with a Content-ID an inline one. Names outside ASCII are given by RFC 2231 §4. */
function printFile(file: Attachment, contentId?: string): string {
  const isAscii = /^[\x20-\x7e]*$/u.test(file.fileName);
  const name = isAscii ? `filename="${file.fileName}"` : `filename*=utf-8''${percentEncode(file.fileName)}`;
  const shown =
    contentId === undefined
      ? `Content-Disposition: attachment;\r\n ${name}`
      : `Content-Disposition: inline;\r\n ${name}\r\nContent-ID: <${contentId}>`;
  return `Content-Type: ${file.type}\r\n${shown}\r\nContent-Transfer-Encoding: base64\r\n\r\n${file.base64}`;
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Wraps lines at 72 characters for transport. Flowed (RFC 3676 §4.2): a soft break is a space before the line end, and
 * lines beginning with a space, ">" or "From " are stuffed unless they are quotes.
 */
function wrapLines(text: string, isFlowed: boolean): string {
  let out = '';
  for (const line of text.split('\n')) {
    const quote = /^>[> ]*/u.exec(line)?.[0] ?? '';
    if (line.length <= 74) {
      const kept = isFlowed && line !== '-- ' ? line.trimEnd() : line;
      out += isFlowed && quote === '' && /^(?: |From )/u.test(kept) ? ` ${kept}\r\n` : `${kept}\r\n`;
      continue;
    }
    let current = quote;
    for (const word of line.slice(quote.length).split(' ')) {
      if (current.length + word.length > 72 && current !== quote) {
        out += isFlowed ? `${current.trimEnd()} \r\n` : `${current.trimEnd()}\r\n`;
        current = quote;
      }
      current += `${word} `;
    }
    out += `${current.trimEnd()}\r\n`;
  }
  return out;
}

const QUOTED: readonly string[] = Array.from({ length: 256 }, (_, octet) =>
  (octet >= 33 && octet <= 126 && octet !== 61) || octet === 32
    ? String.fromCharCode(octet)
    : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`,
);

/** Quoted-printable (RFC 2045 §6.7) of text whose lines end in LF; lines of at most 76 characters. */
function quotePrintable(text: Buffer): string {
  let out = '';
  let column = 0;
  for (let index = 0; index < text.length; index += 1) {
    const octet = text[index] ?? 0;
    if (octet === 10) {
      out += '\r\n';
      column = 0;
      continue;
    }
    const isSpaceAtEnd = octet === 32 && (index + 1 === text.length || text[index + 1] === 10);
    const piece = isSpaceAtEnd ? '=20' : (QUOTED[octet] ?? '');
    if (column + piece.length > 75) {
      out += '=\r\n';
      column = 0;
    }
    out += piece;
    column += piece.length;
  }
  return `${out}\r\n`;
}

function base64Lines(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('base64')
    .replaceAll(/.{1,76}/gu, '$&\r\n');
}

/** One address; a name in ASCII is a quoted string where needed, any other an encoded word (RFC 2047 §5). */
export function printParty(party: Party): string {
  if (party.name === '') return party.address;
  if (!/^[\x20-\x7e]*$/u.test(party.name)) return `${encodeWords(party.name, 0)} <${party.address}>`;
  const isPlain = /^[A-Za-z0-9 '-]+$/u.test(party.name);
  return `${isPlain ? party.name : `"${party.name.replaceAll(/["\\]/gu, '\\$&')}"`} <${party.address}>`;
}

function printParties(field: string, parties: readonly Party[]): string {
  return `${field}: ${parties.map(printParty).join(',\r\n ')}\r\n`;
}

/** Unstructured text: ASCII folded at spaces, anything else as encoded words. */
export function printUnstructured(text: string, usedColumns: number): string {
  if (!/^[\x20-\x7e]*$/u.test(text)) return encodeWords(text, usedColumns);
  if (usedColumns + text.length <= 76) return text;
  let out = '';
  let column = usedColumns;
  for (const word of text.split(' ')) {
    if (column + word.length > 76 && out !== '') {
      out += `\r\n ${word}`;
      column = word.length + 1;
    } else {
      out += out === '' ? word : ` ${word}`;
      column += word.length + 1;
    }
  }
  return out;
}

/** Encoded words of at most 75 characters, each of whole characters, in Q (RFC 2047 §2, §5). */
function encodeWords(text: string, usedColumns: number): string {
  const words: string[] = [];
  let piece = '';
  let length = 0;
  const limit = 60 - Math.min(usedColumns, 12);
  for (const character of text) {
    const encoded = encodeCharacter(character);
    if (length + encoded.length > limit) {
      words.push(`=?utf-8?Q?${piece}?=`);
      piece = '';
      length = 0;
    }
    piece += encoded;
    length += encoded.length;
  }
  words.push(`=?utf-8?Q?${piece}?=`);
  return words.join('\r\n ');
}

function encodeCharacter(character: string): string {
  if (/[A-Za-z0-9!*+/-]/u.test(character)) return character;
  if (character === ' ') return '_';
  let out = '';
  for (const octet of Buffer.from(character, 'utf8')) out += `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
}

/** ISO-8859-15 is ISO-8859-1 but for eight characters; those used in French are moved to their places. */
function toLatin9(text: string): string {
  return text.replaceAll('€', '\xa4').replaceAll('œ', '\xbd').replaceAll('Œ', '\xbc').replaceAll('Ÿ', '\xbe');
}

function isLatin9(text: string): boolean {
  return /^[\x00-\xa3\xa5\xa7\xa9-\xb3\xb5-\xb7\xb9-\xbb\xbf-\xff€œŒŸ]*$/u.test(text); // oxlint-disable-line no-control-regex -- the whole set, controls too
}

function octets(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}
