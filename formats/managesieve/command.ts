/** The commands of ManageSieve (RFC 5804 §2), each from its words. */
import { BadSyntax } from './bad-syntax.ts';
import type { Token } from './token.ts';

export type Command =
  | { readonly kind: 'authenticate'; readonly mechanism: string; readonly initial: string | undefined }
  | { readonly kind: 'starttls' | 'logout' | 'capability' | 'unauthenticate' }
  | { readonly kind: 'listscripts' }
  | { readonly kind: 'havespace'; readonly name: string; readonly sizeOctets: number }
  | { readonly kind: 'putscript'; readonly name: string; readonly content: Uint8Array }
  | { readonly kind: 'checkscript'; readonly content: Uint8Array }
  | { readonly kind: 'setactive' | 'getscript' | 'deletescript'; readonly name: string }
  | { readonly kind: 'renamescript'; readonly name: string; readonly newName: string }
  | { readonly kind: 'noop'; readonly tag: string | undefined };

/** @throws {BadSyntax} `command` for an unknown one, `arguments`, `notUtf8`. */
export function readCommand(tokens: readonly Token[]): Command {
  const [first, ...given] = tokens;
  if (first?.kind !== 'atom') throw new BadSyntax('command', 0);
  const words = new Words(given);
  const command = readNamed(first.text, words);
  words.expectEnd();
  return command;
}

function readNamed(name: string, words: Words): Command {
  switch (name) {
    case 'AUTHENTICATE':
      return { kind: 'authenticate', mechanism: words.text().toUpperCase(), initial: words.optionalText() };
    case 'STARTTLS':
      return { kind: 'starttls' };
    case 'LOGOUT':
      return { kind: 'logout' };
    case 'CAPABILITY':
      return { kind: 'capability' };
    case 'LISTSCRIPTS':
      return { kind: 'listscripts' };
    case 'UNAUTHENTICATE':
      return { kind: 'unauthenticate' };
    case 'HAVESPACE':
      return { kind: 'havespace', name: words.text(), sizeOctets: words.number() };
    case 'PUTSCRIPT':
      return { kind: 'putscript', name: words.text(), content: words.octets() };
    case 'CHECKSCRIPT':
      return { kind: 'checkscript', content: words.octets() };
    case 'SETACTIVE':
      return { kind: 'setactive', name: words.text() };
    case 'GETSCRIPT':
      return { kind: 'getscript', name: words.text() };
    case 'DELETESCRIPT':
      return { kind: 'deletescript', name: words.text() };
    case 'RENAMESCRIPT':
      return { kind: 'renamescript', name: words.text(), newName: words.text() };
    case 'NOOP':
      return { kind: 'noop', tag: words.optionalText() };
    default:
      throw new BadSyntax('command', 0);
  }
}

/** The arguments of a command, taken one after the other. */
class Words {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  octets(): Uint8Array {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'string') throw new BadSyntax('arguments', this.#at);
    this.#at += 1;
    return token.octets;
  }

  text(): string {
    return decode(this.octets());
  }

  optionalText(): string | undefined {
    return this.#at < this.#tokens.length ? this.text() : undefined;
  }

  number(): number {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'number') throw new BadSyntax('arguments', this.#at);
    this.#at += 1;
    return token.value;
  }

  expectEnd(): void {
    if (this.#at < this.#tokens.length) throw new BadSyntax('arguments', this.#at);
  }
}

/** @throws {BadSyntax} `notUtf8`. */
function decode(octets: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    throw new BadSyntax('notUtf8', 0);
  }
}
