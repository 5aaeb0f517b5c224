/**
 * The job `applyFilter`: a script over the emails of an account, the newest first, a batch a transaction. Each batch notes
 * how far it came in the transaction that changes its emails: killed at any instant, the run goes on where it was, and
 * an email met twice is changed once.
 */
import { setImmediate as yieldToOthers } from 'node:timers/promises';

import { parseMessage } from '#formats/message/parse.ts';
import { SieveError } from '#formats/sieve/error.ts';
import { sieveErrorText } from '#formats/sieve/error-text.ts';
import { sieveMessage } from '#formats/sieve/message.ts';
import type { Finished, Script, SieveMessage } from '#formats/sieve/types.ts';
import type { SystemActor } from '#server/access/actor.ts';
import { addressesOf } from '#server/directory/account-addresses.ts';
import type { JobKind } from '#server/jobs/run.ts';
import { changeEmailsIn, type EmailChange } from '#server/mail/emails/change.ts';
import { recordStops } from '#server/mail/emails/passport.ts';
import { type EmailWithMailboxes, readEmails } from '#server/mail/emails/read.ts';
import { wordsOf } from '#server/mail/keywords.ts';
import { mailboxPlaces } from '#server/mail/mailboxes/locate.ts';
import { requireMailboxByRole } from '#server/mail/mailboxes/role.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asId, type EmailId, type FilterRunId, type TenantId } from '#server/store/ids.ts';
import { finishJob, type Job, renewJob } from '#server/store/jobs.ts';
import { read, type Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import { destinationFinder, type FindDestination } from '#server/filters/destination.ts';
import { asKeywords } from '#server/filters/flags.ts';
import { words } from '#server/filters/letters/words.ts';
import { loadScript } from '#server/filters/load.ts';
import { filterPolicy } from '#server/filters/policy.ts';
import { type Owner, selectOwner } from '#server/filters/queries/owner.ts';
import { type FilterRun, selectNextEmails, selectRuns, updateRun } from '#server/filters/queries/runs.ts';
import { runScript } from '#server/filters/world.ts';
import { planChange } from './plan.ts';
import { isOver, scopeOf } from './start.ts';

const leaseMs = 120_000;
const emailsPerBatch = 50;
/** Faults of ours in a row; a run that meets more is given up. */
const attempts = 8;

const actor: SystemActor = { kind: 'system', as: 'job' };

export function applyFilterJob(store: Store): JobKind {
  return { leaseMs, atOnce: 2, attempts, run: (job) => apply(store, job) };
}

interface Task {
  readonly store: Store;
  readonly job: Job;
  readonly accountId: AccountId;
  readonly tenantId: TenantId;
  readonly runId: FilterRunId;
  readonly owner: Owner;
  readonly addresses: readonly string[];
  readonly script: Script | SieveError;
}

async function apply(store: Store, job: Job): Promise<void> {
  const task = await openTask(store, job);
  if (!task) return;
  try {
    while (await batch(task));
  } catch (error) {
    if (job.attempts >= attempts) await giveUp(task, error);
    throw error;
  }
}

/** undefined where there is nothing (more) to do: the job is finished. */
async function openTask(store: Store, job: Job): Promise<Task | undefined> {
  const { accountId, tenantId, payload } = job;
  const given = typeof payload === 'object' && payload !== null && 'runId' in payload ? payload.runId : 0;
  if (accountId === null) throw new TypeError('a run of no account');
  const runId = asId<FilterRunId>(Number(given));
  const found = await read(store, async (tx) => {
    const run = (await selectRuns(tx, accountId)).find(({ id }) => id === runId);
    const owner = await selectOwner(tx, accountId);
    return run && owner && { run, owner, addresses: await addressesOf(tx, tenantId, accountId) };
  });
  if (!found || isOver(found.run)) {
    await transaction(store, accountId, (tx) => finishJob(tx, job));
    return undefined;
  }
  const { run, owner, addresses } = found;
  const script = await loadScript(store, tenantId, run.hash);
  return { store, job, accountId, tenantId, runId, owner, addresses, script };
}

/** @returns whether there may be more. */
async function batch(task: Task): Promise<boolean> {
  const { store, accountId, runId, script } = task;
  const next = await read(store, async (tx) => {
    const run = (await selectRuns(tx, accountId)).find(({ id }) => id === runId);
    if (!run || isOver(run)) return undefined;
    const scope = scopeOf(await mailboxPlaces(tx, accountId), run.mailboxId);
    return { run, ids: await selectNextEmails(tx, accountId, scope, run.beforeEmailId, emailsPerBatch) };
  });
  if (!next || script instanceof SieveError) return conclude(task, script instanceof SieveError ? script : undefined);
  const { emails } = await readEmails(store, actor, accountId, next.ids);
  const outcomes: Evaluated[] = [];
  for (const email of emails) {
    outcomes.push(await evaluateOld(task, script, email));
    await yieldToOthers();
  }
  return commit(task, next.ids, outcomes);
}

interface Evaluated {
  readonly email: EmailWithMailboxes;
  readonly finished: Finished;
}

async function evaluateOld(task: Task, script: Script, email: EmailWithMailboxes): Promise<Evaluated> {
  const { store, tenantId, owner, addresses } = task;
  const blob = await openBlob(store, tenantId, email.hash);
  const octets = (await blob?.bytes()) ?? new Uint8Array();
  const message = sieveMessage(octets, parseMessage(octets));
  const { timeZone, hostName } = filterPolicy(store);
  const { finished } = await runScript(store, task, script, {
    message,
    envelope: { from: returnPathOf(message), to: owner.email, auth: null },
    environment: { name: 'Pli', host: hostName, location: 'MS', phase: 'post' },
    nowMs: store.now(),
    timeZone,
    spamPercent: wordsOf(email.keywords).includes('$junk') ? 100 : null,
    virus: 0,
    ownAddresses: [owner.email, ...addresses.filter((address) => address !== owner.email)],
  });
  return { email, finished };
}

/** The envelope itself is not kept with an email; what the last delivery wrote on it is. */
function returnPathOf(message: SieveMessage): string {
  return message.fieldsNamed('return-path')[0]?.text.replace(/^<|>$/g, '') ?? '';
}

/** One transaction: the batch's changes, their passports, and how far the run came. @returns whether there may be more. */
function commit(task: Task, ids: readonly EmailId[], outcomes: readonly Evaluated[]): Promise<boolean> {
  const { store, job, accountId, runId } = task;
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    const run = (await selectRuns(tx, accountId)).find(({ id }) => id === runId);
    if (!run || isOver(run)) return finishJob(tx, job).then(() => false);
    const find = destinationFinder(tx, at);
    const planned: { readonly change: EmailChange; readonly because: string | undefined }[] = [];
    for (const outcome of outcomes) planned.push(await changeFor(tx, task, run, find, outcome, at));
    const changes = planned.map(({ change }) => change).filter(hasChange);
    const refused = await changeEmailsIn(tx, changes);
    for (const { emailId } of changes) {
      if (!refused.has(emailId))
        await recordStops(tx, emailId, [
          { at, stop: 'filter', details: { script: run.name, action: 'apply', run: runId } },
        ]);
    }
    const problems = planned.flatMap(({ because }) => because ?? []);
    const last = ids.at(-1);
    const isDone = last === undefined;
    await updateRun(tx, {
      ...run,
      state: isDone ? 'done' : 'running',
      beforeEmailId: last ?? run.beforeEmailId,
      done: run.done + ids.length,
      changed: run.changed + changes.length - refused.size,
      failed: run.failed + problems.length + refused.size,
      lastError: problems.at(-1) ?? run.lastError,
      finishedAt: isDone ? at : null,
    });
    tx.changed('FilterRun');
    if (isDone) await finishJob(tx, job);
    else await renewJob(tx, job, { runId }, at + leaseMs);
    return !isDone;
  });
}

