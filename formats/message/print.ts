/**
 * Building a message (RFC 8621 §4.6): fields in any form and a tree of contents come in, RFC 5322 octets with CRLF come out. What is printed
 * reads back as it was given. Pieces are made one by one, so a large attachment never stands in memory when it comes from a source.
 */
import { joinOctets } from '#formats/octets/join.ts';
import { encodeBase64, encodeQuotedPrintable } from './encode.ts';
import { foldTokens, printField } from './printfield.ts';
import type { FieldSpec } from './printfield.ts';
import { paramTokens } from './printparams.ts';

/** What every part may declare; all optional, since most parts declare nothing. */
export interface PartDeclaration {
  readonly disposition?: 'inline' | 'attachment';
  readonly name?: string;
  /** Without angle brackets. */
  readonly cid?: string;
  readonly language?: readonly string[];
  readonly location?: string;
  /** Further parameters of Content-Type, besides charset, name and boundary. */
  readonly params?: Readonly<Record<string, string>>;
  /** Further fields; those that this module writes itself are refused. */
  readonly fields?: readonly FieldSpec[];
}

export type ContentSpec = PartDeclaration &
  (
    | { readonly kind: 'multipart'; readonly subtype: string; readonly parts: readonly ContentSpec[] }
    /** text/*, in UTF-8. Line ends of any sort. */
    | { readonly kind: 'text'; readonly subtype: string; readonly text: string }
    /** Any other type; always base64. */
    | { readonly kind: 'bytes'; readonly type: string; readonly content: Uint8Array }
    /** As `bytes`, read when it is printed. */
    | { readonly kind: 'source'; readonly type: string; readonly open: () => AsyncIterable<Uint8Array> }
    /** message/rfc822, octet for octet as it is. */
    | { readonly kind: 'message'; readonly content: Uint8Array }
  );

export interface MessageSpec {
  /** In order. Message-ID and Date are the caller's; MIME-Version and Content-* come from `body`. */
  readonly fields: readonly FieldSpec[];
  readonly body: ContentSpec;
  /** What boundaries are made of; random where absent. Tests and DKIM-stable drafts give one. */
  readonly boundarySeed?: string;
}

type Piece = string | Uint8Array | { readonly open: () => AsyncIterable<Uint8Array> };

/** Base64 lines of 57 octets each that are encoded at a time. */
const SOURCE_BLOCK = 57 * 1_024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Prints a message whose contents are all in memory. @throws {BadField} @throws {TypeError} where a part is a `source`. */
export function printMessage(spec: MessageSpec): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const piece of printPieces(spec)) {
    if (typeof piece === 'string') pieces.push(encoder.encode(piece));
    else if (piece instanceof Uint8Array) pieces.push(piece);
    else throw new TypeError('a source can only be streamed');
  }
  return joinOctets(pieces);
}

/** Prints a message piece by piece. @throws {BadField} before the first piece. */
export async function* streamMessage(spec: MessageSpec): AsyncGenerator<Uint8Array> {
  for (const piece of Array.from(printPieces(spec))) {
    if (typeof piece === 'string') yield encoder.encode(piece);
    else if (piece instanceof Uint8Array) yield piece;
    else yield* encodeSource(piece.open());
  }
}

function* printPieces(spec: MessageSpec): Generator<Piece> {
  const seed = spec.boundarySeed ?? crypto.getRandomValues(new Uint8Array(12)).toHex();
  const names = new Set(spec.fields.map((field) => field.name.toLowerCase()));
  const version = names.has('mime-version') ? '' : 'MIME-Version: 1.0\r\n';
  const fields = spec.fields.filter((field) => !field.name.toLowerCase().startsWith('content-'));
  yield fields.map(printField).join('') + version;
  yield* printPart(spec.body, freeBoundary(spec.body, seed), '');
}

function* printPart(part: ContentSpec, seed: string, path: string): Generator<Piece> {
  const declared = declaration(part);
  switch (part.kind) {
    case 'multipart': {
      // `=_` occurs in neither base64 nor quoted-printable.
      const boundary = `=_${seed}${path}`;
      yield contentType(`multipart/${part.subtype}`, { ...part.params, boundary }) + declared + '\r\n';
      for (const [index, child] of part.parts.entries()) {
        yield `--${boundary}\r\n`;
        yield* printPart(child, seed, `${path}.${index + 1}`);
        yield '\r\n';
      }
      yield `--${boundary}--\r\n`;
      break;
    }
    case 'text': {
      const { encoding, body } = encodeText(part.text);
      const head = contentType(`text/${part.subtype}`, { charset: 'utf-8', ...part.params, ...asciiName(part.name) });
      yield `${head}Content-Transfer-Encoding: ${encoding}\r\n${declared}\r\n`;
      yield body;
      break;
    }
    case 'bytes':
      yield `${base64Head(part.type, part)}${declared}\r\n`;
      yield encodeBase64(part.content);
      break;
    case 'source':
      yield `${base64Head(part.type, part)}${declared}\r\n`;
      yield { open: part.open };
      break;
    case 'message': {
      const encoding = part.content.every((octet) => octet < 128) ? '7bit' : '8bit';
      yield `${contentType('message/rfc822', { ...part.params, ...asciiName(part.name) })}Content-Transfer-Encoding: ${encoding}\r\n${declared}\r\n`;
      yield part.content;
    }
  }
}

