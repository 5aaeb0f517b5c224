/**
 * What a reader has seen. An email's own `$seen` is what all had seen when it was filed (a filter's choice, a copy in
 * Sent) or when the account began to keep it for each; a reader's word, once said, goes before it for them alone.
 */
import type { Reader } from '#server/access/reader.ts';

import { flagBits, type Keywords } from '#server/mail/keywords.ts';

/** What a reader said of emails, by id: true for seen. Those they said nothing of are missing. */
export type Said = ReadonlyMap<number, boolean>;

interface Received {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** As all have them. */
  readonly flags: number;
}

export function isSeenBy(reader: Reader, said: boolean | undefined, { flags, receivedAt }: Received): boolean {
  return said ?? ((flags & flagBits.$seen) !== 0 || receivedAt < reader.seenBefore);
}

/** The flags as the reader has them. */
export function flagsFor(reader: Reader, said: boolean | undefined, email: Received): number {
  return withSeen(email.flags, isSeenBy(reader, said, email));
}

export function withSeen(flags: number, isSeen: boolean): number {
  return isSeen ? flags | flagBits.$seen : flags & ~flagBits.$seen;
}

export function hasSeen({ flags }: Pick<Keywords, 'flags'>): boolean {
  return (flags & flagBits.$seen) !== 0;
}

/** An email with its keywords as the reader has them. */
export function asReadBy<T extends { readonly id: number; readonly receivedAt: number; readonly keywords: Keywords }>(
  reader: Reader,
  said: Said,
  email: T,
): T {
  const { flags } = email.keywords;
  const mine = flagsFor(reader, said.get(email.id), { flags, receivedAt: email.receivedAt });
  return mine === flags ? email : { ...email, keywords: { ...email.keywords, flags: mine } };
}

/** Whether nothing but `$seen` is set or taken away. */
export function isSeenAlone(words: readonly string[]): boolean {
  return words.every((word) => word.toLowerCase() === '$seen');
}