async function changeFor(
  tx: AccountTx,
  { owner }: Task,
  run: FilterRun,
  find: FindDestination,
  { email, finished }: Evaluated,
  at: number,
): Promise<{ readonly change: EmailChange; readonly because: string | undefined }> {
  const emailId = email.id;
  if (finished.error) return { change: { emailId }, because: sieveErrorText(finished.error, owner.language) };
  const { stays, enters, isDiscarded, flags } = planChange(finished);
  const add = isDiscarded ? [await requireMailboxByRole(tx, 'trash', at)] : [];
  for (const destination of enters) {
    const mailboxId = await find(destination);
    if (mailboxId === undefined)
      return { change: { emailId }, because: words[owner.language].denied.noSuchMailbox(destination.mailbox) };
    add.push(mailboxId);
  }
  const here = run.mailboxId === null ? email.mailboxIds : [run.mailboxId];
  const remove = stays || add.length === 0 ? [] : here.filter((id) => !add.includes(id));
  const had = new Set(wordsOf(email.keywords));
  const keywords = wordsOf(asKeywords(flags)).filter((word) => !had.has(word));
  const enter = add.filter((id) => !email.mailboxIds.includes(id));
  return {
    change: {
      emailId,
      ...(keywords.length > 0 && { keywords: { kind: 'patch', add: keywords, remove: [] } }),
      ...(enter.length + remove.length > 0 && { mailboxIds: { kind: 'patch', add: enter, remove } }),
    },
    because: undefined,
  };
}

function hasChange(change: EmailChange): boolean {
  return change.keywords !== undefined || change.mailboxIds !== undefined;
}

/** The run is over already, or its script can be read no more. @returns false: there is no more. */
function conclude(task: Task, broken: SieveError | undefined): Promise<boolean> {
  const { store, job, accountId, runId, owner } = task;
  return transaction(store, accountId, async (tx) => {
    const run = (await selectRuns(tx, accountId)).find(({ id }) => id === runId);
    if (run && !isOver(run) && broken) {
      const lastError = sieveErrorText(broken, owner.language);
      await updateRun(tx, { ...run, state: 'failed', lastError, finishedAt: store.now() });
      tx.changed('FilterRun');
    }
    await finishJob(tx, job);
    return false;
  });
}

async function giveUp({ store, accountId, runId }: Task, error: unknown): Promise<void> {
  await transaction(store, accountId, async (tx) => {
    const run = (await selectRuns(tx, accountId)).find(({ id }) => id === runId);
    if (!run || isOver(run)) return;
    const lastError = error instanceof Error ? error.message : String(error);
    await updateRun(tx, { ...run, state: 'failed', lastError, finishedAt: store.now() });
    tx.changed('FilterRun');
  });
}
