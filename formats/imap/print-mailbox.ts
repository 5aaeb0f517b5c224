/** What is told of mailboxes: LIST, LSUB, STATUS (RFC 9051 §7.3.1, §7.3.4, RFC 5258), a line each with its CRLF. */
import { printMailbox } from './mailbox.ts';
import type { StatusItem } from './status.ts';
import { printString } from './string.ts';

export interface ListLine {
  readonly name: string;
  /** `\HasChildren`, `\Sent` …; printed as they are. */
  readonly attributes: readonly string[];
  /** Null: a flat name. */
  readonly delimiter: string | null;
  /** Selection options that something below meets: RECURSIVEMATCH (RFC 9051 §6.3.9.6). */
  readonly childInfo?: readonly string[] | undefined;
  /** Of a renamed mailbox (RFC 9051 §6.3.9.7). */
  readonly oldName?: string | undefined;
}

/** `isUtf8`: the client has enabled UTF-8 names. */
export function printList(line: ListLine, isUtf8: boolean, command: 'LIST' | 'LSUB' = 'LIST'): string {
  const delimiter = line.delimiter === null ? 'NIL' : printString(line.delimiter);
  const extended: string[] = [];
  if (line.childInfo !== undefined) extended.push(`CHILDINFO (${line.childInfo.map((word) => `"${word}"`).join(' ')})`);
  if (line.oldName !== undefined) extended.push(`OLDNAME (${printMailbox(line.oldName, isUtf8)})`);
  const rest = extended.length === 0 ? '' : ` (${extended.join(' ')})`;
  return `* ${command} (${line.attributes.join(' ')}) ${delimiter} ${printMailbox(line.name, isUtf8)}${rest}\r\n`;
}

/** A number, an object id (MAILBOXID), or null: APPENDLIMIT NIL. In the order of `values`. */
export type StatusValues = ReadonlyMap<StatusItem, number | string | null>;

export function printStatus(name: string, values: StatusValues, isUtf8: boolean): string {
  const items: string[] = [];
  for (const [item, value] of values)
    items.push(`${item} ${value === null ? 'NIL' : typeof value === 'string' ? `(${value})` : value}`);
  return `* STATUS ${printMailbox(name, isUtf8)} (${items.join(' ')})\r\n`;
}
