/**
 * NOTIFY at work (RFC 5465): what changes in the mailboxes a client named is told as it happens, without IDLE and between
 * commands. The session listens to accounts; when one changes, names and counts are compared with what was told last.
 */
import type { FetchItem } from '#formats/imap/fetch.ts';
import { printMailbox } from '#formats/imap/mailbox.ts';
import type { MailboxFilter, NotifyEvent, NotifyGroup } from '#formats/imap/notify.ts';
import type { Mailbox } from '#server/mail/mailboxes/list.ts';
import type { AccountId } from '#server/store/ids.ts';

import { sayAttributes } from './commands/list.ts';
import { sayStatus } from './commands/status.ts';
import { planFetch } from './fetch/plan.ts';
import { namedBy } from './fetch/positions.ts';
import { runFetch } from './fetch/run.ts';
import { delimiter, type Level, listLevels, type Located, sharedRoot } from './names.ts';
import { tellNews } from './news.ts';
import { isUtf8, type Notifying, renewActor, type Session, whoIn } from './session.ts';

type EventKind = NotifyEvent['kind'];

/** What was told of a mailbox last. */
export interface Told {
  readonly name: string;
  readonly isSubscribed: boolean;
  readonly totalEmails: number;
  readonly uidNext: number;
  readonly highestModseq: number;
}

/** Begins to listen, in place of what was asked for before. @param wantsStatus counts of all of them are told at once. */
export async function startNotifying(
  session: Session,
  groups: readonly NotifyGroup[],
  wantsStatus: boolean,
): Promise<void> {
  stopNotifying(session);
  const located = await mailboxes(session, groups);
  const { store, connection } = session;
  const notifying: Notifying = { groups, told: new Map(), hasNews: false, stops: [] };
  for (const each of located) notifying.told.set(keyOf(each), toldOf(each));
  const accountIds = new Set<AccountId>([whoIn(session).accountId, ...located.map(({ accountId }) => accountId)]);
  for (const accountId of accountIds) {
    const stop = store.changes.listen(accountId, ({ states }) => {
      if (states.Mailbox === undefined && states.Email === undefined) return;
      if (!notifying.hasNews) setImmediate(() => connection.nudge());
      notifying.hasNews = true;
    });
    notifying.stops.push(stop);
  }
  session.notifying = notifying;
  if (!wantsStatus) return;
  for (const each of located) {
    if (!isSelected(session, each) && wants(session, groups, each, messageEvents)) await sayCounts(session, each);
  }
}

export function stopNotifying(session: Session): void {
  for (const stop of session.notifying?.stops ?? []) stop();
  session.notifying = undefined;
}

/** Tells what is new; nothing is asked of the database while nothing is. */
export async function tellNotifications(session: Session): Promise<void> {
  const { notifying } = session;
  if (!notifying?.hasNews) return;
  notifying.hasNews = false;
  renewActor(session);
  const { groups, told } = notifying;
  await tellSelected(session, groups);
  const gone = new Map(told);
  for (const located of await mailboxes(session, groups)) {
    const key = keyOf(located);
    const before = told.get(key);
    gone.delete(key);
    const now = toldOf(located);
    told.set(key, now);
    if (before?.name !== now.name && wants(session, groups, located, ['mailboxName'])) {
      if (before) sayGone(session, before.name);
      sayAttributes(session, located);
    } else if (
      before &&
      before.isSubscribed !== now.isSubscribed &&
      wants(session, groups, located, ['subscriptionChange'])
    )
      sayAttributes(session, located);
    if (!isSelected(session, located) && wants(session, groups, located, eventsBetween(before, now)))
      await sayCounts(session, located);
  }
  for (const [key, { name }] of gone) {
    told.delete(key);
    if (groups.some(({ events }) => events.some(({ kind }) => kind === 'mailboxName'))) sayGone(session, name);
  }
}

const messageEvents: readonly EventKind[] = ['messageNew', 'messageExpunge', 'flagChange'];

function eventsBetween(before: Told | undefined, now: Told): readonly EventKind[] {
  if (!before || before.highestModseq === now.highestModseq) return [];
  const came = now.uidNext - before.uidNext;
  const left = before.totalEmails + came - now.totalEmails;
  const events: EventKind[] = [];
  if (came > 0) events.push('messageNew');
  if (left > 0) events.push('messageExpunge');
  if (came <= 0 && left <= 0) events.push('flagChange');
  return events;
}

