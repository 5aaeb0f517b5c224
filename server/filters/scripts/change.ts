/**
 * An account's scripts: put, renamed, deleted, made the active one. At most one is active; what runs at the next
 * delivery is what these transactions left.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { StagedBlob } from '#server/store/blobs/stage.ts';
import { linkBlob, stageBlob, unlinkBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asModseq, type Modseq, type SieveScriptId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { checkScript } from '#server/filters/check.ts';
import { filterPolicy } from '#server/filters/policy.ts';
import {
  deleteScript,
  insertScript,
  type ScriptOrigin,
  selectScripts,
  type SieveScript,
  updateScript,
} from '#server/filters/queries/scripts.ts';

/** Octets of a name (RFC 5804 §1.6 asks for at least 512). */
export const nameOctets = 512;

export type ScriptRef =
  | { readonly kind: 'id'; readonly id: SieveScriptId }
  | { readonly kind: 'name'; readonly name: string };

export interface ScriptChange {
  /** A new name; what it was without. */
  readonly name?: string;
  /** New content; what it was without. */
  readonly content?: Uint8Array;
  readonly origin: ScriptOrigin;
}

/**
 * Makes a script of its own name, not active.
 * @throws {Refusal} `alreadyExists`, `tooMany`, `tooLarge`, `invalidProperties` naming `name`, `noSuchAccount`, `mayNot`;
 * {InvalidScript}.
 */
export async function createScript(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  given: { readonly name: string; readonly content: Uint8Array; readonly origin: ScriptOrigin },
  ifInState?: Modseq,
): Promise<SieveScript> {
  const staged = await stageChecked(store, actor, accountId, given.content);
  return transaction(store, accountId, async (tx) => {
    const scripts = await openScripts(tx, actor, store.now(), ifInState);
    return insertNamed(store, tx, actor, scripts, given.name, staged, given.origin);
  });
}

/**
 * Writes the script of that name, made when it is not there (RFC 5804 §2.6 PUTSCRIPT). An active one stays active.
 * @throws as createScript, but `alreadyExists`.
 */
export async function putScript(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  given: { readonly name: string; readonly content: Uint8Array; readonly origin: ScriptOrigin },
): Promise<SieveScript> {
  const staged = await stageChecked(store, actor, accountId, given.content);
  return transaction(store, accountId, async (tx) => {
    const scripts = await openScripts(tx, actor, store.now());
    const known = scripts.find(({ name }) => name === given.name.normalize('NFC'));
    return known
      ? rewrite(store, tx, actor, known, { staged, origin: given.origin })
      : insertNamed(store, tx, actor, scripts, given.name, staged, given.origin);
  });
}

/** @throws as createScript; `noSuchScript`. */
export async function updateScriptOf(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ref: ScriptRef,
  change: ScriptChange,
  ifInState?: Modseq,
): Promise<SieveScript> {
  const staged = change.content && (await stageChecked(store, actor, accountId, change.content));
  return transaction(store, accountId, async (tx) => {
    const scripts = await openScripts(tx, actor, store.now(), ifInState);
    const script = requireScript(scripts, ref);
    const name = change.name === undefined ? script.name : checkName(change.name);
    if (scripts.some((other) => other.id !== script.id && other.name === name))
      throw new Refusal('alreadyExists', { properties: ['name'] });
    return rewrite(store, tx, actor, { ...script, name }, { staged, origin: change.origin });
  });
}

/** @throws {Refusal} `noSuchScript`; `scriptIsActive`; `noSuchAccount`, `mayNot`. */
export function removeScript(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ref: ScriptRef,
  ifInState?: Modseq,
): Promise<void> {
  const at = store.now();
  return transaction(store, accountId, async (tx) => {
    const script = requireScript(await openScripts(tx, actor, at, ifInState), ref);
    if (script.isActive) throw new Refusal('scriptIsActive');
    await deleteScript(tx, script);
    await unlinkBlob(tx, script.hash, { accountId, kind: 'script', owner: String(script.id) });
    tx.changed('SieveScript');
    await trace(tx, actor, 'deleteScript', script, at);
  });
}

/**
 * Makes one script the active one, or none.
 * @returns those whose activity changed.
 * @throws {Refusal} `noSuchScript`, `noSuchAccount`, `mayNot`.
 */
