/**
 * NOTIFY at work (RFC 5465): what changes in the mailboxes a client named is told as it happens, within IDLE and without it.
 * The session listens to accounts; when one changes, names and counts are compared with what was told last, so nothing
 * is queued for a client that does not read. What would be too much is told no more, and the client is told so (§5.8).
 */
import type { MailboxFilter, NotifyEvent, NotifyGroup } from '#formats/imap/notify.ts';
import { printMailbox } from '#formats/imap/mailbox.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { AccountId, MailboxId } from '#server/store/ids.ts';

import { sayAttributes } from './commands/list.ts';
import { sayStatus } from './commands/status.ts';
import { type LocatedMeant, mailboxesFor, type Meant, means } from './filters.ts';
import { delimiter, type Located } from './names.ts';
import { tellNews } from './news.ts';
import { own, Told as Refused } from './say.ts';
import { isSelected } from './search/sources.ts';
import { isUtf8, type Notifying, renewActor, type Session, whoIn } from './session.ts';

type EventKind = NotifyEvent['kind'];

/** What was told of a mailbox last. */
export interface Told extends Meant {
  /** Its own, without what is above: both change where it is renamed, not where something above it is. */
  readonly ownName: string;
  readonly parentId: MailboxId | null;
  readonly hasChildren: boolean;
  readonly totalEmails: number;
  readonly uidNext: number;
  readonly highestModseq: number;
}

const minuteMs = 60_000;

/**
 * Begins to listen, in place of what was asked for before. @param wantsStatus counts of all of them are told at once.
 * @throws {Told} NO [NOTIFICATIONOVERFLOW] for more mailboxes than may be watched.
 */
export async function startNotifying(
  session: Session,
  groups: readonly NotifyGroup[],
  wantsStatus: boolean,
): Promise<void> {
  const located = await mailboxesFor(session, filtersOf(groups));
  const watched = located.filter((each) =>
    groups.some(({ filter, events }) => events.length > 0 && means(filter, each)),
  );
  if (watched.length > session.limits.maxWatchedMailboxes) throw new Refused(own.notifiesTooMuch);
  stopNotifying(session);
  const notifying: Notifying = {
    groups,
    newItems: groups.filter(isOfSelected).flatMap(({ events }) => events.flatMap(itemsOf)),
    told: new Map(located.map((each) => [keyOf(each), toldOf(each)])),
    hasNews: false,
    listening: new Map(),
    minute: { endsAt: 0, left: 0 },
  };
  session.notifying = notifying;
  listenTo(session, notifying, [whoIn(session).accountId, ...located.map(({ accountId }) => accountId)]);
  if (!wantsStatus) return;
  for (const each of located) {
    // Where flags are to be told, the client must know from when on (RFC 5465 §3.1).
    const tellsFlags = wants(groups, [each], ['flagChange']);
    if (!isSelected(session, each) && wants(groups, [each], messageEvents)) await sayCounts(session, each, tellsFlags);
  }
}

export function stopNotifying(session: Session): void {
  for (const stop of session.notifying?.listening.values() ?? []) stop();
  session.notifying = undefined;
}

/**
 * Tells what is new; nothing is asked of the database while nothing is.
 * @param isIdling whether numbers may change now, whatever the client asked for (RFC 5465 §6.1.2).
 */
export async function tellNotifications(session: Session, isIdling: boolean): Promise<void> {
  const { notifying, state, connection } = session;
  if (!notifying) return;
  // It may have been selected since, in an account nobody here listened to.
  if (state.kind === 'selected') listenTo(session, notifying, [state.mailbox.accountId]);
  if (!notifying.hasNews) return;
  notifying.hasNews = false;
  try {
    renewActor(session);
    await tellSelected(session, notifying.groups, isIdling);
    if (session.notifying === notifying && notifying.groups.some((group) => !isOfSelected(group)))
      await tellOthers(session, notifying);
  } catch (error) {
    stopNotifying(session);
    if (error instanceof Refusal) {
      // Their own account is closed to them.
      connection.say('* BYE [UNAVAILABLE] Not allowed any more\r\n');
      session.state = { kind: 'loggedOut' };
      return;
    }
    session.options.onEvent({ kind: 'fault', remoteAddress: session.remoteAddress, error });
    sayOverflow(session);
  }
}

