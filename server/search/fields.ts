/**
 * Which terms stand for a word in a field: every term begins with the letter of its field. All addresses are also
 * under `h` and names of files under `b`, so that a word is looked up in three places and not in seven. Names of
 * people are found as they are written and have no stems, or Martin would be Martine.
 */
import type { SearchField } from './expression.ts';

export type FieldLetter = 'f' | 't' | 'c' | 'd' | 'n' | 's' | 'b' | 'h';

interface FieldTerms {
  /** Where words are found as they are written. */
  readonly exact: readonly FieldLetter[];
  /** Where they are found by their stems. */
  readonly stemmed: readonly FieldLetter[];
  /** Where phrases are. */
  readonly phrases: readonly FieldLetter[];
}

export const fieldTerms: Readonly<Record<SearchField, FieldTerms>> = {
  text: { exact: ['h'], stemmed: ['s', 'b'], phrases: ['f', 't', 'c', 'd', 'n', 's', 'b'] },
  from: { exact: ['f'], stemmed: [], phrases: ['f'] },
  to: { exact: ['t'], stemmed: [], phrases: ['t'] },
  cc: { exact: ['c'], stemmed: [], phrases: ['c'] },
  bcc: { exact: ['d'], stemmed: [], phrases: ['d'] },
  subject: { exact: [], stemmed: ['s'], phrases: ['s'] },
  body: { exact: [], stemmed: ['b'], phrases: ['b', 'n'] },
  attachmentName: { exact: [], stemmed: ['n'], phrases: ['n'] },
};

/** Fields of many words: a beginning of one or two letters would be half of the dictionary there. */
export const longFields: ReadonlySet<FieldLetter> = new Set(['b', 's']);

export const addressFields: ReadonlySet<FieldLetter> = new Set(['f', 't', 'c', 'd']);