function base64Head(type: string, part: PartDeclaration): string {
  return `${contentType(type, { ...part.params, ...asciiName(part.name) })}Content-Transfer-Encoding: base64\r\n`;
}

function contentType(type: string, params: Readonly<Record<string, string>>): string {
  const plain = /^[A-Za-z0-9!#$&^_.+-]+\/[A-Za-z0-9!#$&^_.+-]+$/.test(type) ? type : 'application/octet-stream';
  return foldTokens('Content-Type', withSemicolons([plain, ...paramTokens(params)]));
}

/** The name beside the disposition's, for readers that look only here; only where it needs no encoding. */
function asciiName(name: string | undefined): Readonly<Record<string, string>> {
  return name !== undefined && /^[ -~]{1,60}$/.test(name) ? { name } : {};
}

function declaration(part: ContentSpec): string {
  let text = '';
  if (part.disposition !== undefined || part.name !== undefined) {
    const params = part.name === undefined ? {} : { filename: part.name.replaceAll('\0', '') };
    text += foldTokens(
      'Content-Disposition',
      withSemicolons([part.disposition ?? 'attachment', ...paramTokens(params)]),
    );
  }
  if (part.cid !== undefined) text += printField({ name: 'Content-ID', form: 'MessageIds', value: [part.cid] });
  if (part.language !== undefined && part.language.length > 0) {
    text += printField({ name: 'Content-Language', form: 'Text', value: part.language.join(', ') });
  }
  if (part.location !== undefined) text += printField({ name: 'Content-Location', form: 'Text', value: part.location });
  for (const field of part.fields ?? []) if (!OWN_FIELDS.has(field.name.toLowerCase())) text += printField(field);
  return text;
}

const OWN_FIELDS: ReadonlySet<string> = new Set([
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
  'content-language',
  'content-location',
  'mime-version',
]);

function withSemicolons(tokens: readonly string[]): string[] {
  return tokens.map((token, index) => (index < tokens.length - 1 ? `${token};` : token));
}

/** 7bit where lines are short ASCII, else whichever of the two encodings is shorter. */
function encodeText(text: string): { readonly encoding: string; readonly body: string | Uint8Array } {
  const lines = text.toWellFormed().replace(/\r\n?|\n/g, '\r\n');
  if (/^[\t\r\n -~]*$/.test(lines) && !/[^\n]{999}/.test(lines) && !/^From |^\.$/m.test(lines))
    return { encoding: '7bit', body: lines };
  const octets = encoder.encode(lines);
  let escaped = 0;
  for (let at = 0; at < octets.length; at++) if ((octets[at] ?? 0) > 126) escaped++;
  if (escaped * 6 > octets.length) return { encoding: 'base64', body: encodeBase64(octets) };
  return { encoding: 'quoted-printable', body: encodeQuotedPrintable(octets) };
}

/** A seed that occurs in nothing printed as it is. */
function freeBoundary(body: ContentSpec, seed: string): string {
  const plain = unencodedTexts(body);
  let free = seed.replace(/[^A-Za-z0-9]/g, '').slice(0, 32) || 'pli';
  while (plain.some((text) => text.includes(`=_${free}`))) free += 'x';
  return free;
}

function unencodedTexts(part: ContentSpec): string[] {
  switch (part.kind) {
    case 'multipart':
      return part.parts.flatMap(unencodedTexts);
    case 'text':
      return [part.text];
    case 'message':
      return [decoder.decode(part.content)];
    case 'bytes':
    case 'source':
      return [];
  }
}

/** Encodes in whole lines, whatever the sizes of the chunks. */
async function* encodeSource(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const joined = joinOctets([held, chunk]);
    const whole = joined.length - (joined.length % SOURCE_BLOCK);
    if (whole > 0) yield encodeBase64(joined.subarray(0, whole));
    held = joined.subarray(whole);
  }
  if (held.length > 0) yield encodeBase64(held);
}
