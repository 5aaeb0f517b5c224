/** NOTIFY SET (RFC 5465 §5, §6) and the mailbox filters it shares with ESEARCH (RFC 7377 §2.2). */
import { type Cursor, bad, expect, expectSpace, peek, readFilledList, readWord, take } from './cursor.ts';
import { type FetchItem, readFetchItem } from './fetch.ts';
import { readMailbox } from './mailbox.ts';
import { readAtom, readOneOrMany } from './string.ts';

export type MailboxFilter =
  | { readonly kind: 'selected' | 'selectedDelayed' | 'inboxes' | 'personal' | 'subscribed' }
  /** `subtree`: each mailbox and all below; `subtreeOne`: and those directly below; `mailboxes`: just these. */
  | { readonly kind: 'subtree' | 'subtreeOne' | 'mailboxes'; readonly mailboxes: readonly string[] };

export type NotifyEvent =
  /** `items` are fetched and told with each new message of the selected mailbox. */
  | { readonly kind: 'messageNew'; readonly items: readonly FetchItem[] }
  | {
      readonly kind:
        | 'messageExpunge'
        | 'flagChange'
        | 'annotationChange'
        | 'mailboxName'
        | 'subscriptionChange'
        | 'mailboxMetadataChange'
        | 'serverMetadataChange'
        // of another extension: well formed, and to be refused by name
        | 'other';
    };

export interface NotifyGroup {
  readonly filter: MailboxFilter;
  /** Empty for NONE. */
  readonly events: readonly NotifyEvent[];
}

/** Groups of one NOTIFY. */
const MAX_GROUPS = 100;

const FILTERS: ReadonlyMap<string, MailboxFilter['kind']> = new Map<string, MailboxFilter['kind']>([
  ['SELECTED', 'selected'],
  ['SELECTED-DELAYED', 'selectedDelayed'],
  ['INBOXES', 'inboxes'],
  ['PERSONAL', 'personal'],
  ['SUBSCRIBED', 'subscribed'],
  ['SUBTREE', 'subtree'],
  ['SUBTREE-ONE', 'subtreeOne'],
  ['MAILBOXES', 'mailboxes'],
]);

const EVENTS: ReadonlyMap<string, NotifyEvent['kind']> = new Map<string, NotifyEvent['kind']>([
  ['MESSAGENEW', 'messageNew'],
  ['MESSAGEEXPUNGE', 'messageExpunge'],
  ['FLAGCHANGE', 'flagChange'],
  ['ANNOTATIONCHANGE', 'annotationChange'],
  ['MAILBOXNAME', 'mailboxName'],
  ['SUBSCRIPTIONCHANGE', 'subscriptionChange'],
  ['MAILBOXMETADATACHANGE', 'mailboxMetadataChange'],
  ['SERVERMETADATACHANGE', 'serverMetadataChange'],
]);

export type NotifyCommand =
  | { readonly kind: 'notifyNone' }
  | { readonly kind: 'notifySet'; readonly wantsStatus: boolean; readonly groups: readonly NotifyGroup[] };

/** What follows NOTIFY (RFC 5465 §8). */
export function readNotify(cursor: Cursor): NotifyCommand {
  if (take(cursor, ' NONE')) return { kind: 'notifyNone' };
  expect(cursor, ' SET');
  const wantsStatus = take(cursor, ' STATUS');
  const groups: NotifyGroup[] = [];
  do {
    if (groups.length >= MAX_GROUPS) throw bad(cursor, 'Too many event groups', 'tooMuch');
    expectSpace(cursor);
    const start = cursor.offset;
    const group = readGroup(cursor);
    const reason =
      isOfSelected(group) && groups.some(isOfSelected) ? 'One group is for the selected mailbox' : misfit(group);
    if (reason !== undefined) {
      cursor.offset = start;
      throw bad(cursor, reason);
    }
    groups.push(group);
  } while (peek(cursor) === ' ');
  return { kind: 'notifySet', wantsStatus, groups };
}

/** `filter-mailboxes` (RFC 5465 §8), with RFC 7377's subtree-one. */
export function readMailboxFilter(cursor: Cursor): MailboxFilter {
  const kind = readWord(cursor, FILTERS, 'Mailbox filter');
  if (kind !== 'subtree' && kind !== 'subtreeOne' && kind !== 'mailboxes') return { kind };
  expectSpace(cursor);
  return { kind, mailboxes: readOneOrMany(cursor, (within) => readFilledList(within, readMailbox), readMailbox) };
}

/** `event-group`. */
function readGroup(cursor: Cursor): NotifyGroup {
  expect(cursor, '(');
  const filter = readMailboxFilter(cursor);
  expectSpace(cursor);
  const events = take(cursor, 'NONE') ? [] : readFilledList(cursor, readEvent);
  expect(cursor, ')');
  return { filter, events };
}

/** Why these events may not stand together, or not with this filter (RFC 5465 §5, §6.1, §8). */
function misfit({ filter, events }: NotifyGroup): string | undefined {
  const has = (kind: NotifyEvent['kind']): boolean => events.some((event) => event.kind === kind);
  if (has('messageNew') !== has('messageExpunge')) return 'MessageNew and MessageExpunge go together';
  if (has('flagChange') && !has('messageNew')) return 'FlagChange needs MessageNew and MessageExpunge beside it';
  if (isOfSelected({ filter })) {
    const isAboutMessages = events.every(({ kind }) => !MAILBOX_EVENTS.has(kind));
    return isAboutMessages ? undefined : 'Of the selected mailbox only messages are told';
  }
  const hasItems = events.some((event) => event.kind === 'messageNew' && event.items.length > 0);
  return hasItems ? 'Only of the selected mailbox are new messages fetched' : undefined;
}

const MAILBOX_EVENTS: ReadonlySet<NotifyEvent['kind']> = new Set<NotifyEvent['kind']>([
  'mailboxName',
  'subscriptionChange',
  'mailboxMetadataChange',
  'serverMetadataChange',
]);

function isOfSelected({ filter }: Pick<NotifyGroup, 'filter'>): boolean {
  return filter.kind === 'selected' || filter.kind === 'selectedDelayed';
}

function readEvent(cursor: Cursor): NotifyEvent {
  const kind = EVENTS.get(readAtom(cursor, 'Event').toUpperCase()) ?? 'other';
  if (kind !== 'messageNew') return { kind };
  if (!take(cursor, ' (')) return { kind, items: [] };
  cursor.offset -= 1;
  return { kind, items: readFilledList(cursor, readFetchItem) };
}
