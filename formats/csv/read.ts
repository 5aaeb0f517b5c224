/**
 * Reads CSV (RFC 4180) as it comes, piece by piece: `;` or `,` (or a tab), told from the first line; any line ending;
 * quotes doubled inside quotes. Memory is bounded by one record. A record that does not fit is told with its line and
 * reading goes on with the line after: one bad line never costs its neighbours.
 */
import { decodeCsv } from './decode.ts';

export interface CsvRecord {
  /** Where it begins, 1 for the first line. */
  readonly line: number;
  readonly fields: readonly string[];
  readonly problem: 'unclosedQuote' | 'tooLong' | undefined;
}

/** Characters of one field, and fields of one record. */
export const csvLimits = { fieldCharacters: 16 * 1024, fields: 256 };

/** @returns records in batches, as they are complete; empty lines are no records. */
export async function* readCsv(source: AsyncIterable<Uint8Array>): AsyncGenerator<readonly CsvRecord[]> {
  const decoding = decodeCsv();
  const reader = openReader();
  for await (const octets of source) {
    const records = reader.push(decoding.push(octets));
    if (records.length > 0) yield records;
  }
  const rest = [...reader.push(decoding.end()), ...reader.end()];
  if (rest.length > 0) yield rest;
}

/** The whole text at once. */
export function parseCsv(text: string): readonly CsvRecord[] {
  const reader = openReader();
  return [...reader.push(text), ...reader.end()];
}

type Where = 'start' | 'plain' | 'quoted' | 'afterQuote' | 'skipping';

interface Reader {
  push(text: string): CsvRecord[];
  end(): CsvRecord[];
}

function openReader(): Reader {
  let separator: string | undefined;
  let where: Where = 'start';
  let field = '';
  let fields: string[] = [];
  let line = 1;
  let startLine = 1;
  let waiting = '';
  let isBegun = false;
  /** The quoted field as it is written, and the line its quote opens on: to read again when the quote never closes. */
  let raw = '';
  let quoteLine = 1;

  const finishField = (): void => {
    fields.push(field);
    field = '';
    where = 'start';
  };
  const finishRecord = (records: CsvRecord[], problem?: CsvRecord['problem']): void => {
    if (problem === undefined) finishField();
    const isEmpty = fields.length === 1 && fields[0] === '';
    if (!isEmpty || problem !== undefined) records.push({ line: startLine, fields, problem });
    fields = [];
    field = '';
    where = 'start';
  };

  const read = (text: string, records: CsvRecord[]): void => {
    const comma = separator ?? ',';
    let at = 0;
    while (at < text.length) {
      const character = text.charAt(at);
      if (where === 'quoted') {
        // Everything to the next quote at once.
        const end = text.indexOf('"', at);
        const piece = text.slice(at, end < 0 ? text.length : end);
        field += piece;
        raw += piece;
        line += countLines(piece);
        at += piece.length;
        if (field.length > csvLimits.fieldCharacters) readAgain(records);
        else if (end >= 0) {
          where = 'afterQuote';
          at += 1;
        }
        continue;
      }
      at += 1;
      if (character === '\n') {
        line += 1;
        if (where === 'skipping') where = 'start';
        else finishRecord(records);
        startLine = line;
      } else if (where === 'skipping' || character === '\r') {
        // CRLF is LF; a CR alone inside a line means nothing here.
      } else if (character === comma) {
        finishField();
        if (fields.length > csvLimits.fields) {
          finishRecord(records, 'tooLong');
          where = 'skipping';
        }
      } else if (character === '"' && where === 'start') {
        where = 'quoted';
        raw = '';
        quoteLine = line;
      } else if (character === '"' && where === 'afterQuote') {
        field += '"';
        raw += '""';
        where = 'quoted';
      } else {
        const end = endOfPlain(text, at, comma);
        field += character + text.slice(at, end);
        at = end;
        where = 'plain';
        if (field.length > csvLimits.fieldCharacters) {
          finishRecord(records, 'tooLong');
          where = 'skipping';
        }
      }
    }
  };

  const isInQuotes = (): boolean => where === 'quoted';
  /** A quote that never closes spoils its own line only: what follows that line is read as lines again. */
  const readAgain = (records: CsvRecord[]): void => {
    finishRecord(records, 'unclosedQuote');
    const end = raw.indexOf('\n');
    if (end < 0) {
      where = 'skipping';
      return;
    }
    line = quoteLine + 1;
    startLine = line;
    read(raw.slice(end + 1), records);
  };

  return {
    push(text) {
      const records: CsvRecord[] = [];
      if (separator !== undefined) {
        read(text, records);
        return records;
      }
      waiting += text;
      const end = waiting.indexOf('\n');
      // The separator is told from the first line; a first line without end is not waited for.
      if (end < 0 && waiting.length < csvLimits.fieldCharacters) return records;
      separator = detectSeparator(end < 0 ? waiting : waiting.slice(0, end));
      const all = isBegun ? waiting : waiting.replace(/^\uFEFF/, '');
      isBegun = true;
      waiting = '';
      read(all, records);
      return records;
    },
    end() {
      const records: CsvRecord[] = [];
      separator ??= detectSeparator(waiting);
      read(waiting.replace(/^\uFEFF/, ''), records);
      waiting = '';
      while (isInQuotes()) readAgain(records);
      if (where !== 'skipping' && (field !== '' || fields.length > 0 || where === 'afterQuote')) finishRecord(records);
      return records;
    },
  };
}

/** The one that occurs most in the first line, outside quotes. */
function detectSeparator(firstLine: string): string {
  const bare = firstLine.replaceAll(/"[^"]*"/g, '');
  const counts = [';', ',', '\t'].map((one) => ({ one, count: bare.split(one).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).one;
}

function endOfPlain(text: string, from: number, comma: string): number {
  let at = from;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === comma || character === '\n' || character === '\r' || character === '"') break;
    at += 1;
  }
  return at;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
