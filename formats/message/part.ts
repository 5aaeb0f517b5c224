/** What the header of one part declares (RFC 2045, RFC 2183, RFC 2392, RFC 2557, RFC 3282), before its body is looked at. */
import { unfold } from './fields.ts';
import { readParameterised } from './params.ts';
import type { Parameterised } from './params.ts';
import type { HeaderField, MessagePart } from './types.ts';
import { decodeWords } from './words.ts';

/** Characters kept of a value that is stored as declared. */
const MAX_DECLARED = 1_024;

/** Where a part stands. */
export interface PartPlace {
  readonly number: string;
  readonly isMessage: boolean;
  readonly isInDigest: boolean;
  readonly headersStart: number;
  readonly bodyStart: number;
}

/** The part with an empty body; sizes and children follow once they are known. */
export function makePart(fields: readonly HeaderField[], place: PartPlace): MessagePart {
  const declared = contentFields(fields);
  const contentType = readType(declared.get('content-type'), place.isInDigest);
  const [type = '', subtype = ''] = contentType.value.split('/', 2);
  const disposition = readParameterised(declared.get('content-disposition') ?? '');
  return {
    partId: type === 'multipart' ? null : placeNumber(place),
    headersStart: place.headersStart,
    bodyStart: place.bodyStart,
    bodyEnd: place.bodyStart,
    encodedOctets: 0,
    sizeOctets: 0,
    lineCount: 0,
    type,
    subtype,
    params: contentType.params,
    charset: contentType.params['charset'] ?? (type === 'text' ? 'us-ascii' : null),
    disposition: disposition.value === '' ? null : disposition.value,
    dispositionParams: disposition.params,
    name: nameOf(contentType.params, disposition.params),
    cid: readCid(declared.get('content-id')),
    language: readLanguages(declared.get('content-language')),
    location: readLocation(declared.get('content-location')),
    description: readPlain(declared.get('content-description')),
    md5: readPlain(declared.get('content-md5')),
    encoding: readEncoding(declared.get('content-transfer-encoding'), type),
    subParts: [],
    message: null,
  };
}

function placeNumber(place: PartPlace): string {
  return place.isMessage ? childNumber(place.number, 1) : place.number;
}

/** The number of the part that is `index`th within `number`, the message itself having none (RFC 9051 §6.4.5.1). */
export function childNumber(number: string, index: number): string {
  return number === '' ? `${index}` : `${number}.${index}`;
}

/** The file name a part declares, null where there is none. */
export function nameOf(
  params: Readonly<Record<string, string>>,
  dispositionParams: Readonly<Record<string, string>>,
): string | null {
  const name = (dispositionParams['filename'] ?? params['name'] ?? '')
    .replaceAll('\0', '')
    .slice(0, MAX_DECLARED)
    .toWellFormed();
  return name === '' ? null : name;
}

function contentFields(fields: readonly HeaderField[]): ReadonlyMap<string, string> {
  const declared = new Map<string, string>();
  for (const field of fields) {
    const first = field.name.charCodeAt(0);
    if (first !== 0x43 && first !== 0x63) continue;
    const name = field.name.toLowerCase();
    // The first Content-Type counts: a second one is how filters are fooled.
    if (name.startsWith('content-') && !declared.has(name)) declared.set(name, field.raw);
  }
  return declared;
}

/** RFC 2045 §5.2: text/plain where none is declared, or none that can be read; message/rfc822 in a digest. */
function readType(raw: string | undefined, isInDigest: boolean): Parameterised {
  const read = raw === undefined ? null : readParameterised(raw);
  if (read !== null && /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+*-]{1,127}$/.test(read.value)) return read;
  if (read !== null && read.value === 'text') return { value: 'text/plain', params: read.params };
  if (read !== null && read.value !== '') return { value: 'application/octet-stream', params: read.params };
  return { value: isInDigest && read === null ? 'message/rfc822' : 'text/plain', params: read?.params ?? {} };
}

/** RFC 2045 §6.4: composite types are never encoded, whatever they say, except messages, where it is met. */
function readEncoding(raw: string | undefined, type: string): string {
  if (raw === undefined) return '7bit';
  const encoding = readParameterised(raw).value.split(/\s/, 1)[0] ?? '';
  if (encoding === '' || type === 'multipart') return '7bit';
  return encoding === 'quoted_printable' ? 'quoted-printable' : encoding.slice(0, 64);
}

function readCid(raw: string | undefined): string | null {
  if (raw === undefined) return null;
  const text = unfold(raw).replace(/^<|>$/g, '').trim();
  return text === '' ? null : text.slice(0, MAX_DECLARED);
}

function readLanguages(raw: string | undefined): string[] | null {
  if (raw === undefined) return null;
  const tags = unfold(raw)
    .split(/[\s,]+/, 32)
    .filter((tag) => /^[A-Za-z0-9-]{1,64}$/.test(tag));
  return tags.length === 0 ? null : tags;
}

function readLocation(raw: string | undefined): string | null {
  const text = unfold(raw ?? '').replace(/\s+/g, '');
  return text === '' ? null : decodeWords(text).slice(0, MAX_DECLARED);
}

function readPlain(raw: string | undefined): string | null {
  const text = unfold(raw ?? '');
  return text === '' ? null : decodeWords(text).slice(0, MAX_DECLARED);
}