/** Of the selected mailbox all is told as commands would tell it, and new emails with what was asked for. */
async function tellSelected(session: Session, groups: readonly NotifyGroup[]): Promise<void> {
  if (session.state.kind !== 'selected') return;
  const group = groups.find(({ filter }) => filter.kind === 'selected' || filter.kind === 'selectedDelayed');
  if (!group || group.events.length === 0) return;
  const { known } = session.state.mailbox;
  const firstNew = known.uidNext;
  await tellNews(session, group.filter.kind === 'selected');
  const items = group.events.flatMap((event): readonly FetchItem[] => (event.kind === 'messageNew' ? event.items : []));
  if (items.length === 0 || known.uidNext <= firstNew) return;
  const set = { kind: 'ranges', pairs: Uint32Array.of(firstNew, known.uidNext - 1) } as const;
  const withUid: readonly FetchItem[] = items.some(({ kind }) => kind === 'uid') ? items : [{ kind: 'uid' }, ...items];
  await runFetch(session, planFetch(withUid, isUtf8(session)), await namedBy(session, set, true));
}

/** Every mailbox that some group may mean. */
async function mailboxes(session: Session, groups: readonly NotifyGroup[]): Promise<readonly Located[]> {
  const wantsShared = groups.some(
    ({ filter }) => 'mailboxes' in filter && filter.mailboxes.some((name) => name.startsWith(sharedRoot)),
  );
  const levels: readonly Level[] = await listLevels(session, wantsShared);
  return levels.filter((level) => level.kind === 'mailbox');
}

/** The first group that means a mailbox decides (RFC 5465 §3.1). */
function wants(
  session: Session,
  groups: readonly NotifyGroup[],
  located: Located,
  kinds: readonly EventKind[],
): boolean {
  if (kinds.length === 0) return false;
  const group = groups.find(({ filter }) => means(session, filter, located));
  return group?.events.some(({ kind }) => kinds.includes(kind)) ?? false;
}

function means(session: Session, filter: MailboxFilter, located: Located): boolean {
  const { name, mailbox, accountId } = located;
  const isOwn = accountId === whoIn(session).accountId;
  switch (filter.kind) {
    case 'selected':
    case 'selectedDelayed':
      return false;
    case 'inboxes':
      return isOwn && isDeliveredTo(mailbox);
    case 'personal':
      return isOwn;
    case 'subscribed':
      return isOwn && mailbox.isSubscribed;
    case 'mailboxes':
      return filter.mailboxes.includes(name);
    case 'subtree':
      return filter.mailboxes.some((top) => name === top || name.startsWith(top + delimiter));
    case 'subtreeOne':
      return filter.mailboxes.some(
        (top) => name === top || (name.startsWith(top + delimiter) && !name.slice(top.length + 1).includes(delimiter)),
      );
    default:
      return filter satisfies never;
  }
}

/** Filters may file anywhere but where people put what they write or throw away. */
function isDeliveredTo({ role }: Mailbox): boolean {
  return role !== 'drafts' && role !== 'sent' && role !== 'trash';
}

function isSelected({ state }: Session, { accountId, mailbox }: Located): boolean {
  return state.kind === 'selected' && state.mailbox.mailboxId === mailbox.id && state.mailbox.accountId === accountId;
}

async function sayCounts(session: Session, located: Located): Promise<void> {
  const clock = session.enabled.condstore ? (['HIGHESTMODSEQ'] as const) : [];
  await sayStatus(session, located, ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY', 'UNSEEN', ...clock]);
}

function sayGone(session: Session, name: string): void {
  session.connection.say(`* LIST (\\NonExistent) "${delimiter}" ${printMailbox(name, isUtf8(session))}\r\n`);
}

function keyOf({ accountId, mailbox }: Located): string {
  return `${accountId}.${mailbox.id}`;
}

function toldOf({ name, mailbox }: Located): Told {
  const { isSubscribed, totalEmails, uidNext, highestModseq } = mailbox;
  return { name, isSubscribed, totalEmails, uidNext, highestModseq };
}
