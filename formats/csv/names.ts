/**
 * The people a CSV file names, one a line: in the column that says so, else in the first one. A file of one column
 * without a heading is such a list too.
 */
import { parseCsv } from './read.ts';

const headings = [
  'username',
  'user_name',
  'login',
  'identifiant',
  'email',
  'e-mail',
  'mail',
  'adresse',
  'courriel',
  'address',
] as const;

/** User names or e-mail addresses in the order of the file; empty lines are none. */
export function readNames(text: string): readonly string[] {
  const [first, ...others] = parseCsv(text).map(({ fields }) => fields.map((field) => field.trim()));
  if (!first) return [];
  const known = first.findIndex((field) => headings.some((heading) => heading === field.toLowerCase()));
  const records = known < 0 ? [first, ...others] : others;
  const column = Math.max(known, 0);
  return records.map((fields) => fields[column] ?? '').filter((name) => name !== '');
}