async function tellOthers(session: Session, notifying: Notifying): Promise<void> {
  const { groups, told } = notifying;
  const gone = new Map(told);
  const located = await mailboxesFor(session, filtersOf(groups));
  listenTo(
    session,
    notifying,
    located.map(({ accountId }) => accountId),
  );
  for (const each of located) {
    const key = keyOf(each);
    const before = told.get(key);
    gone.delete(key);
    const now = toldOf(each);
    told.set(key, now);
    if (!mayTell(session, notifying)) {
      stopNotifying(session);
      return sayOverflow(session);
    }
    const change = nameChange(before, now);
    if (change !== undefined && wants(groups, before ? [before, now] : [now], [change.event])) {
      notifying.minute.left -= 1;
      sayAttributes(session, each, change.oldName);
    }
    if (!isSelected(session, each) && wants(groups, [now], eventsBetween(before, now))) {
      notifying.minute.left -= 1;
      await sayCounts(session, each, false);
    }
    if (session.connection.isFull) await session.connection.flush();
  }
  for (const [key, mailbox] of gone) {
    told.delete(key);
    if (wants(groups, [mailbox], ['mailboxName'])) sayGone(session, mailbox.name);
  }
}

/** Whether this minute has room for one mailbox more. */
function mayTell({ limits }: Session, { minute }: Notifying): boolean {
  if (performance.now() >= minute.endsAt) {
    minute.endsAt = performance.now() + minuteMs;
    minute.left = limits.maxToldPerMinute;
  }
  return minute.left > 0;
}

function sayOverflow({ connection }: Session): void {
  connection.say('* OK [NOTIFICATIONOVERFLOW] Nothing more is told: ask again\r\n');
}

function listenTo({ store, connection }: Session, notifying: Notifying, accountIds: readonly AccountId[]): void {
  for (const accountId of accountIds) {
    if (notifying.listening.has(accountId)) continue;
    const stop = store.changes.listen(accountId, ({ states }) => {
      if (states.Mailbox === undefined && states.Email === undefined) return;
      if (!notifying.hasNews) setImmediate(() => connection.nudge());
      notifying.hasNews = true;
    });
    // What changed before we listened is looked for once.
    notifying.hasNews ||= notifying.listening.size > 0;
    notifying.listening.set(accountId, stop);
  }
}

const messageEvents: readonly EventKind[] = ['messageNew', 'messageExpunge', 'flagChange'];

/** What became of the name (RFC 5465 §5.4, §5.5): what is below a renamed mailbox is not told of. */
function nameChange(
  before: Told | undefined,
  now: Told,
): { readonly event: EventKind; readonly oldName?: string } | undefined {
  if (!before) return { event: 'mailboxName' };
  if (before.ownName !== now.ownName || before.parentId !== now.parentId)
    return { event: 'mailboxName', oldName: before.name };
  if (before.hasChildren !== now.hasChildren) return { event: 'mailboxName' };
  return before.isSubscribed === now.isSubscribed ? undefined : { event: 'subscriptionChange' };
}

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
async function tellSelected(session: Session, groups: readonly NotifyGroup[], isIdling: boolean): Promise<void> {
  if (session.state.kind !== 'selected') return;
  const group = groups.find(isOfSelected);
  if (!group || group.events.length === 0) return;
  await tellNews(session, isIdling || group.filter.kind === 'selected');
}

function isOfSelected({ filter }: NotifyGroup): boolean {
  return filter.kind === 'selected' || filter.kind === 'selectedDelayed';
}

function itemsOf(event: NotifyEvent) {
  return event.kind === 'messageNew' ? event.items : [];
}

/** What other mailboxes are told of. */
function filtersOf(groups: readonly NotifyGroup[]): readonly MailboxFilter[] {
  return groups.filter((group) => !isOfSelected(group)).map(({ filter }) => filter);
}

/** Each group adds to what is told of a mailbox (RFC 5465 §6). @param names of it, now and before. */
function wants(groups: readonly NotifyGroup[], names: readonly Meant[], kinds: readonly EventKind[]): boolean {
  if (kinds.length === 0) return false;
  return groups.some(
    ({ filter, events }) =>
      events.some(({ kind }) => kinds.includes(kind)) && names.some((mailbox) => means(filter, mailbox)),
  );
}

async function sayCounts(session: Session, located: Located, tellsModseq: boolean): Promise<void> {
  const clock = tellsModseq || session.enabled.condstore ? (['HIGHESTMODSEQ'] as const) : [];
  await sayStatus(session, located, ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY', 'UNSEEN', ...clock]);
}

function sayGone(session: Session, name: string): void {
  session.connection.say(`* LIST (\\NonExistent) "${delimiter}" ${printMailbox(name, isUtf8(session))}\r\n`);
}

function keyOf({ accountId, mailbox }: Located): string {
  return `${accountId}.${mailbox.id}`;
}

function toldOf({ name, mailbox, isOwn, isSubscribed, isDeliveredTo, hasChildren }: LocatedMeant): Told {
  const { totalEmails, uidNext, highestModseq, parentId } = mailbox;
  return {
    name,
    isOwn,
    isSubscribed,
    isDeliveredTo,
    ownName: mailbox.name,
    parentId,
    hasChildren,
    totalEmails,
    uidNext,
    highestModseq,
  };
}
