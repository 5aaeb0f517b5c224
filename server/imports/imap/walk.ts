/**
 * The walk through an old server: folder after folder, message after message, in batches. A connection that breaks is
 * made anew a few times, as long as something comes each time; what was filed stays, and is not fetched again.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { ImapFlow } from 'imapflow';

import { Refusal } from '#server/access/refusal.ts';
import { batchLimits, type IncomingMessage } from '#server/imports/file-batch.ts';
import {
  checkRunning,
  countFolder,
  type Course,
  Interrupted,
  noteProgress,
  openFolder,
  type OpenFolder,
  refuseFolder,
  takeStep,
} from '#server/imports/course.ts';
import { type PlannedFolder, planFolders } from '#server/imports/folders.ts';
import type { Pace } from '#server/imports/pace.ts';
import type { ImapSource, RefusedMessage } from '#server/imports/record.ts';
import { StoreUnavailable } from '#server/store/connection.ts';
import {
  type ConnectLimits,
  connectImap,
  isLineOpen,
  ofOneThere,
  requireLine,
  saysLater,
  SourceFailure,
} from './connect.ts';
import { fetchMessages, type Suspects } from './fetch.ts';
import type { Guard } from './guard.ts';
import { type ListedMessage, listFolders, listMessages, mostListed, openMailbox } from './listing.ts';
import type { Reach } from './reach.ts';

export interface Walk {
  readonly source: ImapSource;
  readonly password: string;
  readonly reach: Reach;
  readonly limits: ConnectLimits;
  readonly pace: Pace;
  /** Before another connection is made; doubled with each that brought nothing. */
  readonly firstPauseMs: number;
  /** Aborted when the server closes. */
  readonly signal: AbortSignal;
}

/** New connections after one that broke, without anything having come. */
const mostReconnections = 3;
/** However slow the old server is: whoever watches sees it move, and no more than this is fetched twice after a death. */
const flushEveryMs = 2_000;
const listOctets = 2 * 1024 * 1024;
/** What the flags and date of a message take at most, on the average of a folder. */
const listedOctets = 400;
const mostListedOctets = 256 * 1024 * 1024;

/**
 * Imports all that is not known yet. Resolves when everything is done with.
 * @throws {SourceFailure}, {Interrupted}, {Refusal} `overQuota`; an AbortError when the server closes.
 */
export async function walkImap(course: Course, walk: Walk): Promise<void> {
  const suspects = new Map<string, Suspects>();
  const finished = new Set<string>();
  for (let broken = 0; ;) {
    const before = course.progress;
    try {
      return await walkOnce(course, walk, suspects, finished);
    } catch (error) {
      if (!(error instanceof SourceFailure) || error.isLasting) throw error;
      const hasMoved = course.progress.imported + course.progress.duplicates > before.imported + before.duplicates;
      broken = hasMoved ? 1 : broken + 1;
      if (broken > mostReconnections || isWrongName(course, error)) throw error;
      await sleep(walk.firstPauseMs * 2 ** broken, undefined, { signal: walk.signal });
    }
  }
}

/** A server that cannot be reached from the first is a wrong name, sooner than a passing fault. */
export function isWrongName({ progress }: Course, { isThere }: SourceFailure): boolean {
  return progress.folders === 0 && !isThere;
}

async function walkOnce(
  course: Course,
  walk: Walk,
  suspects: Map<string, Suspects>,
  finished: Set<string>,
): Promise<void> {
  const { client, guard } = await connectImap(walk.source, walk.password, walk.reach, walk.limits);
  const close = (): void => client.close();
  walk.signal.addEventListener('abort', close);
  try {
    walk.signal.throwIfAborted();
    guard.expect(listOctets);
    const folders = planFolders(await listFolders(client));
    await noteProgress(course, { folders: folders.length, foldersDone: finished.size });
    let busy: unknown;
    for (const folder of folders) {
      if (finished.has(folder.path)) continue;
      const doubts = suspects.getOrInsertComputed(folder.path, () => new Map());
      try {
        await walkFolder({ course, walk, client, guard, suspects: doubts }, folder);
      } catch (error) {
        // A folder that somebody else has open keeps none of the others waiting.
        if (!saysLater(error) || !isLineOpen(client)) throw error;
        busy = error;
        continue;
      }
      finished.add(folder.path);
      await noteProgress(course, { foldersDone: finished.size });
    }
    await noteProgress(course, { folder: null });
    if (busy !== undefined) throw ofOneThere(busy, client);
    await client.logout().catch(() => undefined);
  } catch (error) {
    walk.signal.throwIfAborted();
    throw isOurs(error) ? error : ofOneThere(error, client);
  } finally {
    walk.signal.removeEventListener('abort', close);
    guard.stop();
    client.close();
  }
}

