/**
 * What may be asked of a list of emails (RFC 8621 §4.4.1, §4.4.2), as values: heads parse their own words into these,
 * IMAP's SEARCH as well as JMAP's filters.
 */
import type { MailboxId, PersonId } from '#server/store/ids.ts';

export type TextField = 'text' | 'from' | 'to' | 'cc' | 'bcc' | 'subject' | 'body';

export type EmailFilter =
  | { readonly kind: 'and' | 'or' | 'not'; readonly of: readonly EmailFilter[] }
  | { readonly kind: 'inMailbox'; readonly mailboxId: MailboxId }
  | { readonly kind: 'inMailboxOtherThan'; readonly mailboxIds: readonly MailboxId[] }
  /** Milliseconds; received before it (excluded) or after it (included). */
  | { readonly kind: 'before' | 'after'; readonly at: number }
  /** Octets; minSize is included, maxSize is not. */
  | { readonly kind: 'minSize' | 'maxSize'; readonly octets: number }
  | { readonly kind: 'threadKeyword'; readonly which: 'all' | 'some' | 'none'; readonly keyword: string }
  | { readonly kind: 'keyword'; readonly keyword: string; readonly has: boolean }
  | { readonly kind: 'hasAttachment'; readonly has: boolean }
  | { readonly kind: 'text'; readonly field: TextField; readonly query: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string | null }
  /** Of conversations that are closed, or somebody's: a member's, or with null any member's. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'assigned'; readonly personId: PersonId | null };

export type SortProperty =
  | { readonly kind: 'receivedAt' | 'sentAt' | 'size' | 'from' | 'to' | 'subject' }
  | { readonly kind: 'hasKeyword' | 'allInThreadHaveKeyword' | 'someInThreadHaveKeyword'; readonly keyword: string };

export type EmailSort = SortProperty & { readonly isAscending: boolean };

/** The one mailbox a filter asks for and nothing else: the list every client shows most. */
export function onlyMailbox(filter: EmailFilter | null): MailboxId | undefined {
  if (filter?.kind === 'inMailbox') return filter.mailboxId;
  const [only, ...others] = filter?.kind === 'and' ? filter.of : [];
  return only !== undefined && others.length === 0 ? onlyMailbox(only) : undefined;
}

/** A mailbox every answer must be in: the list can then be read from that mailbox's index. */
export function mailboxOfAll(filter: EmailFilter | null): MailboxId | undefined {
  if (filter?.kind === 'inMailbox') return filter.mailboxId;
  if (filter?.kind !== 'and') return undefined;
  for (const each of filter.of) {
    const found = mailboxOfAll(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Newest first by arrival: the order the indexes keep. */
export function isNewestFirst(sort: readonly EmailSort[]): boolean {
  const [first, ...others] = sort;
  return first === undefined || (others.length === 0 && first.kind === 'receivedAt' && !first.isAscending);
}

/** Whether a filter or a sort asks for `$seen`, which each reader may have for themselves. */
export function asksForSeen(filter: EmailFilter | null, sort: readonly EmailSort[]): boolean {
  const isSeen = (keyword: string): boolean => keyword.toLowerCase() === '$seen';
  const asks = (part: EmailFilter): boolean =>
    part.kind === 'and' || part.kind === 'or' || part.kind === 'not'
      ? part.of.some(asks)
      : (part.kind === 'keyword' || part.kind === 'threadKeyword') && isSeen(part.keyword);
  return (filter !== null && asks(filter)) || sort.some((by) => 'keyword' in by && isSeen(by.keyword));
}

/** Every condition of a filter that SQL cannot answer by itself. */
export function outsideConditions(filter: EmailFilter | null): readonly EmailFilter[] {
  if (filter === null) return [];
  if (filter.kind === 'and' || filter.kind === 'or' || filter.kind === 'not')
    return filter.of.flatMap(outsideConditions);
  const { kind } = filter;
  return kind === 'text' || kind === 'header' || kind === 'closed' || kind === 'assigned' ? [filter] : [];
}

/** Whether a filter asks for what members do with conversations, which changes without any email. */
export function asksForConversations(filter: EmailFilter | null): boolean {
  return outsideConditions(filter).some(({ kind }) => kind === 'closed' || kind === 'assigned');
}
