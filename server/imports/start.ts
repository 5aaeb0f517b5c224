/**
 * Beginning an import: its row and its job in one transaction, the password sealed into the row. Pausing, going on,
 * cancelling and removing are changes of that row; who is at work on it hears of them at its next commit.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import { linkKnownBlob, ownsBlob, selectBlobIn, unlinkBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asBlobHash, type ImportId } from '#server/store/ids.ts';
import { enqueueJob, makeJobDue, wakeRunners } from '#server/store/jobs.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { deleteImport, insertImport, selectImport, selectImports, type StoredImport, updateImport } from './queries.ts';
import { type FileSource, type ImapSource, type ImportSource, isEnded, noProgress } from './record.ts';
import { sealSecret } from './secret.ts';

export const importKind = 'import';

/** Of one account, so that nobody fills the house with them. */
export const importLimits = { open: 5, kept: 200, anHour: 30 };

const hourMs = 3_600_000;

export interface NewImapImport {
  readonly kind: 'imap';
  readonly source: ImapSource;
  readonly password: string;
}

export interface NewFileImport {
  readonly kind: 'file';
  readonly hash: string;
  readonly name: string;
}

/**
 * @param key of the installation (secret.ts).
 * @throws {Refusal} `noSuchAccount`, `mayNot`, `readOnlyAccount`, `noSuchBlob`, `tooMany`, `rateLimited`.
 */
export async function startImport(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  key: Buffer,
  given: NewImapImport | NewFileImport,
): Promise<ImportId> {
  const id = await transaction(store, accountId, async (tx) => {
    const { mandateId } = await requireRight(tx, actor, accountId, 'write', store.now());
    await makeRoom(tx, actor, store.now());
    const importId = tx.newId<ImportId>();
    const source = given.kind === 'imap' ? given.source : await takeFile(store, tx, importId, given);
    const secret = given.kind === 'imap' ? sealSecret(key, { accountId, importId }, given.password) : null;
    const at = store.now();
    const by = actor.kind === 'person' ? String(actor.personId) : 'operator';
    await insertImport(tx, importId, { source, secret, progress: noProgress, actor: by, createdAt: at });
    const payload = { importId, failures: 0 };
    const jobKey = jobKeyOf(accountId, importId);
    await enqueueJob(tx, { tenantId: tx.tenantId, kind: importKind, key: jobKey, accountId, payload, runAt: at }, at);
    const details = { importId, from: nameOf(source) };
    await recordTrace(tx, { tenantId: tx.tenantId, actor, verb: 'startImport', at, accountId, mandateId, details });
    return importId;
  });
  wakeRunners(store);
  return id;
}

/**
 * The oldest that have ended make room. Who begins one after the other may be guessing passwords at somebody's server.
 * @throws {Refusal} `tooMany`, `rateLimited`
 */
async function makeRoom(tx: AccountTx, actor: Actor, at: number): Promise<void> {
  const known = await selectImports(tx, tx.accountId);
  const open = known.filter(({ state }) => !isEnded(state)).length;
  if (open >= importLimits.open) throw new Refusal('tooMany', { limit: importLimits.open });
  const recent = known.filter(({ createdAt }) => createdAt > at - hourMs).length;
  if (actor.kind === 'person' && recent >= importLimits.anHour) throw new Refusal('rateLimited');
  const ended = known.filter(({ state }) => isEnded(state));
  for (const old of ended.slice(Math.max(0, importLimits.kept - open - 1))) await deleteImport(tx, old);
}

async function takeFile(store: Store, tx: AccountTx, importId: ImportId, given: NewFileImport): Promise<FileSource> {
  const hash = asBlobHash(given.hash);
  const isOwn = await ownsBlob(tx, tx.accountId, hash);
  const blob = isOwn ? await selectBlobIn(store, tx, tx.tenantId, hash) : undefined;
  if (!blob) throw new Refusal('noSuchBlob');
  const owner = { accountId: tx.accountId, tenantId: tx.tenantId, kind: 'import', owner: String(importId) } as const;
  await linkKnownBlob(tx, hash, { ...owner, expiresAt: null });
  return { kind: 'file', hash, sizeOctets: blob.sizeOctets, name: given.name.slice(0, 255) };
}

