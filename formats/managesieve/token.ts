/**
 * The words of a ManageSieve command (RFC 5804 §4): atoms, quoted strings, numbers, and literals, whose octets follow
 * the line that announces them. A command is therefore read line by line: each line gives words and may end in a literal.
 */
import { BadSyntax } from './bad-syntax.ts';

export type Token =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  /** Octets as they are: of a quoted string with its escapes undone, of a literal as it came. */
  | { readonly kind: 'string'; readonly octets: Uint8Array };

export interface LinePart {
  readonly tokens: readonly Token[];
  /** The line ends in `{n+}`: so many octets follow, then the rest of the command; undefined: the command is whole. */
  readonly literalOctets: number | undefined;
}

/** Octets of a quoted string (RFC 5804 §4 asks for 1024). */
const quotedOctets = 4096;

/**
 * Reads one line of a command, without its CRLF.
 * @param line octets, one a character.
 * @param isContinued whether a literal came before: then a space or nothing begins the line.
 * @throws {BadSyntax}
 */
export function readLinePart(line: string, isContinued: boolean): LinePart {
  const tokens: Token[] = [];
  let at = 0;
  let mayStart = !isContinued;
  while (at < line.length) {
    if (!mayStart) {
      if (line[at] !== ' ') throw new BadSyntax('syntax', at);
      at += 1;
    }
    mayStart = false;
    const literal = /^\{(\d{1,10})\+\}$/.exec(line.slice(at));
    if (literal) return { tokens, literalOctets: Number(literal[1]) };
    const read = line[at] === '"' ? readQuoted(line, at) : readBare(line, at);
    tokens.push(read.token);
    at = read.end;
  }
  return { tokens, literalOctets: undefined };
}

interface Read {
  readonly token: Token;
  readonly end: number;
}

/** RFC 5804 §4 `quoted`: only `"` and `\` are escaped. */
function readQuoted(line: string, start: number): Read {
  let text = '';
  for (let at = start + 1; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '"') return { token: { kind: 'string', octets: octetsOf(text) }, end: at + 1 };
    if (text.length >= quotedOctets) throw new BadSyntax('literalTooLong', start);
    if (character !== '\\') {
      if (character === '\0' || character === '\r') throw new BadSyntax('syntax', at);
      text += character;
      continue;
    }
    at += 1;
    const escaped = line.charAt(at);
    if (escaped !== '"' && escaped !== '\\') throw new BadSyntax('syntax', at);
    text += escaped;
  }
  throw new BadSyntax('syntax', start);
}

/** `number` and `atom`: command names are atoms, in any case. */
function readBare(line: string, start: number): Read {
  const word = /^[!#-\x27*-[\]-z|~]{1,64}/.exec(line.slice(start, start + 65))?.[0];
  if (word === undefined) throw new BadSyntax('syntax', start);
  const end = start + word.length;
  if (!/^\d+$/.test(word)) return { token: { kind: 'atom', text: word.toUpperCase() }, end };
  const value = Number(word);
  // RFC 5804 §4: 32 bits, unsigned.
  if (value > 0xffff_ffff) throw new BadSyntax('syntax', start);
  return { token: { kind: 'number', value }, end };
}

function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
