/** The audit log as a file: CSV (RFC 4180) for spreadsheets, JSON lines for programs. */
import { printCsvLine, spreadsheetMark } from '#formats/csv/print.ts';

import type { AuditEntry } from './audit.ts';

export type AuditFormat = 'csv' | 'jsonl';

const columns = ['at', 'actor', 'by', 'verb', 'account', 'email', 'reason', 'from', 'details', 'sealed', 'id'] as const;

/** The file in pieces, a page at a time; the newest line first. */
export async function* printAudit(
  pages: AsyncIterable<readonly AuditEntry[]>,
  format: AuditFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield `${spreadsheetMark}${printCsvLine(columns)}`;
  const print = format === 'csv' ? printCsv : printJson;
  for await (const page of pages) yield page.map(print).join('');
}

function printJson(entry: AuditEntry): string {
  return `${JSON.stringify({ ...entry, at: new Date(entry.at).toISOString() })}\n`;
}

function printCsv(entry: AuditEntry): string {
  const cells: Readonly<Record<(typeof columns)[number], string>> = {
    at: new Date(entry.at).toISOString(),
    actor: entry.actorName ?? '',
    by: entry.by,
    verb: entry.verb,
    account: entry.accountName ?? '',
    email: entry.accountEmail ?? '',
    reason: entry.reason ?? '',
    from: entry.remoteAddress ?? '',
    details: JSON.stringify(entry.details),
    sealed: entry.isSealed ? 'yes' : 'no',
    id: entry.id,
  };
  return printCsvLine(columns.map((name) => cells[name]));
}
