/**
 * A reader of XML documents for pictures that strangers made (XML 1.0, without what pictures do not need): no entities
 * but the five and numbers, no internal subset, no other charset than UTF-8. Bounded before anything is built.
 */
import { BadLogo } from './logo.ts';

export interface Element {
  /** As written, with its prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly content: readonly (Element | string)[];
}

const depthAtMost = 32;
const elementsAtMost = 5000;
const attributesAtMost = 60;

const space = String.raw`[ \t\r\n]`;
const nameForm = String.raw`[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?`;
const attributeForm = new RegExp(String.raw`${space}+(${nameForm})${space}*=${space}*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const openForm = new RegExp(`<(${nameForm})`, 'y');
const openEndForm = new RegExp(String.raw`${space}*(/?)>`, 'y');
const closeForm = new RegExp(String.raw`</(${nameForm})${space}*>`, 'y');
/** Outside `Char` of XML 1.0 §2.2. */
// oxlint-disable-next-line no-control-regex
const noCharacter = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])/;

/** @param left is told of what was passed over: `?xml-stylesheet`. @throws {BadLogo} `broken`, `entities`, `tooLarge`. */
export function readXml(octets: Uint8Array, left: (what: string) => void): Element {
  const reader = new Reader(decode(octets), left);
  return reader.readDocument();
}

function decode(octets: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
    if (noCharacter.test(text)) throw new BadLogo('broken', 'a character that XML has not');
    return text;
  } catch (error) {
    throw error instanceof BadLogo ? error : new BadLogo('broken', 'not UTF-8');
  }
}

/** Holds its place in the text while it reads. */
class Reader {
  readonly #text: string;
  readonly #left: (what: string) => void;
  #at = 0;
  #elements = 0;

  constructor(text: string, left: (what: string) => void) {
    this.#text = text;
    this.#left = left;
  }

  readDocument(): Element {
    const declaration = this.#take(/<\?xml[ \t\r\n]([^?]*)\?>/y);
    const charset = /encoding\s*=\s*["']([^"']*)["']/.exec(declaration?.[1] ?? '')?.[1];
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw new BadLogo('broken', `charset ${charset}`);
    this.#passOver();
    if (this.#text.startsWith('<!DOCTYPE', this.#at)) {
      // One that only names what the document is; a subset could define entities.
      if (!this.#take(/<!DOCTYPE[^[\]<>]*>/y)) throw new BadLogo('entities', 'a DOCTYPE of its own');
      this.#passOver();
    }
    const root = this.#readElement(1);
    this.#passOver();
    if (this.#at < this.#text.length) throw this.#broken();
    return root;
  }

  #readElement(depth: number): Element {
    const name = this.#take(openForm)?.[1];
    if (name === undefined) throw this.#broken();
    this.#elements += 1;
    if (depth > depthAtMost || this.#elements > elementsAtMost) throw new BadLogo('tooLarge', 'too many elements');
    const attributes = this.#readAttributes();
    const end = this.#take(openEndForm);
    if (!end) throw this.#broken();
    if (end[1] === '/') return { name, attributes, content: [] };
    const content = this.#readContent(depth);
    if (this.#take(closeForm)?.[1] !== name) throw this.#broken();
    return { name, attributes, content };
  }

  #readAttributes(): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    for (let found = this.#take(attributeForm); found; found = this.#take(attributeForm)) {
      const [, name = '', double, single] = found;
      if (attributes.has(name)) throw this.#broken();
      attributes.set(name, unescaped(double ?? single ?? ''));
      if (attributes.size > attributesAtMost) throw new BadLogo('tooLarge', 'too many attributes');
    }
    return attributes;
  }

  #readContent(depth: number): readonly (Element | string)[] {
    const content: (Element | string)[] = [];
    for (;;) {
      const text = this.#take(/[^<]+/y)?.[0];
      if (text !== undefined) content.push(unescaped(text));
      else if (this.#text.startsWith('</', this.#at)) return content;
      else if (this.#text.startsWith('<![CDATA[', this.#at)) content.push(this.#readCdata());
      else if (!this.#takeAside()) content.push(this.#readElement(depth + 1));
    }
  }

  #readCdata(): string {
    const end = this.#text.indexOf(']]>', this.#at);
    if (end < 0) throw this.#broken();
    const text = this.#text.slice(this.#at + '<![CDATA['.length, end);
    this.#at = end + ']]>'.length;
    return text;
  }

  /** Spaces, comments and instructions between elements. */
  #passOver(): void {
    do this.#take(/[ \t\r\n]+/y);
    while (this.#takeAside());
  }

  #takeAside(): boolean {
    for (const [start, end] of [
      ['<!--', '-->'],
      ['<?', '?>'],
    ] as const) {
      if (!this.#text.startsWith(start, this.#at)) continue;
      const found = this.#text.indexOf(end, this.#at + start.length);
      if (found < 0) throw this.#broken();
      if (start === '<?')
        this.#left(/^<\?[\w-]{0,32}/.exec(this.#text.slice(this.#at, this.#at + 40))?.[0].slice(1) ?? '?');
      this.#at = found + end.length;
      return true;
    }
    return false;
  }

  #take(form: RegExp): RegExpExecArray | undefined {
    form.lastIndex = this.#at;
    const found = form.exec(this.#text);
    if (found) this.#at = form.lastIndex;
    return found ?? undefined;
  }

  #broken(): BadLogo {
    return new BadLogo('broken', `at character ${this.#at}`);
  }
}

const named: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
);

function unescaped(text: string): string {
  return text.replaceAll(/&([^;&]{0,12};)?/g, (_, found: string | undefined) => {
    const name = found?.slice(0, -1) ?? '';
    const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const code = number ? Number.parseInt(number[1] ?? number[2] ?? '', number[1] === undefined ? 10 : 16) : undefined;
    const character =
      code === undefined ? named.get(name) : code <= 0x10_ff_ff ? String.fromCodePoint(code) : undefined;
    if (character === undefined || noCharacter.test(character)) throw new BadLogo('entities', name);
    return character;
  });
}
