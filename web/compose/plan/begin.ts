/**
 * How a message begins: where the signature stands, how what is answered or forwarded is brought in, and how another
 * identity's signature takes the place of the first.
 */
import { Fragment } from 'prosemirror-model';
import type { Node } from 'prosemirror-model';
import { schema } from '#web/compose/editor/schema.ts';
import { textBlocks } from '#web/compose/html/text.ts';
import type { Body } from '#web/compose/draft.ts';

/** The lines over what is brought in: one for an answer, several for a forward. */
export interface Quoted {
  readonly kind: 'reply' | 'forward';
  readonly headLines: readonly string[];
  readonly doc: Node;
}

/** One empty line to write in, the signature, then the original below (RFC 3676 §4.3 for its mark in plain text). */
export function beginDocument(text: string, signature: Node | undefined, quoted: Quoted | undefined): Node {
  const written = text === '' ? [paragraph('')] : textBlocks(text.split('\n'), 0);
  const blocks = [
    ...written,
    ...(signature ? [paragraph(''), signatureBlock(signature)] : []),
    ...(quoted ? [paragraph(''), originalBlock(quoted)] : []),
  ];
  return schema.node('doc', null, blocks);
}

function originalBlock({ kind, headLines, doc }: Quoted): Node {
  const head = headLines.map(paragraph);
  const content =
    kind === 'reply' ? [schema.node('blockquote', null, doc.content)] : [paragraph(''), ...childrenOf(doc)];
  return schema.node('original', null, [...head, ...content]);
}

const signatureBlock = (signature: Node): Node => schema.node('signature', null, signature.content);

function paragraph(text: string): Node {
  return schema.node('paragraph', null, text === '' ? [] : [schema.text(text)]);
}

function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = [];
  node.forEach((child) => children.push(child));
  return children;
}

/** Puts another signature in the place of the one there; without one there, above the original or at the end. */
export function replaceSignature(doc: Node, signature: Node | undefined): Node {
  const blocks = childrenOf(doc);
  const at = blocks.findIndex((block) => block.type.name === 'signature');
  if (at >= 0) {
    const replaced = signature ? [signatureBlock(signature)] : [];
    return doc.copy(Fragment.fromArray(nonEmpty([...blocks.slice(0, at), ...replaced, ...blocks.slice(at + 1)])));
  }
  if (!signature) return doc;
  const original = blocks.findIndex((block) => block.type.name === 'original');
  const before = original < 0 ? blocks.length : original;
  const added = [...blocks.slice(0, before), signatureBlock(signature), ...blocks.slice(before)];
  return doc.copy(Fragment.fromArray(added));
}

const nonEmpty = (blocks: Node[]): Node[] => (blocks.length > 0 ? blocks : [paragraph('')]);

/** The same for plain text: what stands from the signature's mark down to the quote is the signature. */
export function replaceTextSignature(text: string, before: string, after: string): string {
  const mark = (signature: string) => (signature.trim() === '' ? '' : `-- \n${signature.trim()}\n`);
  const old = mark(before);
  if (old !== '' && text.includes(old)) return text.replace(old, () => mark(after));
  return after.trim() === '' ? text : `${text.replace(/\n*$/, '\n\n')}${mark(after)}`;
}

/** Whether nothing was written: such a message needs no draft. */
export function isUntouched(body: Body, begun: Body): boolean {
  if (body.kind === 'rich' && begun.kind === 'rich') return body.doc.eq(begun.doc);
  return body.kind === 'plain' && begun.kind === 'plain' && body.text === begun.text;
}
