/** Reading emails (RFC 8621 §4.2, §4.3) and threads (§3.1, §3.2) as the account keeps them: no octets, no parsing. */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import { changedSince, type ChangingSource } from '#server/changes/since.ts';
import type { Changed } from '#server/store/changed.ts';
import type { ChangeType } from '#server/store/changes.ts';
import {
  type AccountId,
  type EmailId,
  type MailboxId,
  type Modseq,
  type TenantId,
  type ThreadId,
} from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import { shownTo } from '#server/mail/personal/shown.ts';
import { selectStateOf, selectTenantOf } from '#server/mail/queries.ts';
import { selectThreadMembers } from '#server/mail/threads/queries.ts';
import { type ReadEmail, selectEmailsWithMessage } from './message-queries.ts';
import { selectFiled } from './queries.ts';

export interface EmailWithMailboxes extends ReadEmail {
  readonly mailboxIds: readonly MailboxId[];
}

export interface Emails {
  /** In the order asked; one that does not exist, or the actor may not know of, is left out. */
  readonly emails: readonly EmailWithMailboxes[];
  readonly tenantId: TenantId;
  readonly state: Modseq;
}

/** @throws {Refusal} `noSuchAccount`. */
export function readEmails(store: Store, actor: Actor, accountId: AccountId, ids: readonly EmailId[]): Promise<Emails> {
  return read(store, async (tx) => {
    const { reader } = await requireRight(tx, actor, accountId, 'read');
    const tenantId = await selectTenantOf(tx, accountId);
    const found = await selectEmailsInOrder(tx, accountId, tenantId, ids);
    return {
      emails: await shownTo(tx, accountId, reader, found),
      tenantId,
      state: await selectStateOf(tx, accountId, 'Email'),
    };
  });
}

async function selectEmailsInOrder(
  tx: Tx,
  accountId: AccountId,
  tenantId: TenantId,
  ids: readonly EmailId[],
): Promise<readonly EmailWithMailboxes[]> {
  const found = await selectEmailsWithMessage(tx, accountId, tenantId, ids);
  const byId = new Map(found.map((email) => [email.id, email]));
  const places = Map.groupBy(await selectFiled(tx, accountId, ids), (place) => place.emailId);
  return ids.flatMap((id) => {
    const email = byId.get(id);
    if (!email) return [];
    return [{ ...email, mailboxIds: (places.get(id) ?? []).map((place) => place.mailboxId) }];
  });
}

export interface Threads {
  readonly threads: ReadonlyMap<ThreadId, readonly EmailId[]>;
  readonly state: Modseq;
}

/** Each thread's emails, oldest first. @throws {Refusal} `noSuchAccount`. */
export function readThreads(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ids: readonly ThreadId[],
): Promise<Threads> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read');
    return {
      threads: await selectThreadMembers(tx, accountId, ids),
      state: await selectStateOf(tx, accountId, 'Thread'),
    };
  });
}

const sources = {
  Email: { table: 'email', type: 'Email' },
  Thread: { table: 'thread', type: 'Thread' },
} as const satisfies Partial<Record<ChangeType, ChangingSource>>;

/** What changed since a state (RFC 8620 §5.2). @throws {Refusal} `noSuchAccount`, `cannotCalculateChanges`. */
export function emailOrThreadChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  of: keyof typeof sources,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read');
    return changedSince(tx, accountId, sources[of], sinceState, maxChanges);
  });
}
