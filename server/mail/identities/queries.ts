/** All SQL on identities. */
import type { EmailAddress } from '#formats/address/types.ts';
import { type AccountId, asId, asModseq, type IdentityId, type Modseq } from '#server/store/ids.ts';
import { changes, insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { AccountTx } from '#server/store/transaction.ts';

/** What its holder may set (RFC 8621 §6); `email` at creation only. */
export interface IdentitySettings {
  readonly name: string;
  readonly email: string;
  readonly replyTo: readonly EmailAddress[] | null;
  readonly bcc: readonly EmailAddress[] | null;
  readonly textSignature: string;
  readonly htmlSignature: string;
}

export interface Identity extends IdentitySettings {
  readonly id: IdentityId;
  readonly mayDelete: boolean;
  readonly createdModseq: Modseq;
}

const selectAll = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('identity').selectAll().where('account_id', '=', p.accountId).orderBy('id'),
);

/** Every identity of the account, the first one first. */
export async function selectIdentities(tx: Tx, accountId: AccountId): Promise<readonly Identity[]> {
  const found = await selectAll.all(tx, { accountId });
  return found.map((row) => ({
    id: asId<IdentityId>(row.id),
    name: row.name,
    email: row.email,
    replyTo: parseAddresses(row.reply_to),
    bcc: parseAddresses(row.bcc),
    textSignature: row.text_signature,
    htmlSignature: row.html_signature,
    mayDelete: row.may_delete === 1,
    createdModseq: asModseq(row.created_modseq),
  }));
}

function parseAddresses(json: string | null): readonly EmailAddress[] | null {
  return json === null ? null : (JSON.parse(json) as readonly EmailAddress[]);
}

function printAddresses(addresses: readonly EmailAddress[] | null): string | null {
  return addresses === null ? null : JSON.stringify(addresses);
}

/** Writes a new one; it may be deleted. */
export async function insertIdentity(tx: AccountTx, id: IdentityId, identity: IdentitySettings): Promise<void> {
  await insertRows(tx, 'identity', [
    {
      account_id: tx.accountId,
      id,
      name: identity.name,
      email: identity.email,
      reply_to: printAddresses(identity.replyTo),
      bcc: printAddresses(identity.bcc),
      text_signature: identity.textSignature,
      html_signature: identity.htmlSignature,
      may_delete: 1,
      created_modseq: tx.modseq(),
      modseq: tx.modseq(),
    },
  ]);
}

export async function updateIdentityRow(tx: AccountTx, id: IdentityId, identity: IdentitySettings): Promise<void> {
  const settings = {
    name: identity.name,
    reply_to: printAddresses(identity.replyTo),
    bcc: printAddresses(identity.bcc),
    text_signature: identity.textSignature,
    html_signature: identity.htmlSignature,
    modseq: tx.modseq(),
  };
  const query = tx.q.updateTable('identity').set(settings).where('account_id', '=', tx.accountId);
  await changes(tx, query.where('id', '=', id));
}

/** Deletes it, leaving a tombstone. */
export async function deleteIdentity(tx: AccountTx, { id, createdModseq }: Identity): Promise<void> {
  const { accountId } = tx;
  await changes(tx, tx.q.deleteFrom('identity').where('account_id', '=', accountId).where('id', '=', id));
  await insertRows(tx, 'tombstone', [
    {
      account_id: accountId,
      type: 'Identity',
      modseq: tx.modseq(),
      id,
      uid: 0,
      ref: 0,
      created_modseq: createdModseq,
    },
  ]);
}

/** What an identity was before a change; null: it was not there. */
export interface PastIdentity {
  readonly id: IdentityId;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly settings: IdentitySettings | null;
}

const deletePast = statement<{ accountId: number; before: number }>()(({ q, p }) =>
  q.deleteFrom('identity_past').where('account_id', '=', p.accountId).where('at', '<', p.before),
);

/** Keeps it, and forgets what is older than `before`. The first of two in one millisecond is kept. */
export async function insertPast(tx: AccountTx, { id, at, settings }: PastIdentity, before: number): Promise<void> {
  const { accountId } = tx;
  await deletePast.run(tx, { accountId, before });
  const kept = settings === null ? null : JSON.stringify(settings);
  await insertRows(tx, 'identity_past', [{ account_id: accountId, identity_id: id, at, settings: kept }], 'ignore');
}

const selectPastSince = statement<{ accountId: number; since: number }>()(({ q, p }) =>
  q
    .selectFrom('identity_past')
    .selectAll()
    .where('account_id', '=', p.accountId)
    .where('at', '>=', p.since)
    .orderBy('at'),
);

/** What identities were before each change since, the oldest first. */
export async function selectPast(tx: Tx, accountId: AccountId, since: number): Promise<readonly PastIdentity[]> {
  return (await selectPastSince.all(tx, { accountId, since })).map((row) => ({
    id: asId<IdentityId>(row.identity_id),
    at: row.at,
    settings: row.settings === null ? null : (JSON.parse(row.settings) as IdentitySettings),
  }));
}

interface Following {
  readonly accountId: number;
  readonly from: string;
  readonly to: string;
  readonly modseq: number;
}

const rename = statement<Following>()(({ q, p }) =>
  q
    .updateTable('identity')
    .set({ name: p.to, modseq: p.modseq })
    .where('account_id', '=', p.accountId)
    .where('may_delete', '=', 0)
    .where('name', '=', p.from),
);

/** Of the one that stays. @returns whether it had this name. */
export async function renameFirst(tx: AccountTx, from: string, to: string): Promise<boolean> {
  return (await rename.run(tx, { accountId: tx.accountId, from, to, modseq: tx.modseq() })) > 0;
}

const readdress = statement<Following>()(({ q, p }) =>
  q
    .updateTable('identity')
    .set({ email: p.to, modseq: p.modseq })
    .where('account_id', '=', p.accountId)
    .where('may_delete', '=', 0)
    .where('email', '=', p.from),
);

/** Of the one that stays. @returns whether it had this address. */
export async function readdressFirst(tx: AccountTx, from: string, to: string): Promise<boolean> {
  return (await readdress.run(tx, { accountId: tx.accountId, from, to, modseq: tx.modseq() })) > 0;
}
