/** Strings of a script: encoded characters put in when compiled (RFC 5228 §2.4.2.4), variables when run (RFC 5229 §3). */
import { isEnabled, scriptFault, type Compilation } from './compilation.ts';
import { readVariable, spend, spendText, type Run } from './run.ts';
import type { StringItem } from './tree.ts';

export interface Text {
  /** What it always is; null where it holds variables. */
  readonly constant: string | null;
  readonly get: (run: Run) => string;
}

/** A place for a variable: its name in lower case, or a match variable's number. */
export type VariableName =
  | { readonly kind: 'local' | 'global'; readonly name: string }
  | { readonly kind: 'match'; readonly index: number };

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_.]*|[0-9]{1,20}|(?:[A-Za-z_][A-Za-z0-9_]*\.)[0-9]{1,20})\}/g;
const ENCODED = /\$\{(hex|unicode):[ \t\r\n]*([0-9A-Fa-f]+(?:[ \t\r\n]+[0-9A-Fa-f]+)*)[ \t\r\n]*\}/gi;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** @throws {SieveError} `badCharacter`, `badVariableName`. */
export function compileText(item: StringItem, compilation: Compilation): Text {
  const value = isEnabled(compilation, 'encoded-character') ? decodeCharacters(item, compilation) : item.value;
  if (!isEnabled(compilation, 'variables') || !value.includes('${')) return constantText(value);
  const parts: (string | VariableName)[] = [];
  let from = 0;
  for (const found of value.matchAll(REFERENCE)) {
    const [all, name = ''] = found;
    if (found.index > from) parts.push(value.slice(from, found.index));
    parts.push(variableName(name, item, compilation));
    from = found.index + all.length;
  }
  if (from === 0) return constantText(value);
  if (from < value.length) parts.push(value.slice(from));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined)
    return { constant: null, get: (run) => counted(run, expandPart(run, only)) };
  return { constant: null, get: (run) => expand(run, parts) };
}

function constantText(value: string): Text {
  return { constant: value, get: () => value };
}

function expandPart(run: Run, part: string | VariableName): string {
  return typeof part === 'string' ? part : readVariable(run, part);
}

function expand(run: Run, parts: readonly (string | VariableName)[]): string {
  let text = '';
  for (const part of parts) {
    text += expandPart(run, part);
    spendText(run, text.length);
  }
  return counted(run, text);
}

/** Whatever is done with a text costs as its length. */
function counted(run: Run, text: string): string {
  spend(run, 'matchWork', 1 + (text.length >> 4));
  return text;
}

/** Reads `name`, `global.name` or a number. @throws {SieveError} `badVariableName` for other namespaces (RFC 5229 §3). */
export function variableName(name: string, item: StringItem, compilation: Compilation): VariableName {
  const lower = name.toLowerCase();
  if (/^[0-9]+$/.test(lower)) return { kind: 'match', index: Number(lower) };
  if (/^[a-z_][a-z0-9_]*$/.test(lower)) return { kind: 'local', name: lower };
  const shared = /^global\.([a-z_][a-z0-9_]*)$/.exec(lower)?.[1];
  if (shared === undefined || !isEnabled(compilation, 'include'))
    throw scriptFault(compilation, item, { code: 'badVariableName', name });
  return { kind: 'global', name: shared };
}

/** `${hex:c3 a9}` gives octets of UTF-8, `${unicode:e9}` characters; what is not quite of that form stays as it is. */
function decodeCharacters(item: StringItem, compilation: Compilation): string {
  if (!item.value.includes('${')) return item.value;
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const found of item.value.matchAll(ENCODED)) {
    const [all, kind = '', digits = ''] = found;
    const numbers = digits.split(/[ \t\r\n]+/).map((number) => Number.parseInt(number, 16));
    const isHex = kind.toLowerCase() === 'hex';
    if (isHex && !/^[0-9A-Fa-f]{1,2}(?:\s+[0-9A-Fa-f]{1,2})*$/.test(digits)) continue;
    const isCharacter = (number: number): boolean => number <= 0x10ffff && !(number >= 0xd800 && number < 0xe000);
    if (!isHex && !numbers.every(isCharacter))
      throw scriptFault(compilation, item, { code: 'badCharacter', text: all });
    pieces.push(encoder.encode(item.value.slice(from, found.index)));
    pieces.push(
      isHex ? Uint8Array.from(numbers) : encoder.encode(numbers.map((n) => String.fromCodePoint(n)).join('')),
    );
    from = found.index + all.length;
  }
  if (from === 0) return item.value;
  pieces.push(encoder.encode(item.value.slice(from)));
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
}
