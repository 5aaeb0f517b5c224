/** Reading mailboxes (RFC 8621 §2.1, §2.2): all of an account at once, because there are few and clients want all. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Reader } from '#server/access/reader.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { Right } from '#server/access/rights.ts';
import { readSince } from '#server/changes/since.ts';
import { type Changed, selectChanged } from '#server/store/changed.ts';
import { type AccountId, asModseq, type MailboxId, type Modseq } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { countUnread } from '#server/mail/personal/columns.ts';
import { selectStatesOf } from '#server/mail/queries.ts';
import {
  type Mailbox,
  type MailboxSettings,
  selectMailbox,
  selectMailboxes,
  selectMailboxIdByRole,
} from './queries.ts';

export type { Mailbox, MailboxSettings };

/** RFC 8621 §2, myRights. */
export interface MailboxRights {
  readonly mayReadItems: boolean;
  readonly mayAddItems: boolean;
  readonly mayRemoveItems: boolean;
  readonly maySetSeen: boolean;
  readonly maySetKeywords: boolean;
  readonly mayCreateChild: boolean;
  readonly mayRename: boolean;
  readonly mayDelete: boolean;
  readonly maySubmit: boolean;
}

export interface Mailboxes {
  readonly mailboxes: readonly Mailbox[];
  readonly rights: readonly Right[];
  /** Whose `$seen` it is; undefined where it is everybody's. */
  readonly reader: Reader | undefined;
  readonly state: Modseq;
}

/** Their counts of unread emails and threads are those of all. @throws {Refusal} `noSuchAccount`. */
export async function listMailboxes(store: Store, actor: Actor, accountId: AccountId): Promise<Mailboxes> {
  return (await listAt(store, actor, accountId)).listed;
}

/** The same with what is unread to the actor. @throws {Refusal} `noSuchAccount`. */
export async function countMailboxes(store: Store, actor: Actor, accountId: AccountId): Promise<Mailboxes> {
  const { listed, emailState } = await listAt(store, actor, accountId);
  const { mailboxes, reader } = listed;
  if (reader === undefined) return listed;
  const trashId = mailboxes.find(({ role }) => role === 'trash')?.id;
  const counts = await countUnread(store, accountId, reader, { state: emailState, trashId });
  return {
    ...listed,
    mailboxes: mailboxes.map((mailbox) => {
      const { emails, threads } = counts.get(mailbox.id) ?? { emails: 0, threads: 0 };
      return { ...mailbox, unreadEmails: emails, unreadThreads: threads };
    }),
  };
}

function listAt(store: Store, actor: Actor, accountId: AccountId) {
  return read(store, async (tx) => {
    const { rights, reader } = await requireRight(tx, actor, accountId, 'read');
    const mailboxes = await selectMailboxes(tx, accountId);
    const states = await selectStatesOf(tx, accountId);
    return {
      listed: { mailboxes, rights, reader, state: states.Mailbox ?? asModseq(0) },
      emailState: states.Email ?? 0,
    };
  });
}

/** One of them. @throws {Refusal} `noSuchAccount`, `noSuchMailbox`. */
export function readMailbox(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: MailboxId,
): Promise<{ readonly mailbox: Mailbox; readonly rights: readonly Right[]; readonly reader: Reader | undefined }> {
  return read(store, async (tx) => {
    const { rights, reader } = await requireRight(tx, actor, accountId, 'read');
    const mailbox = await selectMailbox(tx, accountId, id);
    if (!mailbox) throw new Refusal('noSuchMailbox');
    return { mailbox, rights, reader };
  });
}

/**
 * What `rights` on the account allow in one of its mailboxes: one with a role keeps its name and stays.
 * @param isSeenPersonal whether `$seen` is the actor's own, where it is not everybody's.
 */
export function rightsIn(
  mailbox: Pick<Mailbox, 'role'>,
  rights: readonly Right[],
  isSeenPersonal: boolean,
): MailboxRights {
  const mayWrite = rights.includes('write');
  const isOrdinary = mailbox.role === null;
  return {
    mayReadItems: rights.includes('read'),
    mayAddItems: mayWrite || (mailbox.role === 'drafts' && rights.includes('draft')),
    mayRemoveItems: mayWrite,
    maySetSeen: mayWrite || (isSeenPersonal && rights.includes('read')),
    maySetKeywords: mayWrite,
    mayCreateChild: mayWrite,
    mayRename: mayWrite && isOrdinary,
    mayDelete: mayWrite && isOrdinary,
    maySubmit: rights.includes('sendAs') || rights.includes('sendOnBehalf'),
  };
}

/** The inbox of each account that has one: numbers, which say nothing of what is in them, hence for any actor. */
export function inboxesOf(store: Store, accountIds: readonly AccountId[]): Promise<ReadonlyMap<AccountId, MailboxId>> {
  return read(store, async (tx) => {
    const inboxes = new Map<AccountId, MailboxId>();
    for (const accountId of new Set(accountIds)) {
      const id = await selectMailboxIdByRole(tx, accountId, 'inbox');
      if (id !== undefined) inboxes.set(accountId, id);
    }
    return inboxes;
  });
}

export interface MailboxChanges extends Changed {
  /** Whether only counts changed (RFC 8621 §2.2, updatedProperties). */
  readonly onlyCounts: boolean;
}

/** @throws {Refusal} `noSuchAccount`, `cannotCalculateChanges`. */
export function mailboxChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  sinceState: string,
  maxChanges: number,
): Promise<MailboxChanges> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read');
    const { since, state } = await readSince(tx, accountId, 'Mailbox', sinceState);
    const source = { table: 'mailbox', type: 'Mailbox', modseqs: ['modseq', 'counts_modseq'] } as const;
    const changed = await selectChanged(tx, accountId, source, since, state, maxChanges);
    const updated = new Set(changed.updated);
    const touched = (await selectMailboxes(tx, accountId)).filter((mailbox) => updated.has(mailbox.id));
    const isKnown = ({ modseq }: Mailbox) => modseq <= since.base;
    return { ...changed, onlyCounts: touched.length > 0 && touched.every(isKnown) };
  });
}
