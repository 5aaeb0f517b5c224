/**
 * BODY and BODYSTRUCTURE (RFC 9051 §7.5.2) from the stored JSON (formats/message/pack.ts tells what stands where), straight into octets. Parameters that are not
 * ASCII print by RFC 2231, other texts as encoded-words.
 */
import { isRecord, printEncoded, printEnvelope } from './print-envelope.ts';
import { printNstring, printString } from './string.ts';
import { encodeUtf8 } from './utf8.ts';

/** Deepest nesting printed; what the message reader makes is less. */
const MAX_NESTING = 200;
/** What stands where a part cannot be told: nothing of it can be fetched. */
const NO_PART = '("text" "plain" NIL NIL NIL "7bit" 0 0)';
const NO_PART_EXTENDED = '("text" "plain" NIL NIL NIL "7bit" 0 0 NIL NIL NIL NIL)';

/** @param stored `message.structure`. `isExtended`: BODYSTRUCTURE rather than BODY. */
export function printStoredStructure(stored: string, isExtended: boolean): string {
  let root: unknown;
  try {
    root = JSON.parse(stored);
  } catch {
    root = null;
  }
  return printPart(root, isExtended, 0);
}

function printPart(packed: unknown, isExtended: boolean, depth: number): string {
  if (!Array.isArray(packed) || depth > MAX_NESTING) return isExtended ? NO_PART_EXTENDED : NO_PART;
  const part: readonly unknown[] = packed;
  const whole = typeof part[5] === 'string' ? part[5] : 'text/plain';
  const slash = whole.indexOf('/');
  const type = whole.slice(0, slash);
  const subtype = printString(whole.slice(slash + 1));
  return type === 'multipart'
    ? printMultipart(part, subtype, isExtended, depth)
    : printSinglePart(part, type, subtype, isExtended, depth);
}

/** `body-type-mpart`: at least one part. */
function printMultipart(part: readonly unknown[], subtype: string, isExtended: boolean, depth: number): string {
  let parts = '';
  if (Array.isArray(part[8])) for (const child of part[8]) parts += printPart(child, isExtended, depth + 1);
  if (parts === '') parts = printPart(null, isExtended, depth);
  return isExtended ? `(${parts} ${subtype} ${printParams(part[7])}${printExtension(part)})` : `(${parts} ${subtype})`;
}

/** `body-type-1part`: `body-type-text`, `body-type-msg` or `body-type-basic`. */
function printSinglePart(
  part: readonly unknown[],
  type: string,
  subtype: string,
  isExtended: boolean,
  depth: number,
): string {
  const params = printParams(part[7]);
  const cid = typeof part[11] === 'string' ? printString(`<${part[11]}>`) : 'NIL';
  const encoding = typeof part[6] === 'string' ? printString(part[6]) : '"7bit"';
  // text/plain that declares nothing is in us-ascii (RFC 2045 §5.2)
  const declared = params === 'NIL' && type === 'text' && subtype === '"plain"' ? '("charset" "us-ascii")' : params;
  let printed = `("${type}" ${subtype} ${declared} ${cid} ${printEncoded(part[14])} ${encoding} ${numberOf(part[2])}`;
  if (type === 'message' && (subtype === '"rfc822"' || subtype === '"global"')) {
    const carried: readonly unknown[] = Array.isArray(part[16]) ? part[16] : [];
    printed += ` ${printEnvelope(carried[0])} ${printPart(carried[1], isExtended, depth + 1)} ${numberOf(part[4])}`;
  } else if (type === 'text') printed += ` ${numberOf(part[4])}`;
  return isExtended ? `${printed} ${printNstring(textOf(part[15]))}${printExtension(part)})` : `${printed})`;
}

/** `body-fld-dsp`, `body-fld-lang`, `body-fld-loc`, a space before each. */
function printExtension(part: readonly unknown[]): string {
  if (part.length < 10) return ' NIL NIL NIL';
  const disposition = textOf(part[9]);
  const languages: readonly unknown[] = Array.isArray(part[12]) ? part[12] : [];
  const tags = languages.map((tag) => printString(textOf(tag) ?? ''));
  return (
    ` ${disposition === null ? 'NIL' : `(${printString(disposition)} ${printParams(part[10])})`}` +
    ` ${tags.length === 0 ? 'NIL' : `(${tags.join(' ')})`}` +
    ` ${printNstring(textOf(part[13]))}`
  );
}

/** `body-fld-param`. */
function printParams(params: unknown): string {
  if (!isRecord(params)) return 'NIL';
  let printed = '';
  for (const name in params) {
    const value = params[name];
    if (typeof value === 'string') printed += `${printed === '' ? '(' : ' '}${printParam(name, value)}`;
  }
  return printed === '' ? 'NIL' : `${printed})`;
}

function printParam(name: string, value: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\x20-\x7e]*$/.test(value)) return `${printString(name)} ${printString(value)}`;
  const octets = encodeUtf8(value.replace(/[\r\n\0]+/g, ' '));
  const encoded = octets.replace(/[^A-Za-z0-9!#$&+.^_`{|}~-]/g, hex);
  return `${printString(`${name}*`)} "utf-8''${encoded}"`;
}

function hex(octet: string): string {
  return `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
