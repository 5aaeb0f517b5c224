/** All SQL on scripts: those of an account, and those of the institution. */
import {
  type AccountId,
  asBlobHash,
  asId,
  asModseq,
  type BlobHash,
  type Modseq,
  type SieveScriptId,
  type TenantId,
} from '#server/store/ids.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/** Through which door a script came last; rules made by clicking will be one more. */
export type ScriptOrigin = 'jmap' | 'managesieve' | 'operator';

export interface SieveScript {
  readonly id: SieveScriptId;
  readonly name: string;
  readonly hash: BlobHash;
  readonly sizeOctets: number;
  readonly isActive: boolean;
  readonly origin: ScriptOrigin;
  readonly createdModseq: Modseq;
}

const selectAll = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('sieve_script').selectAll().where('account_id', '=', p.accountId).orderBy('name'),
);

/** Every script of the account, by name. */
export async function selectScripts(tx: Tx, accountId: AccountId): Promise<readonly SieveScript[]> {
  const found = await selectAll.all(tx, { accountId });
  return found.map((row) => ({
    id: asId<SieveScriptId>(row.id),
    name: row.name,
    hash: asBlobHash(row.hash),
    sizeOctets: row.size_octets,
    isActive: row.is_active === 1,
    origin: row.origin === 'managesieve' || row.origin === 'operator' ? row.origin : 'jmap',
    createdModseq: asModseq(row.created_modseq),
  }));
}

/** Writes a new one, not active. */
export async function insertScript(
  tx: AccountTx,
  script: Pick<SieveScript, 'id' | 'name' | 'hash' | 'sizeOctets' | 'origin'>,
): Promise<void> {
  await insertRows(tx, 'sieve_script', [
    {
      account_id: tx.accountId,
      id: script.id,
      name: script.name,
      hash: script.hash,
      size_octets: script.sizeOctets,
      is_active: 0,
      origin: script.origin,
      created_modseq: tx.modseq(),
      modseq: tx.modseq(),
    },
  ]);
}

/** Name, content, origin and activity as given. */
export async function updateScript(tx: AccountTx, script: SieveScript): Promise<void> {
  const row = {
    name: script.name,
    hash: script.hash,
    size_octets: script.sizeOctets,
    is_active: script.isActive ? 1 : 0,
    origin: script.origin,
    modseq: tx.modseq(),
  };
  const query = tx.q.updateTable('sieve_script').set(row).where('account_id', '=', tx.accountId);
  await changes(tx, query.where('id', '=', script.id));
}

/** Deletes it, leaving a tombstone. */
export async function deleteScript(tx: AccountTx, { id, createdModseq }: SieveScript): Promise<void> {
  const { accountId } = tx;
  await changes(tx, tx.q.deleteFrom('sieve_script').where('account_id', '=', accountId).where('id', '=', id));
  await insertRows(tx, 'tombstone', [
    {
      account_id: accountId,
      type: 'SieveScript',
      modseq: tx.modseq(),
      id,
      uid: 0,
      ref: 0,
      created_modseq: createdModseq,
    },
  ]);
}

export interface GlobalScript {
  readonly name: string;
  readonly content: string;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

const selectGlobal = statement<{ tenantId: number }>()(({ q, p }) =>
  q.selectFrom('sieve_global').selectAll().where('tenant_id', '=', p.tenantId).orderBy('name'),
);

export async function selectGlobalScripts(tx: Tx, tenantId: TenantId): Promise<readonly GlobalScript[]> {
  const found = await selectGlobal.all(tx, { tenantId });
  return found.map(({ name, content, updated_at }) => ({ name, content, updatedAt: updated_at }));
}

export async function upsertGlobalScript(tx: Tx, tenantId: TenantId, script: GlobalScript): Promise<void> {
  await deleteGlobalScript(tx, tenantId, script.name);
  const { name, content, updatedAt: updated_at } = script;
  await insertRows(tx, 'sieve_global', [{ tenant_id: tenantId, name, content, updated_at }]);
}

/** @returns whether there was one. */
export async function deleteGlobalScript(tx: Tx, tenantId: TenantId, name: string): Promise<boolean> {
  const query = tx.q.deleteFrom('sieve_global').where('tenant_id', '=', tenantId).where('name', '=', name);
  return (await changes(tx, query)) === 1;
}
