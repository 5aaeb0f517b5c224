/** Flags as IMAP prints them (RFC 9051 §2.3.2): bits and keywords of the store by the names programs know them by. */
import { bitOfKeyword, deletedBit, flagBits } from '#server/mail/keywords.ts';
import type { Columns } from '#server/mail/view/columns.ts';
import type { Selected, Session } from '#server/protocols/imap/session.ts';

const named: readonly (readonly [bit: number, name: string])[] = [
  [flagBits.$answered, '\\Answered'],
  [flagBits.$flagged, '\\Flagged'],
  [deletedBit, '\\Deleted'],
  [flagBits.$seen, '\\Seen'],
  [flagBits.$draft, '\\Draft'],
  [flagBits.$forwarded, '$Forwarded'],
  [flagBits.$mdnsent, '$MDNSent'],
  [flagBits.$junk, '$Junk'],
  [flagBits.$notjunk, '$NotJunk'],
  [flagBits.$phishing, '$Phishing'],
];
const printedBits = named.reduce((sum, [bit]) => sum | bit, 0);

const systemKeywords: ReadonlyMap<string, string> = new Map([
  ['\\seen', '$seen'],
  ['\\flagged', '$flagged'],
  ['\\answered', '$answered'],
  ['\\draft', '$draft'],
]);

/** What every mailbox can carry, without the keywords people make. */
export const commonFlags: readonly string[] = named.map(([, name]) => name);

/** By the list of sets: where that is another, numbers mean others. */
const printedFor = new WeakMap<Columns['keywordSets'], Map<number, string>>();
const setShift = 2 ** 20;

/** `(\Seen $label1)` of the email at this place; each combination is put together once. */
export function flagsAt(columns: Columns, at: number): string {
  const printed = printedFor.getOrInsertComputed(columns.keywordSets, () => new Map());
  const bits = (columns.flags[at] ?? 0) & printedBits;
  const set = columns.keywordSet[at] ?? 0;
  const key = bits + set * setShift;
  const known = printed.get(key);
  if (known !== undefined) return known;
  const text = printFlagBits(bits, columns.keywordSets[set] ?? []);
  printed.set(key, text);
  return text;
}

export function printFlagBits(flags: number, keywords: readonly string[]): string {
  const names = named.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return `(${[...names, ...keywords].join(' ')})`;
}

/** Flags of a command as the store knows them. `\Recent` and flags that nobody defined are passed over. */
export interface AskedFlags {
  readonly isDeleted: boolean;
  /** Keywords (RFC 8621 §4.1.1), lower case. */
  readonly keywords: readonly string[];
}

export function askedFlags(flags: readonly string[]): AskedFlags {
  const keywords: string[] = [];
  let isDeleted = false;
  for (const flag of flags) {
    const name = flag.toLowerCase();
    if (name === '\\deleted') isDeleted = true;
    else if (name.startsWith('\\')) {
      const keyword = systemKeywords.get(name);
      if (keyword !== undefined) keywords.push(keyword);
    } else keywords.push(name);
  }
  return { isDeleted, keywords };
}

/** A FLAGS response names no more: each new keyword prints them all again. */
const toldAtMost = 1_000;

/** Keywords that stand on emails and were not named in a FLAGS response yet. */
export function newKeywords({ flagsTold }: Selected, { keywordSets }: Columns): readonly string[] {
  const fresh = new Set<string>();
  for (const set of keywordSets) for (const word of set) if (!flagsTold.has(word)) fresh.add(word);
  return [...fresh];
}

/** FLAGS and PERMANENTFLAGS with the keywords told before and `fresh` (RFC 9051 §7.3.5, §7.1). Nothing without fresh ones. */
export function printFlagsResponses(session: Session, fresh: readonly string[]): void {
  if (fresh.length === 0 || session.state.kind !== 'selected') return;
  const { mailbox } = session.state;
  if (mailbox.flagsTold.size >= toldAtMost) return;
  for (const word of fresh) mailbox.flagsTold.add(word);
  sayFlags(session, mailbox);
}

export function sayFlags({ connection }: Session, { flagsTold, isReadOnly, maySetSeen }: Selected): void {
  const all = [...commonFlags, ...[...flagsTold].filter((word) => bitOfKeyword(word) === undefined)];
  connection.say(`* FLAGS (${all.join(' ')})\r\n`);
  const permanent = !isReadOnly ? [...all, '\\*'].join(' ') : maySetSeen ? '\\Seen' : '';
  connection.say(`* OK [PERMANENTFLAGS (${permanent})] ${maySetSeen ? 'Kept' : 'Read-only'}\r\n`);
}
