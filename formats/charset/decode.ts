/**
 * Octets to text for every charset mail is met in. TextDecoder does most of it; what it lacks (utf-7, hz-gb-2312,
 * iso-2022-kr, cp437, cp850) is ours. Never throws: octets that do not fit are shown as well as can be guessed, and said so.
 */
import { CP437, CP850 } from './codepages.ts';
import { decodeHz, decodeIso2022Kr } from './shifted.ts';
import type { DecodedText } from './types.ts';
import { decodeUtf7 } from './utf7.ts';

/** Longest label looked at; real ones have at most 45 characters. */
const MAX_LABEL = 64;
const MAX_CACHED_LABELS = 256;

type Decoder = (bytes: Uint8Array) => DecodedText;

/** Names no decoder knows but senders write. */
const ALIASES: Readonly<Record<string, string>> = {
  utf7: 'utf-7',
  'unicode-1-1-utf-7': 'utf-7',
  'utf-8n': 'utf-8',
  utf8mb4: 'utf-8',
  'latin-1': 'windows-1252',
  ansi: 'windows-1252',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  cp437: 'cp437',
  ibm437: 'cp437',
  cp850: 'cp850',
  ibm850: 'cp850',
  hz: 'hz-gb-2312',
  macroman: 'macintosh',
  'iso-8859-1': 'windows-1252',
  latin9: 'iso-8859-15',
  'latin-9': 'iso-8859-15',
};

const ASCII_LABELS: ReadonlySet<string> = new Set([
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'ansi_x3.4-1986',
  'iso646-us',
  '',
]);

const OWN: Readonly<Record<string, Decoder>> = {
  'utf-7': decodeUtf7,
  'hz-gb-2312': decodeHz,
  'iso-2022-kr': decodeIso2022Kr,
  cp437: (bytes) => decodeCodepage(bytes, CP437),
  cp850: (bytes) => decodeCodepage(bytes, CP850),
};

const utf8 = new TextDecoder('utf-8');
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');
const decoders = new Map<string, Decoder>();

/**
 * Decodes `bytes` declared as `label` (null where nothing was declared). A byte order mark decides over the label and is removed.
 */
export function decodeCharset(bytes: Uint8Array, label: string | null): DecodedText {
  const marked = byteOrderMark(bytes);
  if (marked !== null) return decoderFor(marked)(bytes);
  return decoderFor(label ?? '')(bytes);
}

/** Whether text declared as `label` can be decoded at all. */
export function isKnownCharset(label: string): boolean {
  return decoderFor(label) !== decodeUnknown;
}

function normalise(label: string): string {
  const plain = label.slice(0, MAX_LABEL).trim().toLowerCase().replaceAll('"', '').replaceAll("'", '');
  return ALIASES[plain] ?? plain;
}

function decoderFor(label: string): Decoder {
  const known = decoders.get(label);
  if (known !== undefined) return known;
  const made = makeDecoder(normalise(label));
  // Labels come from strangers: the table must not grow with them.
  if (decoders.size < MAX_CACHED_LABELS && label.length <= MAX_LABEL) decoders.set(label, made);
  return made;
}

function makeDecoder(label: string): Decoder {
  if (ASCII_LABELS.has(label)) return decodeGuess;
  const own = Object.hasOwn(OWN, label) ? OWN[label] : undefined;
  if (own !== undefined) return own;
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label);
  } catch {
    return decodeUnknown;
  }
  if (decoder.encoding === 'utf-8') return decodeUtf8;
  return (bytes) => {
    const text = decoder.decode(bytes);
    return { text, isEncodingProblem: text.includes('\ufffd') };
  };
}

function decodeUtf8(bytes: Uint8Array): DecodedText {
  const text = utf8.decode(bytes);
  if (!text.includes('\ufffd') || isUtf8(bytes)) return { text, isEncodingProblem: false };
  // Old programs write Latin-1 and declare UTF-8: without one good sequence, Latin-1 is what it is.
  const hasGoodSequence = /[\u0080-\ufffc]/.test(text);
  return { text: hasGoodSequence ? text : windows1252.decode(bytes), isEncodingProblem: true };
}

/** ASCII as declared; 8-bit octets are a fault, read as UTF-8 if they are, else as Windows-1252. */
function decodeGuess(bytes: Uint8Array): DecodedText {
  const text = utf8.decode(bytes);
  // Every sequence of several octets makes fewer characters than octets, and every fault a U+FFFD: equal means ASCII.
  if (text.length === bytes.length && !text.includes('\ufffd')) return { text, isEncodingProblem: false };
  return { text: isUtf8(bytes) ? text : windows1252.decode(bytes), isEncodingProblem: true };
}

function decodeUnknown(bytes: Uint8Array): DecodedText {
  return { text: decodeGuess(bytes).text, isEncodingProblem: true };
}

/** Whether `bytes` are UTF-8 without fault. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictUtf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function decodeCodepage(bytes: Uint8Array, upper: string): DecodedText {
  let text = '';
  for (const octet of bytes) text += octet < 128 ? String.fromCharCode(octet) : upper.charAt(octet - 128);
  return { text, isEncodingProblem: false };
}

function byteOrderMark(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}
