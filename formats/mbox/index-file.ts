/**
 * The list that stands in an export of single files, one JSON text a line: what a file of a message cannot say itself.
 * `{"path":"Classes/4e B/12.eml","receivedAt":1795321257000,"keywords":["$seen"]}`
 */

/** Beside the messages, at the top of a ZIP. */
export const indexName = 'pli-index.jsonl';

export interface IndexEntry {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly keywords: readonly string[];
}

export function printIndexLine({ path, receivedAt, keywords }: IndexEntry): string {
  return `${JSON.stringify({ path, receivedAt, keywords })}\n`;
}

/** What a line says; undefined for what is no such line. */
export function readIndexLine(line: string): IndexEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const path: unknown = Reflect.get(value, 'path');
  const receivedAt: unknown = Reflect.get(value, 'receivedAt');
  const keywords: unknown = Reflect.get(value, 'keywords');
  if (typeof path !== 'string' || typeof receivedAt !== 'number' || !Array.isArray(keywords)) return undefined;
  return { path, receivedAt, keywords: keywords.filter((word) => typeof word === 'string') };
}