/** What our own verbs throw, and faults of ours; anything else came of the connection. */
function isOurs(error: unknown): boolean {
  return (
    error instanceof SourceFailure ||
    error instanceof Interrupted ||
    error instanceof Refusal ||
    error instanceof StoreUnavailable ||
    error instanceof TypeError ||
    error instanceof RangeError
  );
}

interface AtWork {
  readonly course: Course;
  readonly walk: Walk;
  readonly client: ImapFlow;
  readonly guard: Guard;
  readonly suspects: Suspects;
}

async function walkFolder(work: AtWork, planned: PlannedFolder): Promise<void> {
  const { course, client, guard } = work;
  guard.expect(listOctets);
  requireLine(client);
  const opened = await client.mailboxOpen(planned.path, { readOnly: true }).catch((error: unknown) => {
    if (isLineOpen(client) && !saysLater(error)) return undefined;
    throw error;
  });
  requireLine(client);
  const uidValidity = Number(opened?.uidValidity ?? 0);
  // A folder that cannot be opened, or has no uidValidity to go by (RFC 9051 §2.3.1.1), is told and passed over.
  if (!opened || !Number.isSafeInteger(uidValidity) || uidValidity < 1)
    return refuseFolder(course, planned.label, 'badFolder');
  const folder = await openPlanned(course, planned, uidValidity);
  if (!folder) return refuseFolder(course, planned.label, 'badFolder');
  for (let isFirst = true; ; isFirst = false) {
    guard.expect(Math.min(mostListedOctets, listOctets + opened.exists * listedOctets));
    const messages = await listMessages(client, folder.mark.lastUid, course.store.now());
    // A server that names fewer than it has would otherwise pass for one that gave all.
    const isShort = folder.mark.lastUid === 0 && messages.length < Math.min(mostListed, openMailbox(client).exists);
    if (isShort && isFirst && !folder.isAgain) await refuseFolder(course, planned.label, 'gone');
    const isNew = !(isFirst && folder.isAgain);
    const known = isFirst && isNew && folder.mark.lastUid > 0 ? Math.max(0, opened.exists - messages.length) : 0;
    if (messages.length === 0 && known === 0) return;
    await countFolder(course, folder, { messages: (isNew ? messages.length : 0) + known, duplicates: known });
    if (messages.length === 0) return;
    await takeMessages(work, folder, messages);
  }
}

/** undefined where no mailbox may be called so. */
async function openPlanned(
  course: Course,
  planned: PlannedFolder,
  uidValidity: number,
): Promise<OpenFolder | undefined> {
  try {
    return await openFolder(course, planned, uidValidity);
  } catch (error) {
    if (error instanceof Refusal && ['invalidProperties', 'alreadyExists', 'tooMany'].includes(error.reason))
      return undefined;
    throw error;
  }
}

async function takeMessages(work: AtWork, folder: OpenFolder, messages: readonly ListedMessage[]): Promise<void> {
  const { course, walk, client, guard, suspects } = work;
  const frontier = frontierOf(messages, folder.mark.lastUid);
  let batch: IncomingMessage[] = [];
  let refused: RefusedMessage[] = [];
  let octets = 0;
  let flushedAt = performance.now();
  const isFull = (): boolean =>
    batch.length + refused.length >= batchLimits.messages ||
    octets >= batchLimits.octets ||
    performance.now() - flushedAt > flushEveryMs;
  const flush = async (): Promise<void> => {
    if (batch.length + refused.length === 0) return;
    const step = { batch, refused, lastUid: frontier.uid() };
    [batch, refused, octets] = [[], [], 0];
    await takeStep(course, folder, step);
    flushedAt = performance.now();
    guard.touch();
  };
  try {
    for await (const fetched of fetchMessages(client, messages, guard, suspects, walk.limits)) {
      const { uid, keywords, receivedAt } = fetched.listed;
      frontier.pass(uid);
      if (fetched.kind === 'refused') {
        refused.push({ folder: folder.place.folder, message: String(uid), reason: fetched.reason });
      } else {
        batch.push({ message: String(uid), octets: fetched.octets, keywords, receivedAt });
        octets += fetched.octets.length;
        await walk.pace.spend(fetched.octets.length, walk.signal);
      }
      if (isFull()) await flush();
    }
  } catch (error) {
    // What came before the connection broke is worth keeping.
    if (error instanceof SourceFailure) await flush();
    throw error;
  }
  await flush();
  await checkRunning(course);
}

/**
 * Up to where all is done with, whatever the order in which a server answers: what is beyond is fetched again after a
 * break, and known by its octets then.
 */
function frontierOf(messages: readonly ListedMessage[], from: number): { pass(uid: number): void; uid(): number } {
  const beyond = new Set<number>();
  let next = 0;
  let uid = from;
  return {
    pass(passed) {
      beyond.add(passed);
      for (let listed = messages[next]; listed && beyond.delete(listed.uid); listed = messages[next]) {
        uid = listed.uid;
        next += 1;
      }
    },
    uid: () => uid,
  };
}
