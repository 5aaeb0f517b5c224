/** Scripts of the institution, which anybody's script may include (RFC 6609 §3.2 `include :global`). The operator writes them. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { checkScript } from './check.ts';
import { deleteGlobalScript, type GlobalScript, selectGlobalScripts, upsertGlobalScript } from './queries/scripts.ts';

/** @throws {Refusal} `mayNot`, `tooLarge`; {InvalidScript}. */
export async function putGlobalScript(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  given: { readonly name: string; readonly content: Uint8Array },
): Promise<void> {
  requireSystem(actor);
  await checkScript(store, actor, given.content);
  const at = store.now();
  const name = given.name.normalize('NFC');
  await write(store, async (tx) => {
    await upsertGlobalScript(tx, tenantId, { name, content: new TextDecoder().decode(given.content), updatedAt: at });
    await recordTrace(tx, { tenantId, actor, verb: 'putGlobalScript', at, details: { script: name } });
  });
}

/** @throws {Refusal} `mayNot`, `noSuchScript`. */
export async function removeGlobalScript(store: Store, actor: Actor, tenantId: TenantId, name: string): Promise<void> {
  requireSystem(actor);
  const at = store.now();
  await write(store, async (tx) => {
    if (!(await deleteGlobalScript(tx, tenantId, name.normalize('NFC')))) throw new Refusal('noSuchScript');
    await recordTrace(tx, { tenantId, actor, verb: 'removeGlobalScript', at, details: { script: name } });
  });
}

/** By name. @throws {Refusal} `mayNot`. */
export function listGlobalScripts(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly GlobalScript[]> {
  requireSystem(actor);
  return read(store, (tx) => selectGlobalScripts(tx, tenantId));
}
