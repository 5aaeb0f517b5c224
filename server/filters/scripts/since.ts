/**
 * Scripts that were written or made active since a moment, and making them what they were: the trace has told of each
 * change, and of the octets it was to. Who may see or undo it is the caller's to know.
 */
import { SieveError } from '#formats/sieve/error.ts';
import type { Actor } from '#server/access/actor.ts';
import { listTrace, recordTrace, type TraceRow } from '#server/records/trace.ts';
import { linkKnownBlob, openBlob, unlinkBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asBlobHash, type BlobHash, type TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { loadScript } from '#server/filters/load.ts';
import { deleteScript, selectScripts, type SieveScript, updateScript } from '#server/filters/queries/scripts.ts';

export interface ChangedScript {
  readonly script: SieveScript;
  /** The last change since; milliseconds since 1970. */
  readonly at: number;
  /** Whether it was not there before. */
  readonly isNew: boolean;
  /** What it said before, where that is still kept. */
  readonly before: { readonly hash: BlobHash; readonly sizeOctets: number } | undefined;
  /** Whether what it says is not what it said. */
  readonly isRewritten: boolean;
  /** Whether it was made the active one. */
  readonly isActivated: boolean;
  /** To whom it forwards. */
  readonly redirects: readonly string[];
}

const verbs = ['putScript', 'activateScript'] as const;
const linesRead = 1_000;

export async function listScriptsSince(
  store: Store,
  { tenantId, accountId }: { readonly tenantId: TenantId; readonly accountId: AccountId },
  since: number,
): Promise<readonly ChangedScript[]> {
  const lines = await listTrace(store, tenantId, { accountId, verbs, limit: linesRead });
  const scripts = await read(store, (tx) => selectScripts(tx, accountId));
  const changed: ChangedScript[] = [];
  for (const script of scripts) {
    const own = lines.filter(({ details }) => details['script'] === script.name);
    const late = own.filter(({ at }) => at >= since);
    const [last] = late;
    if (!last) continue;
    // One that was only renamed said the same under another name.
    const early = lines.filter(
      ({ at, verb, details }) =>
        at < since && verb === 'putScript' && (details['script'] === script.name || details['hash'] === script.hash),
    );
    const isRewritten = late.some(({ verb }) => verb === 'putScript') && script.hash !== hashOf(early[0]);
    changed.push({
      script,
      at: last.at,
      isNew: early.length === 0 && isRewritten,
      before: isRewritten ? await keptBefore(store, tenantId, hashOf(early[0])) : undefined,
      isRewritten,
      isActivated: late.some(({ verb }) => verb === 'activateScript'),
      redirects: await redirectsOf(store, tenantId, script),
    });
  }
  return changed;
}

function hashOf(line: TraceRow | undefined): string | undefined {
  const hash = line?.details['hash'];
  return typeof hash === 'string' ? hash : undefined;
}

async function keptBefore(
  store: Store,
  tenantId: TenantId,
  text: string | undefined,
): Promise<ChangedScript['before']> {
  if (text === undefined) return undefined;
  const hash = asBlobHash(text);
  const blob = await openBlob(store, tenantId, hash);
  return blob && { hash, sizeOctets: (await blob.bytes()).length };
}

async function redirectsOf(store: Store, tenantId: TenantId, { hash }: SieveScript): Promise<readonly string[]> {
  const script = await loadScript(store, tenantId, hash);
  return script instanceof SieveError ? [] : script.redirects;
}

/** `removed`, put back as it was (`restored`), or only active no more (`stopped`). */
export type Undone = 'removed' | 'restored' | 'stopped';

/** Within the account's transaction, by what `listScriptsSince` said a moment ago. @returns undefined where it is gone. */
export async function undoScript(
  tx: AccountTx,
  actor: Actor,
  { script: { id }, isNew, before, isActivated }: ChangedScript,
  at: number,
): Promise<Undone | undefined> {
  const { accountId, tenantId } = tx;
  const script = (await selectScripts(tx, accountId)).find((one) => one.id === id);
  if (!script) return undefined;
  const link = { accountId, kind: 'script', owner: String(id) } as const;
  const undone: Undone = isNew ? 'removed' : before ? 'restored' : 'stopped';
  if (isNew) {
    await deleteScript(tx, script);
    await unlinkBlob(tx, script.hash, link);
  } else if (before) {
    if (before.hash !== script.hash) {
      await linkKnownBlob(tx, before.hash, { ...link, tenantId, expiresAt: null });
      await unlinkBlob(tx, script.hash, link);
    }
    await updateScript(tx, { ...script, ...before, isActive: script.isActive && !isActivated, origin: 'operator' });
  } else await updateScript(tx, { ...script, isActive: false });
  tx.changed('SieveScript');
  const details = { script: script.name, hash: script.hash, undone };
  await recordTrace(tx, { tenantId, actor, verb: 'undoScript', at, accountId, details });
  return undone;
}
