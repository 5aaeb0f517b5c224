/**
 * Verifying mail: what is kept beside the emails (counts, conversations, states, uids) against what the emails say.
 * Accounts in ranges, each question one statement in one snapshot, so that it holds while the server is at work.
 */
import { parseStates } from '#server/store/changes.ts';
import { columnText } from '#server/store/column.ts';
import type { Row } from '#server/store/connection.ts';
import type { Store } from '#server/store/store.ts';

import {
  type AccountRange,
  countAccounts,
  selectAccountIds,
  selectBrokenEmails,
  selectClocks,
  selectIdleSaid,
  selectStrangers,
  selectStrayRows,
  selectWrongCounts,
  selectWrongThreadPlaces,
  selectWrongUids,
} from './queries.ts';

const accountsPerRange = 200;

/** One sentence a problem. `hear` is told how many accounts are done, and of how many. */
export async function* verifyMail(
  store: Store,
  hear: (done: number, total: number) => void = () => undefined,
): AsyncGenerator<string> {
  const total = await countAccounts(store);
  let done = 0;
  for (let after = 0; ;) {
    const ids = await selectAccountIds(store, after, accountsPerRange);
    const [from, until] = [ids[0], ids.at(-1)];
    if (from === undefined || until === undefined) return;
    yield* verifyRange(store, { from, until });
    after = until;
    hear((done += ids.length), total);
  }
}

async function* verifyRange(store: Store, range: AccountRange): AsyncGenerator<string> {
  for (const row of await selectBrokenEmails(store, range)) yield sayBroken(row);
  for (const row of await selectStrayRows(store, range))
    yield `account ${columnText(row, 'account_id')}: a row of ${columnText(row, 'source')} belongs to ${columnText(row, 'id')}, which is gone`;
  for (const row of await selectIdleSaid(store, range))
    yield `account ${columnText(row, 'account_id')}: ${columnText(row, 'many')} rows of email_personal, and one $seen for all`;
  for (const row of await selectStrangers(store, range))
    yield `account ${columnText(row, 'account_id')}: conversation ${columnText(row, 'id')} ${columnText(row, 'what')} person ${columnText(row, 'person_id')}, who never was a member`;
  for (const row of await selectWrongCounts(store, range)) yield* sayCounts(row);
  for (const row of await selectWrongUids(store, range)) yield* sayUids(row);
  for (const row of await selectWrongThreadPlaces(store, range)) yield sayThreadPlace(row);
  for (const row of await selectClocks(store, range)) yield* sayClock(row);
}

const lacks: Readonly<Record<string, string>> = {
  noMailbox: 'is in no mailbox',
  noThread: 'is of a thread that is not there',
  noLink: 'does not hold its blob: collection may take it',
  noMessage: 'has no message row: nobody can list it',
  otherSize: 'has another size than its blob',
  otherCopy: 'says something else in a mailbox (thread, date, size or keywords)',
};

function sayBroken(row: Row): string {
  return `account ${columnText(row, 'account_id')}: email ${columnText(row, 'id')} (${columnText(row, 'hash')}) ${lacks[columnText(row, 'lack')] ?? 'is broken'}`;
}

const counts = [
  ['total_emails', 'emails', 'emails'],
  ['unread_emails', 'unread', 'unread emails'],
  ['size_octets', 'octets', 'octets'],
  ['total_threads', 'threads', 'conversations'],
  ['unread_threads', 'unread_of_threads', 'unread conversations'],
] as const;

function* sayCounts(row: Row): Generator<string> {
  for (const [said, counted, what] of counts) {
    if (Number(row[said]) !== Number(row[counted]))
      yield `${mailboxOf(row)} says ${columnText(row, said)} ${what}, there are ${columnText(row, counted)}`;
  }
}

function* sayUids(row: Row): Generator<string> {
  if (Number(row['uid']) >= Number(row['uid_next']))
    yield `${mailboxOf(row)} would give uid ${columnText(row, 'uid_next')} next, but ${columnText(row, 'uid')} is in use`;
  if (Number(row['modseq']) > Number(row['highest_modseq']))
    yield `${mailboxOf(row)} says its highest modseq is ${columnText(row, 'highest_modseq')}, but an email has ${columnText(row, 'modseq')}`;
}

function mailboxOf(row: Row): string {
  return `account ${columnText(row, 'account_id')}: mailbox ${columnText(row, 'id')} (${columnText(row, 'name')})`;
}

function sayThreadPlace(row: Row): string {
  const thread = `account ${columnText(row, 'account_id')}: conversation ${columnText(row, 'thread_id')} in mailbox ${columnText(row, 'mailbox_id')}`;
  if (row['had_email'] === null) return `${thread} is not listed`;
  if (row['wanted_email'] === null) return `${thread} is listed, and has no email there`;
  const say = (prefix: string): string =>
    `email ${columnText(row, `${prefix}_email`)} of ${columnText(row, `${prefix}_emails`)}, ${Number(row[`${prefix}_unread`]) === 1 ? 'unread' : 'read'}`;
  return `${thread} is listed as ${say('had')}; it is ${say('wanted')}`;
}

/** Types with a state of their own, and the columns that must not be ahead of it. */
const clocks = {
  Email: ['email_modseq', 'email_gone'],
  Thread: ['thread_modseq', 'thread_gone'],
  Mailbox: ['mailbox_modseq', 'counts_modseq', 'mailbox_gone'],
  Identity: ['identity_modseq', 'identity_gone'],
  EmailSubmission: ['submission_modseq', 'submission_gone'],
  Conversation: ['conversation_modseq', 'conversation_gone'],
  ConversationComment: ['comment_modseq', 'comment_gone'],
  ShareNotification: ['share_modseq', 'share_gone'],
} as const;

function* sayClock(row: Row): Generator<string> {
  const account = `account ${columnText(row, 'id')}`;
  if (Number(row['email_count']) !== Number(row['emails']))
    yield `${account} says it holds ${columnText(row, 'email_count')} emails, there are ${columnText(row, 'emails')}`;
  if (Number(row['used_octets']) !== Number(row['octets']))
    yield `${account} says it uses ${columnText(row, 'used_octets')} octets, its emails have ${columnText(row, 'octets')}`;
  const clock = Number(row['modseq']);
  const states: Readonly<Record<string, number>> = parseStates(columnText(row, 'states'));
  for (const [type, state] of Object.entries(states)) {
    if (state > clock) yield `${account}: the state of ${type} is ${state}, beyond the account's clock ${clock}`;
  }
  for (const [type, columns] of Object.entries(clocks)) {
    const newest = Math.max(...columns.map((column) => Number(row[column] ?? 0)));
    if (newest > (states[type] ?? 0))
      yield `${account}: the state of ${type} is ${states[type] ?? 0}, but one changed at ${newest}`;
  }
  if (Number(row['place_modseq'] ?? 0) > clock)
    yield `${account}: an email moved at ${columnText(row, 'place_modseq')}, beyond the account's clock ${clock}`;
  const ids = ['email_id', 'thread_id', 'mailbox_id', 'identity_id', 'submission_id', 'comment_id', 'share_id'];
  const highest = Math.max(...ids.map((column) => Number(row[column] ?? 0)));
  if (highest >= Number(row['next_id']))
    yield `${account} would give the number ${columnText(row, 'next_id')} next, but ${highest} is in use`;
}
