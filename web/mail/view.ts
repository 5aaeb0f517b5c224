/** What the list shows, as it stands in the address of the page, so that reload and back find it again. */
import { printUtcDate } from '#formats/jmap/date.ts';
import { dayFromKey } from '#web/words/dates.ts';
import type { Email, Mailbox } from '#web/sync/records.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import { searchFilter } from '#web/search/query.ts';
import { mailboxName } from './names.ts';

export type View =
  | {
      readonly kind: 'mailbox';
      readonly mailboxId: string;
      readonly day: string | undefined;
      /** Of a mailbox that people share: `open`, `closed`, `nobody`, or the id of whose conversations are shown. */
      readonly work?: string | undefined;
    }
  | { readonly kind: 'search'; readonly text: string };

/** The address of a view, with the open conversation if any. */
export function viewPath(view: View, threadId?: string): string {
  const thread = threadId === undefined ? '' : `/${encodeURIComponent(threadId)}`;
  if (view.kind === 'search') return `/search${thread}?q=${encodeURIComponent(view.text)}`;
  const day = view.day === undefined ? [] : [`day=${view.day}`];
  const work = view.work === undefined ? [] : [`work=${encodeURIComponent(view.work)}`];
  const asked = [...day, ...work].join('&');
  return `/mail/${encodeURIComponent(view.mailboxId)}${thread}${asked && `?${asked}`}`;
}

/** The JMAP filter of a view (RFC 8621 §4.4.1). */
export function viewFilter(view: View, mailboxes: readonly Mailbox[]): JsonObject | null {
  // By the names on the screen, which are what the search box offers.
  if (view.kind === 'search')
    return searchFilter(
      view.text,
      mailboxes.map((mailbox) => ({ ...mailbox, name: mailboxName(mailbox) })),
    );
  const day = view.day === undefined ? undefined : dayFromKey(view.day);
  const within = { inMailbox: view.mailboxId, ...workFilter(view.work) };
  if (!day) return within;
  const next = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
  return { ...within, after: printUtcDate(day.getTime()), before: printUtcDate(next.getTime()) };
}

function workFilter(work: string | undefined): JsonObject {
  if (work === undefined) return {};
  if (work === 'open' || work === 'closed') return { conversationIsClosed: work === 'closed' };
  return { conversationAssigneeId: work === 'nobody' ? null : work };
}

/** Whether an email may still stand in the view. In a search that is: it is somewhere else than in the trash or junk. */
export function belongsTo(view: View, mailboxes: readonly Mailbox[]): (email: Email) => boolean {
  if (view.kind === 'mailbox') return (email) => email.mailboxIds[view.mailboxId] === true;
  const isInNamed = /(?:^|\s)(?:in|dans):/iu.test(view.text);
  if (isInNamed) return () => true;
  const hidden = new Set(mailboxes.filter(({ role }) => role === 'trash' || role === 'junk').map(({ id }) => id));
  return (email) => Object.keys(email.mailboxIds).some((id) => !hidden.has(id));
}
