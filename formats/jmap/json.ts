/**
 * I-JSON (RFC 7493), which JMAP speaks (RFC 8620 §1.5): UTF-8 without faults, no name twice in an object, no half
 * surrogates; bounded nesting. JSON.parse does the building; one pass over the text before it sees what it would not say.
 */
import { RequestError } from './errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Deep enough for any filter; shallow enough that no walk over a value can exhaust the stack. */
const maxDepth = 100;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws {RequestError} `notJSON`, saying why and, where known, the offset in UTF-16 units. */
export function readJson(octets: Uint8Array): Json {
  let text: string;
  try {
    text = decoder.decode(octets);
  } catch {
    throw new RequestError('notJSON', 'not UTF-8');
  }
  return readJsonText(text);
}

/** The same for text (a WebSocket frame). @throws {RequestError} `notJSON`. */
export function readJsonText(text: string): Json {
  if (!text.isWellFormed()) throw new RequestError('notJSON', 'a surrogate without its other half');
  const fault = findFault(text);
  if (fault !== undefined) throw new RequestError('notJSON', fault);
  try {
    // JSON.parse makes exactly these; its own declaration is older than `unknown`.
    return JSON.parse(text) as Json;
  } catch {
    throw new RequestError('notJSON', 'not JSON');
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const colon = 0x3a;

/** Finds what I-JSON forbids and JSON.parse lets pass. What is not JSON at all is left to JSON.parse. */
function findFault(text: string): string | undefined {
  // The names met in each open object; undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === openBrace || code === openBracket) {
      if (open.length === maxDepth) return `nested deeper than ${maxDepth} at offset ${at}`;
      open.push(code === openBrace ? new Set() : undefined);
    } else if (code === closeBrace || code === closeBracket) {
      open.pop();
    } else if (code === quote) {
      const { end, hasEscape } = endOfString(text, at);
      const names = open.at(-1);
      const isName = names !== undefined && isFollowedByColon(text, end + 1);
      if (hasEscape || isName) {
        const value = hasEscape ? unescape(text.slice(at, end + 1)) : text.slice(at + 1, end);
        if (value === undefined) return `not a string at offset ${at}`;
        if (hasEscape && !value.isWellFormed()) return `half a surrogate at offset ${at}`;
        if (isName && names.has(value)) return `a name that occurs twice at offset ${at}`;
        if (isName) names.add(value);
      }
      at = end;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): { readonly end: number; readonly hasEscape: boolean } {
  let hasEscape = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) return { end: at, hasEscape };
    if (code !== backslash) continue;
    hasEscape = true;
    at += 1;
  }
  return { end: text.length, hasEscape };
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  return text.charCodeAt(at) === colon;
}

function unescape(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Whether the two say the same; the order of an object's names says nothing. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (isArray(one)) {
    return isArray(other) && one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  );
}

/**
 * About how many octets `value` takes when written; stops counting beyond `roof`. Values made from references share
 * their parts, so what is small in memory may be endless on the wire.
 */
export function weigh(value: Json, roof: number): number {
  let weight = 2;
  if (typeof value === 'string') return value.length + 2;
  if (isArray(value)) {
    for (const item of value) {
      weight += weigh(item, roof - weight) + 1;
      if (weight > roof) return weight;
    }
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      weight += name.length + 4 + weigh(item, roof - weight);
      if (weight > roof) return weight;
    }
  }
  return weight + 4;
}

/** U+0000 is text to JSON but not to a database; nobody means it. */
export function holdsNul(value: Json): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (isArray(value)) return value.some(holdsNul);
  return isObject(value) && Object.entries(value).some(([name, item]) => name.includes('\0') || holdsNul(item));
}
