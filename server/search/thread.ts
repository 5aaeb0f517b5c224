/**
 * The body of the thread that fills the search index: decoding, splitting and writing all happen here, and at lower
 * priority than what people wait for. It works off what is due, account after account, those asked for first.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

import { StoreUnavailable } from '#server/store/connection.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { StoreOptions } from '#server/store/open.ts';
import { openSearchWriter, openThreadStore } from '#server/store/search-open.ts';
import type { SearchChange } from '#server/store/search.ts';
import { read } from '#server/store/store.ts';

import { batchIndexer } from './index-batch.ts';
import { countDue, type Due, selectDue, selectDueOf } from './queries.ts';

export type ToThread =
  | { readonly kind: 'work'; readonly accountId: AccountId }
  | { readonly kind: 'forgotten'; readonly id: number; readonly isDone: boolean }
  | { readonly kind: 'reset' | 'setComplete' | 'close' };

export type FromThread =
  | { readonly kind: 'ready'; readonly isComplete: boolean }
  | { readonly kind: 'forget'; readonly id: number; readonly due: readonly Due[] }
  | { readonly kind: 'progress' | 'reset' | 'closed' }
  | { readonly kind: 'problem'; readonly message: string };

const emailsPerBatch = 250;
/** How long new mail may wait when nobody searches; who does asks for it. */
const lookEveryMs = 1_000;
/**
 * While mail comes in faster than this, deliveries have the machine to themselves: a batch is cheaper than its emails one
 * by one. Looked at so often and before each batch; at the latest after so long, the list is worked off whatever comes.
 * Nobody misses it meanwhile: who searches has the own account's emails taken first.
 */
const busy = { perSecond: 100, lookEveryMs: 250, lagMs: 30_000 };
/** Where counting ends: a list this long is a rebuild or an import. */
const countAtMost = 20_000;
const retryMs = 2_000;
const niceness = 19;

const port = parentPort;
if (!port) throw new Error('thread.ts is the body of a worker');
const say = (message: FromThread): void => port.postMessage(message);
const tell = (problem: string): void => say({ kind: 'problem', message: problem });

yieldToOthers();
const options: StoreOptions = workerData;
const store = await openThreadStore(options);
const writer = openSearchWriter(store, options, forget);
const index = batchIndexer(store, writer, tell);

const forgetting = new Map<number, (isDone: boolean) => void>();
let lastForget = 0;
const asked = new Set<AccountId>();
const orders: ('reset' | 'setComplete')[] = [];
const life = { isClosing: false };
let ring: () => void = () => undefined;
let after: Due | undefined;
/** Since when something is due, and how much was when last looked at; undefined while nothing is. */
let course: { readonly sinceMs: number; readonly due: number; readonly atMs: number } | undefined;

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'work':
      asked.add(message.accountId);
      break;
    case 'forgotten':
      forgetting.get(message.id)?.(message.isDone);
      return;
    case 'close':
      life.isClosing = true;
      break;
    case 'reset':
    case 'setComplete':
      orders.push(message.kind);
      break;
    default:
      message satisfies never;
  }
  ring();
});

await work();

async function work(): Promise<void> {
  let isReady = false;
  while (!life.isClosing) {
    let restMs = 0;
    try {
      if (!isReady) say({ kind: 'ready', isComplete: await writer.prepare() });
      isReady = true;
      await obey();
      const batch = await nextBatch();
      if (batch === 'later') restMs = busy.lookEveryMs;
      else if (batch.length > 0) {
        await index(batch);
        if (course) course = { ...course, due: Math.max(0, course.due - batch.length) };
        say({ kind: 'progress' });
      } else {
        course = undefined;
        restMs = lookEveryMs;
      }
    } catch (error) {
      tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
      restMs = retryMs;
    }
    if (restMs > 0 && asked.size === 0 && orders.length === 0) await rest(restMs);
  }
  await writer.close();
  await store.close();
  say({ kind: 'closed' });
  port?.close();
}

async function obey(): Promise<void> {
  for (let order = orders.shift(); order; order = orders.shift()) {
    if (order === 'reset') {
      await writer.reset();
      say({ kind: 'reset' });
    } else await writer.setComplete();
  }
}

/** What somebody waits for, else the next in turn: a busy account does not keep the others waiting. */
async function nextBatch(): Promise<readonly Due[] | 'later'> {
  for (const accountId of asked) {
    const due = await read(store, (tx) => selectDueOf(tx, accountId, emailsPerBatch));
    if (due.length < emailsPerBatch) asked.delete(accountId);
    if (due.length > 0) return due;
  }
  if (await mustWait()) return 'later';
  const next = await read(store, (tx) => selectDue(tx, after, emailsPerBatch));
  // At the end of the list, begin again; an empty list from the beginning is the end of the work.
  const batch = next.length === 0 && after ? await read(store, (tx) => selectDue(tx, undefined, emailsPerBatch)) : next;
  after = batch.at(-1);
  return batch;
}

/** Whether mail is pouring in, and what is due has not waited too long. */
async function mustWait(): Promise<boolean> {
  const nowMs = performance.now();
  const last = course ?? { sinceMs: nowMs, due: 0, atMs: nowMs - busy.lookEveryMs };
  if (nowMs - last.sinceMs > busy.lagMs) return false;
  const due = await read(store, (tx) => countDue(tx, countAtMost));
  course = { sinceMs: last.sinceMs, due, atMs: nowMs };
  const perSecond = ((due - last.due) / Math.max(1, nowMs - last.atMs)) * 1000;
  return due < countAtMost && perSecond > busy.perSecond;
}

/** The main thread ends due rows in the main database: two writers there would only wait for each other. */
function forget(changes: readonly SearchChange[]): Promise<void> {
  lastForget += 1;
  const id = lastForget;
  const due = changes.map(({ accountId, emailId, modseq }) => ({ accountId, emailId, modseq }));
  return new Promise((resolve, reject) => {
    forgetting.set(id, (isDone) => {
      forgetting.delete(id);
      if (isDone) resolve();
      else reject(new StoreUnavailable('due rows could not be ended'));
    });
    say({ kind: 'forget', id, due });
  });
}

function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    ring = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** Linux gives each thread a priority of its own; elsewhere there is nothing to read, and nothing is changed. */
function yieldToOthers(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (thread > 0 && thread !== process.pid) setPriority(thread, niceness);
  } catch {
    // No such file: not Linux.
  }
}
