/** A column of a raw row as people read it: verification says what stands there, whatever it is. */
import type { Row } from './connection.ts';

/** @returns `nothing` for null, and for a column the row does not have. */
export function columnText(row: Row | undefined, name: string): string {
  const value = row?.[name];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : 'nothing';
}
