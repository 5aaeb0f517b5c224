/**
 * Reads a conversation: a text that a mail administrator can review, one step a line (the grammar is in
 * conversations/README.md). Pure; what a step means is for play.ts.
 */

export type Step =
  | { readonly kind: 'given'; readonly line: number; readonly says: string }
  | { readonly kind: 'connects'; readonly line: number; readonly who: string; readonly head: string }
  | { readonly kind: 'startsTls' | 'closes' | 'isClosed' | 'hearsNothing'; readonly line: number; readonly who: string }
  | {
      readonly kind: 'says';
      readonly line: number;
      readonly who: string;
      readonly text: string;
      readonly literal?: string;
    }
  | { readonly kind: 'writes'; readonly line: number; readonly who: string; readonly octets: string }
  | {
      readonly kind: 'hears';
      readonly line: number;
      readonly who: string;
      readonly pattern: string;
      readonly maySkip: boolean;
    }
  | { readonly kind: 'hearsAll'; readonly line: number; readonly who: string; readonly patterns: readonly string[] }
  | ({ readonly kind: 'asks'; readonly who: string; readonly method: string; readonly path: string } & HttpPart)
  | ({ readonly kind: 'isAnswered'; readonly who: string; readonly status: number } & HttpPart);

interface HttpPart {
  readonly line: number;
  readonly headers: readonly (readonly [string, string])[];
  /** Absent where the conversation says nothing of a body. */
  readonly body?: string;
}

export interface Conversation {
  /** The first comment line, without the path it may begin with. */
  readonly title: string;
  readonly steps: readonly Step[];
}

export class BadConversation extends Error {
  override readonly name = 'BadConversation';
}

/** @throws {BadConversation} with the line that does not read. */
export function readConversation(text: string): Conversation {
  const lines = text.split(/\r?\n/);
  const title = /^#\s*(?:\S+\.txt:\s*)?(.+)$/.exec(lines[0] ?? '')?.[1];
  if (!title) throw new BadConversation('1: the first line must be a comment that names the test');
  const reader = { lines, at: 0 };
  const steps: Step[] = [];
  while (reader.at < lines.length) {
    const line = lines[reader.at] ?? '';
    if (line.trim() === '' || line.startsWith('#')) reader.at++;
    else steps.push(readStep(reader));
  }
  return { title, steps };
}

interface Reader {
  readonly lines: readonly string[];
  at: number;
}

const who = String.raw`(?<who>[a-z][\w-]*)`;
const forms = {
  given: /^given (?<says>.+)$/,
  connects: new RegExp(`^${who} connects (?<head>[a-z]+)$`),
  startsTls: new RegExp(`^${who} starts tls$`),
  closes: new RegExp(`^${who} closes$`),
  isClosed: new RegExp(`^${who} is closed$`),
  hearsNothing: new RegExp(`^${who} hears nothing$`),
  writes: new RegExp(`^${who}>> (?<octets>".*")$`),
  says: new RegExp(`^${who}> ?(?<text>.*)$`),
  isAnswered: new RegExp(String.raw`^${who}< HTTP (?<status>\d{3})$`),
  hearsAll: new RegExp(`^${who}< in any order:$`),
  skips: new RegExp(`^${who}<… (?<pattern>.+)$`),
  hears: new RegExp(`^${who}< ?(?<pattern>.*)$`),
  asks: new RegExp(String.raw`^${who} (?<method>[A-Z]{3,10}) (?<path>\S+)$`),
};

function readStep(reader: Reader): Step {
  const line = reader.at + 1;
  const text = reader.lines[reader.at++] ?? '';
  for (const [kind, form] of Object.entries(forms)) {
    const groups = form.exec(text)?.groups;
    if (groups) return makeStep(kind, groups, line, reader);
  }
  throw new BadConversation(`${line}: this is no step: ${text}`);
}

function makeStep(kind: string, groups: Readonly<Record<string, string>>, line: number, reader: Reader): Step {
  const { who: name = '', says = '', head = '', text = '', pattern = '', method = '', path = '' } = groups;
  switch (kind) {
    case 'given':
      return { kind, line, says };
    case 'connects':
      return { kind, line, who: name, head };
    case 'startsTls':
    case 'closes':
    case 'isClosed':
    case 'hearsNothing':
      return { kind, line, who: name };
    case 'writes':
      return { kind, line, who: name, octets: readQuoted(groups['octets'] ?? '', line) };
    case 'says': {
      const heredoc = /^(?:(?<before>.*) )?<<(?<end>[A-Z]+)$/.exec(text)?.groups;
      if (!heredoc) return { kind, line, who: name, text };
      return {
        kind,
        line,
        who: name,
        text: heredoc['before'] ?? '',
        literal: readHeredoc(reader, heredoc['end'] ?? '', line),
      };
    }
    case 'skips':
    case 'hears':
      return { kind: 'hears', line, who: name, pattern, maySkip: kind === 'skips' };
    case 'hearsAll':
      return { kind, line, who: name, patterns: readIndented(reader) };
    case 'asks':
      return { kind, who: name, method, path, ...readHttpPart(reader, line) };
    default:
      return { kind: 'isAnswered', who: name, status: Number(groups['status']), ...readHttpPart(reader, line) };
  }
}

function readQuoted(text: string, line: number): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw new BadConversation(`${line}: >> takes one JSON string`);
  }
}

/** The lines up to the mark, joined by CRLF and ended by one. */
function readHeredoc(reader: Reader, end: string, line: number): string {
  const from = reader.at;
  const to = reader.lines.indexOf(end, from);
  if (to < 0) throw new BadConversation(`${line}: there is no ${end} to end this`);
  reader.at = to + 1;
  return reader.lines
    .slice(from, to)
    .map((each) => `${each}\r\n`)
    .join('');
}

function readIndented(reader: Reader): readonly string[] {
  const patterns: string[] = [];
  for (let next = reader.lines[reader.at]; next?.startsWith('  '); next = reader.lines[reader.at]) {
    patterns.push(next.slice(2));
    reader.at++;
  }
  return patterns;
}

function readHttpPart(reader: Reader, line: number): HttpPart {
  const headers: (readonly [string, string])[] = [];
  for (;;) {
    const header = /^([A-Za-z][\w-]*): ?(.*)$/.exec(reader.lines[reader.at] ?? '');
    if (!header) break;
    headers.push([(header[1] ?? '').toLowerCase(), header[2] ?? '']);
    reader.at++;
  }
  const next = reader.lines[reader.at] ?? '';
  const heredoc = /^<<([A-Z]+)$/.exec(next)?.[1];
  if (heredoc) {
    reader.at++;
    return { line, headers, body: readHeredoc(reader, heredoc, line) };
  }
  return /^[{[]/.test(next) ? { line, headers, body: readJson(reader, line) } : { line, headers };
}

/** JSON with `$name` in it does not parse yet: its end is where its brackets close. */
function readJson(reader: Reader, line: number): string {
  const lines: string[] = [];
  for (let depth = 0; reader.at < reader.lines.length;) {
    const text = reader.lines[reader.at++] ?? '';
    lines.push(text);
    for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{[\]}]/g))
      depth += /^[{[]/.test(mark) ? 1 : /^[\]}]/.test(mark) ? -1 : 0;
    if (depth === 0) return lines.join('\n');
  }
  throw new BadConversation(`${line}: the JSON below is not closed`);
}
