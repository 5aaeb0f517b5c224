/** Prints XML 1.0 documents: elements, attributes and text, escaped. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly (XmlElement | string)[];
}

/** An element without attributes. */
export function element(name: string, ...content: readonly (XmlElement | string)[]): XmlElement {
  return { name, attributes: {}, content };
}

export function elementWith(
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...content: readonly (XmlElement | string)[]
): XmlElement {
  return { name, attributes, content };
}

/** @param doctype the whole declaration, where the format asks for one. */
export function printXml(root: XmlElement, doctype?: string): string {
  const head = ['<?xml version="1.0" encoding="UTF-8"?>', ...(doctype === undefined ? [] : [doctype])];
  return `${[...head, ...linesOf(root, '')].join('\n')}\n`;
}

function linesOf({ name, attributes, content }: XmlElement, indent: string): readonly string[] {
  const tag = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value)}"`)].join(' ');
  if (content.length === 0) return [`${indent}<${tag}/>`];
  if (content.every((part) => typeof part === 'string')) {
    return [`${indent}<${tag}>${content.map(escaped).join('')}</${name}>`];
  }
  const inner = content.flatMap((part) =>
    typeof part === 'string' ? [`${indent}  ${escaped(part)}`] : linesOf(part, `${indent}  `),
  );
  return [`${indent}<${tag}>`, ...inner, `${indent}</${name}>`];
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Outside `Char` of XML 1.0 §2.2: no escape makes these well-formed. */
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function escaped(text: string): string {
  return text.replaceAll(forbidden, '').replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? '');
}
