/**
 * Applying a script, or one rule of it, to mail that is there already: a run is a row with its progress and a job that
 * does it in batches. What leaves the house, or speaks to others, never happens on old mail.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import { linkBlob, stageBlob, unlinkBlob } from '#server/store/blobs/store.ts';
import type { AccountId, FilterRunId, MailboxId } from '#server/store/ids.ts';
import { enqueueJob, wakeRunners } from '#server/store/jobs.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';
import { mailboxPlaces, type Places } from '#server/mail/mailboxes/locate.ts';

import { checkScript } from '#server/filters/check.ts';
import {
  countEmails,
  deleteRun,
  type FilterRun,
  insertRun,
  type RunScope,
  selectRuns,
  updateRun,
} from '#server/filters/queries/runs.ts';
import { readScript } from '#server/filters/scripts/list.ts';

export const applyFilterKind = 'applyFilter';

/** Under way in one account at once, and kept for their reports. */
const limits = { underWay: 3, kept: 20 };

export interface NewRun {
  readonly source:
    | { readonly kind: 'script'; readonly name: string }
    /** A script of its own, such as one rule; kept nowhere else. */
    | { readonly kind: 'content'; readonly name: string; readonly content: Uint8Array };
  /** Null: every mailbox but drafts, sent, junk and trash. */
  readonly mailboxId: MailboxId | null;
}

/**
 * Durable when it resolves; done by the job.
 * @throws {Refusal} `noSuchScript`, `noSuchMailbox`, `tooMany` under way, `tooLarge`, `noSuchAccount`, `mayNot`;
 * {InvalidScript}.
 */
export async function startRun(store: Store, actor: Actor, accountId: AccountId, given: NewRun): Promise<FilterRun> {
  const { source, mailboxId } = given;
  const content =
    source.kind === 'content' ? source.content : (await readScript(store, actor, accountId, source.name)).content;
  await checkScript(store, actor, content);
  const staged = await stageBlob(store, content);
  const at = store.now();
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', at);
    const places = await mailboxPlaces(tx, accountId);
    if (mailboxId !== null && places.byId(mailboxId) === undefined) throw new Refusal('noSuchMailbox');
    await makeRoom(tx);
    const id = tx.newId<FilterRunId>();
    const run: FilterRun = {
      id,
      name: source.name,
      hash: staged.hash,
      mailboxId,
      state: 'waiting',
      // Emails and runs are numbered by one counter: what comes later is not old mail.
      beforeEmailId: id,
      done: 0,
      total: await countEmails(tx, accountId, scopeOf(places, mailboxId)),
      changed: 0,
      failed: 0,
      lastError: null,
      createdAt: at,
      finishedAt: null,
      createdModseq: tx.modseq(),
    };
    await insertRun(tx, run);
    const { tenantId } = tx;
    await linkBlob(tx, staged, { accountId, tenantId, kind: 'script', owner: ownerOf(run), expiresAt: null }, at);
    const key = `${accountId}:${id}`;
    await enqueueJob(tx, { tenantId, kind: applyFilterKind, key, accountId, payload: { runId: id }, runAt: at }, at);
    tx.changed('FilterRun');
    const details = { run: id, script: run.name, emails: run.total };
    await recordTrace(tx, { tenantId, actor, verb: 'applyFilter', at, accountId, details });
    tx.afterCommit(() => wakeRunners(store));
    return run;
  });
}

/** Ends it where it is: what is done stays done. One that is over stays as it ended. @throws {Refusal} `noSuchJob`, `mayNot`. */
export function cancelRun(store: Store, actor: Actor, accountId: AccountId, id: FilterRunId): Promise<void> {
  const at = store.now();
  return transaction(store, accountId, async (tx) => {
    const run = await requireRun(tx, actor, id, at);
    if (isOver(run)) return;
    await updateRun(tx, { ...run, state: 'canceled', finishedAt: at });
    tx.changed('FilterRun');
  });
}

/** Takes a run away, cancelled first where it is under way. @throws {Refusal} `noSuchJob`, `mayNot`. */
export function removeRun(store: Store, actor: Actor, accountId: AccountId, id: FilterRunId): Promise<void> {
  return transaction(store, accountId, async (tx) => {
    await forget(tx, await requireRun(tx, actor, id, store.now()));
    tx.changed('FilterRun');
  });
}

export function isOver({ state }: Pick<FilterRun, 'state'>): boolean {
  return state === 'done' || state === 'canceled' || state === 'failed';
}

/** Where a run looks. */
export function scopeOf(places: Places, mailboxId: MailboxId | null): RunScope {
  if (mailboxId !== null) return { kind: 'one', mailboxId };
  const roles = ['drafts', 'sent', 'junk', 'trash'];
  return { kind: 'allBut', mailboxIds: roles.flatMap((role) => places.byRole(role) ?? []) };
}

async function requireRun(tx: AccountTx, actor: Actor, id: FilterRunId, at: number): Promise<FilterRun> {
  await requireRight(tx, actor, tx.accountId, 'manage', at);
  const run = (await selectRuns(tx, tx.accountId)).find((each) => each.id === id);
  if (!run) throw new Refusal('noSuchJob');
  return run;
}

async function makeRoom(tx: AccountTx): Promise<void> {
  const runs = await selectRuns(tx, tx.accountId);
  const underWay = runs.filter((run) => !isOver(run));
  if (underWay.length >= limits.underWay) throw new Refusal('tooMany', { limit: limits.underWay });
  for (const run of runs.filter(isOver).slice(limits.kept - 1)) await forget(tx, run);
}

async function forget(tx: AccountTx, run: FilterRun): Promise<void> {
  await deleteRun(tx, run);
  await unlinkBlob(tx, run.hash, { accountId: tx.accountId, kind: 'script', owner: ownerOf(run) });
}

function ownerOf({ id }: Pick<FilterRun, 'id'>): string {
  return `run:${id}`;
}
