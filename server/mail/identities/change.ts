/** Creating, changing and destroying identities (RFC 8621 §6.3). Nobody writes under an address that is not the account's. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { isAddressOf } from '#server/directory/account-addresses.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, IdentityId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import {
  deleteIdentity,
  type Identity,
  type IdentitySettings,
  insertIdentity,
  insertPast,
  type PastIdentity,
  selectIdentities,
  updateIdentityRow,
} from './queries.ts';

export type { IdentitySettings };

const limits = { perAccount: 200, nameCharacters: 500, signatureCharacters: 200_000, addresses: 100 };

/** @throws {Refusal} `noSuchAccount`, `mayNot`, `forbiddenFrom` for somebody else's address, `invalidProperties`, `tooMany`. */
export function createIdentity(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  settings: IdentitySettings,
): Promise<IdentityId> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage');
    checkSettings(settings);
    if (!(await isAddressOf(tx, tx.tenantId, accountId, settings.email))) {
      throw new Refusal('forbiddenFrom', { properties: ['email'] });
    }
    const known = await selectIdentities(tx, accountId);
    if (known.length >= limits.perAccount) throw new Refusal('tooMany', { limit: limits.perAccount });
    const id = tx.newId<IdentityId>();
    await insertIdentity(tx, id, settings);
    await note(tx, actor, { id, at: store.now(), settings: null });
    tx.changed('Identity');
    return id;
  });
}

/** @throws {Refusal} `noSuchAccount`, `mayNot`, `noSuchIdentity`, `invalidProperties`. */
export function updateIdentity(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: IdentityId,
  given: Partial<Omit<IdentitySettings, 'email'>>,
): Promise<void> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage');
    const before = await requireIdentity(tx, id);
    const settings = { ...before, ...given };
    checkSettings(settings);
    await updateIdentityRow(tx, id, settings);
    await note(tx, actor, { id, at: store.now(), settings: settingsOf(before) });
    tx.changed('Identity');
  });
}

/** @throws {Refusal} `noSuchAccount`, `mayNot` (also for one that must stay), `noSuchIdentity`. */
export function destroyIdentity(store: Store, actor: Actor, accountId: AccountId, id: IdentityId): Promise<void> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage');
    const identity = await requireIdentity(tx, id);
    if (!identity.mayDelete) throw new Refusal('mayNot', { description: 'the first identity stays' });
    await deleteIdentity(tx, identity);
    await note(tx, actor, { id, at: store.now(), settings: settingsOf(identity) });
    tx.changed('Identity');
  });
}

/** So long it is kept what an identity was. */
const keptMs = 120 * 86_400_000;

/** Keeps what was before, and tells that it is so no more. */
async function note(tx: AccountTx, actor: Actor, past: PastIdentity): Promise<void> {
  const { accountId, tenantId } = tx;
  await insertPast(tx, past, past.at - keptMs);
  const details = { identity: past.id, isNew: past.settings === null };
  await recordTrace(tx, { tenantId, actor, verb: 'changeIdentity', at: past.at, accountId, details });
}

function settingsOf({ name, email, replyTo, bcc, textSignature, htmlSignature }: IdentitySettings): IdentitySettings {
  return { name, email, replyTo, bcc, textSignature, htmlSignature };
}

async function requireIdentity(tx: AccountTx, id: IdentityId): Promise<Identity> {
  const identity = (await selectIdentities(tx, tx.accountId)).find((each) => each.id === id);
  if (!identity) throw new Refusal('noSuchIdentity');
  return identity;
}

function checkSettings(settings: IdentitySettings): void {
  const tooLong = [
    ...(settings.name.length > limits.nameCharacters ? ['name'] : []),
    ...(settings.textSignature.length > limits.signatureCharacters ? ['textSignature'] : []),
    ...(settings.htmlSignature.length > limits.signatureCharacters ? ['htmlSignature'] : []),
    ...((settings.replyTo?.length ?? 0) > limits.addresses ? ['replyTo'] : []),
    ...((settings.bcc?.length ?? 0) > limits.addresses ? ['bcc'] : []),
  ];
  if (tooLong.length > 0) throw new Refusal('invalidProperties', { properties: tooLong });
}
