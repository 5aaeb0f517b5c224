/**
 * One account, one clock. Every write to an account goes through `transaction`: it locks the account's row, draws one
 * modseq for all that changes, keeps each type's state, and tells listeners after the commit. The same number is the
 * JMAP state, the IMAP MODSEQ (RFC 7162) and the sync-token.
 */
import {
  type AccountChange,
  type ChangeType,
  noteOwnChange,
  parseStates,
  printAnnouncement,
  type States,
} from './changes.ts';
import { type AccountId, asId, asModseq, type Brand, type Modseq, type TenantId } from './ids.ts';
import { statement, type Tx, txOver } from './statement.ts';
import type { Store } from './store.ts';

/** An open transaction on one account, whose lock it holds. */
export interface AccountTx extends Tx {
  readonly accountId: AccountId;
  readonly tenantId: TenantId;
  /** What `/changes` calls the old state: the clock before this transaction. */
  readonly before: { readonly modseq: Modseq; readonly states: States };
  /** The modseq of everything that changes here; the first call draws it. */
  modseq(): Modseq;
  /** Says that objects of these types changed, at `modseq()`. */
  changed(...types: readonly ChangeType[]): void;
  /** The account's next number; no two objects of an account ever share one. */
  newId<Id extends Brand<number, string>>(): Id;
  /** Octets and emails the account holds more (or fewer). */
  grow(octets: number, emails: number): void;
  readonly usage: { readonly quotaOctets: number | null; readonly usedOctets: number; readonly emailCount: number };
  /** Runs once the transaction is durable; never when it is rolled back. */
  afterCommit(run: () => void): void;
}

/** The account is gone or never was. Verbs check rights first, so this is a race, not an answer. */
export class UnknownAccount extends Error {
  override readonly name = 'UnknownAccount';
}

const lockAccount = statement<{ accountId: number }>()(({ q, p, dialect }) => {
  const query = q
    .selectFrom('account')
    .select(['tenant_id', 'modseq', 'next_id', 'states', 'quota_octets', 'used_octets', 'email_count'])
    .where('id', '=', p.accountId);
  return dialect === 'postgres' ? query.forUpdate() : query;
});

const updateAccount = statement<{
  accountId: number;
  modseq: number;
  nextId: number;
  states: string;
  usedOctets: number;
  emailCount: number;
}>()(({ q, p }) =>
  q
    .updateTable('account')
    .set({
      modseq: p.modseq,
      next_id: p.nextId,
      states: p.states,
      used_octets: p.usedOctets,
      email_count: p.emailCount,
    })
    .where('id', '=', p.accountId),
);

/**
 * Runs `work` under the account's lock and clock; durable when it resolves, nothing of it kept when `work` throws.
 * `work` must wait for nothing but its `tx`, and may be run again (PostgreSQL): side effects belong in `afterCommit`.
 * @throws {UnknownAccount}
 */
export async function transaction<T>(
  store: Store,
  accountId: AccountId,
  work: (tx: AccountTx) => Promise<T>,
): Promise<T> {
  const [done] = await transactions(store, [accountId], async ([tx]) => {
    if (!tx) throw new UnknownAccount(String(accountId));
    return [await work(tx)] as const;
  });
  return done;
}

/** The same over several accounts at once (a copy from one to another), locked in one order so that none deadlock. */
export async function transactions<T>(
  store: Store,
  accountIds: readonly AccountId[],
  work: (txs: readonly AccountTx[]) => Promise<T>,
): Promise<T> {
  let finished: { result: T; changes: readonly AccountChange[]; hooks: readonly (() => void)[] } | undefined;
  await store.engine.write(async (connection) => {
    const tx = txOver(connection);
    const opened = new Map<AccountId, Opened>();
    for (const id of [...new Set(accountIds)].sort((a, b) => a - b)) opened.set(id, await openAccount(tx, id));
    const result = await work(accountIds.flatMap((id) => opened.get(id)?.tx ?? []));
    const changes: AccountChange[] = [];
    for (const account of opened.values()) {
      const change = await account.finish();
      if (!change) continue;
      changes.push(change);
      await store.engine.announce(connection, printAnnouncement(change));
    }
    finished = { result, changes, hooks: [...opened.values()].flatMap((account) => account.hooks) };
  });
  if (!finished) throw new Error('the engine resolved without running the work');
  for (const change of finished.changes) {
    noteOwnChange(change);
    store.changes.tell(change);
  }
  for (const hook of finished.hooks) hook();
  return finished.result;
}

interface Opened {
  readonly tx: AccountTx;
  readonly hooks: readonly (() => void)[];
  finish(): Promise<AccountChange | undefined>;
}

async function openAccount(tx: Tx, accountId: AccountId): Promise<Opened> {
  const row = await lockAccount.first(tx, { accountId });
  if (!row) throw new UnknownAccount(String(accountId));
  const states = parseStates(row.states);
  const hooks: (() => void)[] = [];
  const changedTypes = new Set<ChangeType>();
  let drawn: Modseq | undefined;
  let nextId = row.next_id;
  let usedOctets = row.used_octets;
  let emailCount = row.email_count;
  const modseq = () => (drawn ??= asModseq(row.modseq + 1));
  return {
    hooks,
    tx: {
      ...tx,
      accountId,
      tenantId: asId<TenantId>(row.tenant_id),
      before: { modseq: asModseq(row.modseq), states },
      modseq,
      changed(...types) {
        modseq();
        for (const type of types) changedTypes.add(type);
      },
      newId<Id extends Brand<number, string>>() {
        nextId += 1;
        return asId<Id>(nextId - 1);
      },
      grow(octets, emails) {
        usedOctets += octets;
        emailCount += emails;
      },
      get usage() {
        return { quotaOctets: row.quota_octets, usedOctets, emailCount };
      },
      afterCommit: (run) => hooks.push(run),
    },
    async finish() {
      if (usedOctets !== row.used_octets || emailCount !== row.email_count) changedTypes.add('Quota');
      if (drawn === undefined && nextId === row.next_id && changedTypes.size === 0) return undefined;
      const now = changedTypes.size > 0 ? modseq() : row.modseq;
      const changed: States = Object.fromEntries([...changedTypes].map((type) => [type, asModseq(now)]));
      await updateAccount.run(tx, {
        accountId,
        modseq: drawn ?? row.modseq,
        nextId,
        states: JSON.stringify({ ...states, ...changed }),
        usedOctets,
        emailCount,
      });
      return { accountId, states: changed };
    },
  };
}
