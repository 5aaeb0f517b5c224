/** Reading an account's scripts: which there are, what one says, what changed. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { changedSince } from '#server/changes/since.ts';
import { MissingObject } from '#server/store/blobs/place.ts';
import { selectBlobIn } from '#server/store/blobs/store.ts';
import type { Changed } from '#server/store/changed.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectOwner } from '#server/filters/queries/owner.ts';
import { selectScripts, type SieveScript } from '#server/filters/queries/scripts.ts';

export type { SieveScript } from '#server/filters/queries/scripts.ts';

/** By name. @throws {Refusal} `noSuchAccount`, `mayNot`: scripts say whom one writes to, so reading them asks for `manage`. */
export function listScripts(store: Store, actor: Actor, accountId: AccountId): Promise<readonly SieveScript[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    return selectScripts(tx, accountId);
  });
}

/** The octets of the script of that name, as they were put. @throws {Refusal} `noSuchScript`, `noSuchAccount`, `mayNot`. */
export async function readScript(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  name: string,
): Promise<{ readonly script: SieveScript; readonly content: Uint8Array }> {
  const { script, blob } = await read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    const found = (await selectScripts(tx, accountId)).find((each) => each.name === name.normalize('NFC'));
    const owner = await selectOwner(tx, accountId);
    if (!found || !owner) throw new Refusal('noSuchScript');
    return { script: found, blob: await selectBlobIn(store, tx, owner.tenantId, found.hash) };
  });
  if (!blob) throw new MissingObject(script.hash);
  return { script, content: await blob.bytes() };
}

/** @throws {Refusal} `noSuchAccount`, `mayNot`, `cannotCalculateChanges`. */
export function scriptChanges(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  sinceState: string,
  maxChanges: number,
): Promise<Changed> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    return changedSince(tx, accountId, { table: 'sieve_script', type: 'SieveScript' }, sinceState, maxChanges);
  });
}
