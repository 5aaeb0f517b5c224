/** Reading mailboxes (RFC 8621 §2.1, §2.2): all of an account at once, because there are few and clients want all. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { Right } from '#server/access/rights.ts';
import { type Changed, parseState, selectChanged } from '#server/store/changed.ts';
import type { AccountId, MailboxId, Modseq } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectStateOf } from '#server/mail/queries.ts';
import { type Mailbox, type MailboxSettings, selectMailbox, selectMailboxes } from './queries.ts';

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
  readonly state: Modseq;
}

/** @throws {Refusal} `noSuchAccount`. */
export function listMailboxes(store: Store, actor: Actor, accountId: AccountId): Promise<Mailboxes> {
  return read(store, async (tx) => {
    const { rights } = await requireRight(tx, actor, accountId, 'read');
    return {
      mailboxes: await selectMailboxes(tx, accountId),
      rights,
      state: await selectStateOf(tx, accountId, 'Mailbox'),
    };
  });
}

/** One of them. @throws {Refusal} `noSuchAccount`, `noSuchMailbox`. */
export function readMailbox(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: MailboxId,
): Promise<{ readonly mailbox: Mailbox; readonly rights: readonly Right[] }> {
  return read(store, async (tx) => {
    const { rights } = await requireRight(tx, actor, accountId, 'read');
    const mailbox = await selectMailbox(tx, accountId, id);
    if (!mailbox) throw new Refusal('noSuchMailbox');
    return { mailbox, rights };
  });
}

/** What `rights` on the account allow in one of its mailboxes: one with a role keeps its name and stays. */
export function rightsIn(mailbox: Mailbox, rights: readonly Right[]): MailboxRights {
  const mayWrite = rights.includes('write');
  const isOrdinary = mailbox.role === null;
  return {
    mayReadItems: rights.includes('read'),
    mayAddItems: mayWrite || (mailbox.role === 'drafts' && rights.includes('draft')),
    mayRemoveItems: mayWrite,
    maySetSeen: mayWrite,
    maySetKeywords: mayWrite,
    mayCreateChild: mayWrite,
    mayRename: mayWrite && isOrdinary,
    mayDelete: mayWrite && isOrdinary,
    maySubmit: rights.includes('sendAs') || rights.includes('sendOnBehalf'),
  };
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
    const since = parseState(sinceState);
    const state = await selectStateOf(tx, accountId, 'Mailbox');
    if (!since || since.modseq > state) throw new Refusal('cannotCalculateChanges');
    const source = { table: 'mailbox', type: 'Mailbox', modseqs: ['modseq', 'counts_modseq'] } as const;
    const changed = await selectChanged(tx, accountId, source, since, state, maxChanges);
    const updated = new Set(changed.updated);
    const touched = (await selectMailboxes(tx, accountId)).filter((mailbox) => updated.has(mailbox.id));
    const isKnown = ({ modseq }: Mailbox) => modseq <= since.base;
    return { ...changed, onlyCounts: touched.length > 0 && touched.every(isKnown) };
  });
}