function nameOf(source: ImportSource): string {
  return source.kind === 'imap' ? `${source.host} ${source.userName}`.slice(0, 300) : 'file';
}

export function jobKeyOf(accountId: AccountId, importId: ImportId): string {
  return `${accountId}.${importId}`;
}

/** @throws {Refusal} `noSuchImport` as `noSuchJob`; those of requireRight; `invalidProperties` for one that has ended. */
export function pauseImport(store: Store, actor: Actor, accountId: AccountId, id: ImportId): Promise<void> {
  return changeImport(store, actor, accountId, id, async (tx, known) => {
    if (isEnded(known.state)) throw new Refusal('invalidProperties', { properties: ['state'] });
    await updateImport(tx, id, { state: 'paused', problem: null });
  });
}

/**
 * Lets an import go on: one that was paused, that waits for another try, or that failed, with another password where
 * one is given.
 * @throws {Refusal} as pauseImport; `badCredentials` where the password was erased and none is given.
 */
export async function resumeImport(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: ImportId,
  key: Buffer,
  password?: string,
): Promise<void> {
  await changeImport(store, actor, accountId, id, async (tx, known) => {
    if (known.state === 'done' || known.state === 'cancelled')
      throw new Refusal('invalidProperties', { properties: ['state'] });
    const secret = password === undefined ? known.secret : sealSecret(key, { accountId, importId: id }, password);
    if (known.source.kind === 'imap' && secret === null)
      throw new Refusal('invalidProperties', { properties: ['password'], description: 'the password is needed again' });
    if (known.source.kind === 'file' && known.state === 'failed')
      throw new Refusal('invalidProperties', { properties: ['state'] });
    await updateImport(tx, id, { state: 'waiting', problem: null, secret, finishedAt: null });
    const at = store.now();
    const payload = { importId: id, failures: 0 };
    const job = {
      tenantId: tx.tenantId,
      kind: importKind,
      key: jobKeyOf(accountId, id),
      accountId,
      payload,
      runAt: at,
    };
    if ((await enqueueJob(tx, job, at)) === undefined) await makeJobDue(tx, job, at);
  });
  wakeRunners(store);
}

/** Ends an import for good; what it brought stays. @throws {Refusal} as pauseImport. */
export function cancelImport(store: Store, actor: Actor, accountId: AccountId, id: ImportId): Promise<void> {
  return changeImport(store, actor, accountId, id, async (tx, known) => {
    if (known.state === 'done' || known.state === 'cancelled') return;
    await endImport(tx, store, known, 'cancelled', null);
  });
}

/** Takes an import off the list, ending it first where it is at work. @throws {Refusal} as pauseImport. */
export function removeImport(store: Store, actor: Actor, accountId: AccountId, id: ImportId): Promise<void> {
  return changeImport(store, actor, accountId, id, async (tx, known) => {
    if (!isEnded(known.state)) await endImport(tx, store, known, 'cancelled', null);
    await deleteImport(tx, known);
  });
}

/** The end, whichever: the password is erased, the file let go. */
export async function endImport(
  tx: AccountTx,
  store: Store,
  { id, source }: StoredImport,
  state: 'done' | 'failed' | 'cancelled',
  problem: StoredImport['problem'],
): Promise<void> {
  await updateImport(tx, id, { state, problem, secret: null, finishedAt: store.now() });
  if (source.kind === 'file')
    await unlinkBlob(tx, source.hash, { accountId: tx.accountId, kind: 'import', owner: String(id) });
}

function changeImport(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: ImportId,
  change: (tx: AccountTx, known: StoredImport) => Promise<void>,
): Promise<void> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'write', store.now());
    const known = await selectImport(tx, accountId, id);
    if (!known) throw new Refusal('noSuchJob');
    await change(tx, known);
  });
}