export function activateScript(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  ref: ScriptRef | null,
): Promise<readonly SieveScript[]> {
  const at = store.now();
  return transaction(store, accountId, async (tx) => {
    const scripts = await openScripts(tx, actor, at);
    const chosen = ref && requireScript(scripts, ref);
    const changed = scripts
      .filter((script) => script.isActive !== (script.id === chosen?.id))
      .map((script) => ({ ...script, isActive: !script.isActive }));
    for (const script of changed) {
      await updateScript(tx, script);
      await trace(tx, actor, script.isActive ? 'activateScript' : 'deactivateScript', script, at);
    }
    if (changed.length > 0) tx.changed('SieveScript');
    return changed;
  });
}

/** Compiled before anything is written; who may not change scripts here hears nothing of it. */
async function stageChecked(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  content: Uint8Array,
): Promise<StagedBlob> {
  await read(store, (tx) => requireRight(tx, actor, accountId, 'manage', store.now()));
  await checkScript(store, actor, content);
  return stageBlob(store, content);
}

async function openScripts(
  tx: AccountTx,
  actor: Actor,
  at: number,
  ifInState?: Modseq,
): Promise<readonly SieveScript[]> {
  await requireRight(tx, actor, tx.accountId, 'manage', at);
  const state = tx.before.states.SieveScript ?? asModseq(0);
  if (ifInState !== undefined && ifInState !== state) throw new Refusal('stateMismatch');
  return selectScripts(tx, tx.accountId);
}

async function insertNamed(
  store: Store,
  tx: AccountTx,
  actor: Actor,
  scripts: readonly SieveScript[],
  givenName: string,
  staged: StagedBlob,
  origin: ScriptOrigin,
): Promise<SieveScript> {
  const name = checkName(givenName);
  const twin = scripts.find((script) => script.name === name);
  if (twin) throw new Refusal('alreadyExists', { properties: ['name'] });
  const { scripts: limit } = filterPolicy(store);
  if (scripts.length >= limit) throw new Refusal('overQuota', { limit, description: `no more than ${limit} scripts` });
  const id = tx.newId<SieveScriptId>();
  const { hash, sizeOctets } = staged;
  const script: SieveScript = { id, name, hash, sizeOctets, isActive: false, origin, createdModseq: tx.modseq() };
  await insertScript(tx, script);
  await link(tx, staged, id, store.now());
  tx.changed('SieveScript');
  await trace(tx, actor, 'putScript', script, store.now());
  return script;
}

async function rewrite(
  store: Store,
  tx: AccountTx,
  actor: Actor,
  script: SieveScript,
  { staged, origin }: { readonly staged: StagedBlob | undefined; readonly origin: ScriptOrigin },
): Promise<SieveScript> {
  const { accountId } = tx;
  const after = staged ? { ...script, origin, hash: staged.hash, sizeOctets: staged.sizeOctets } : script;
  if (staged && staged.hash !== script.hash) {
    await unlinkBlob(tx, script.hash, { accountId, kind: 'script', owner: String(script.id) });
    await link(tx, staged, script.id, store.now());
  }
  await updateScript(tx, after);
  tx.changed('SieveScript');
  await trace(tx, actor, 'putScript', after, store.now());
  return after;
}

async function link(tx: AccountTx, staged: StagedBlob, id: SieveScriptId, at: number): Promise<void> {
  const { accountId, tenantId } = tx;
  await linkBlob(tx, staged, { accountId, tenantId, kind: 'script', owner: String(id), expiresAt: null }, at);
}

function requireScript(scripts: readonly SieveScript[], ref: ScriptRef): SieveScript {
  const script = scripts.find((each) => (ref.kind === 'id' ? each.id === ref.id : each.name === normal(ref.name)));
  if (!script) throw new Refusal('noSuchScript');
  return script;
}

function normal(name: string): string {
  return name.normalize('NFC');
}

/** RFC 5804 §1.6: no control characters, and not nothing. */
export function checkName(given: string): string {
  const name = normal(given);
  const isBad = name === '' || Buffer.byteLength(name) > nameOctets || /[\p{Cc}\u2028\u2029]/u.test(name);
  if (isBad)
    throw new Refusal('invalidProperties', { properties: ['name'], description: 'that is no name of a script' });
  return name;
}

async function trace(tx: AccountTx, actor: Actor, verb: string, script: SieveScript, at: number): Promise<void> {
  const { accountId, tenantId } = tx;
  const details = { script: script.name, hash: script.hash };
  await recordTrace(tx, { tenantId, actor, verb, at, accountId, details });
}
