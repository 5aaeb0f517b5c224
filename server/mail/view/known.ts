/**
 * What one program knows of a mailbox: how many emails, under which numbers, as of which modseq. It may lag behind the
 * view: news are told when the protocol allows, and an email that left keeps its number until its leaving is told.
 * The numbers (an array of uids, position by position) are made when first needed and shared with the view while both
 * agree, so a program that waits holds a few numbers and no array.
 */
import type { AccountId, MailboxId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { placeOf } from './columns.ts';
import type { MailboxView } from './open.ts';
import { selectGone } from './queries.ts';

export interface Known {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  /** Changes up to here have been told. */
  modseq: number;
  /** Above every uid that was told of. */
  uidNext: number;
  /** Emails, those that left untold included. */
  length: number;
  /** uids[n - 1] is the uid of number n; undefined until somebody asks. */
  uids: Uint32Array | undefined;
}

/** Tombstones read at once: more can only have come while a program slept for long, and then all are wanted. */
const allTombstones = 100_000_000;

/** The numbers as they were told, made now if they were not yet. @throws {LostCount} */
export async function numbersOf(store: Store, known: Known, view: MailboxView): Promise<Uint32Array> {
  if (known.uids) return known.uids;
  const { columns } = view;
  if (known.modseq >= view.modseq) return (known.uids = columns.uids);
  let gone: readonly number[];
  let readAt: number;
  do {
    readAt = view.modseq;
    gone = await read(store, (tx) =>
      selectGone(tx, known.accountId, known.mailboxId, known.modseq, known.uidNext, allTombstones),
    );
    // An email may leave, and the view follow, between the question and its answer: then it would be in neither.
  } while (view.modseq !== readAt);
  // Those that came after have uids from uidNext on; those that left since are put back in their places. One that left
  // after the view was read stands in both.
  const { uids, length } = view.columns;
  const present = uids.subarray(0, placeOf(uids, length, known.uidNext));
  known.uids = gone.length === 0 ? uids : merged(present, gone);
  const found = gone.length === 0 ? present.length : known.uids.length;
  if (found !== known.length) throw new LostCount(`${known.length} emails were told, ${found} are found`);
  return known.uids;
}

/** What was told and what is stored cannot be brought together: the program must begin anew. */
export class LostCount extends Error {
  override readonly name = 'LostCount';
}

function merged(present: Uint32Array, gone: readonly number[]): Uint32Array {
  return Uint32Array.from(new Set([...present, ...gone])).sort();
}

/** Lets go of the array, where it can be made again. */
export function restNumbers(known: Known, view: MailboxView): void {
  if (known.uids === view.columns.uids && known.length === view.columns.length && known.modseq === view.modseq) {
    known.uids = undefined;
  }
}

/** What a program is to be told to be where the view is. */
export interface News {
  /** Numbers of emails that left, each as it is once the ones before it are taken out (RFC 9051 §7.5.1); and their uids. */
  readonly expunged: readonly { readonly number: number; readonly uid: number }[];
  /** The new count, where emails came. */
  readonly exists: number | undefined;
  /** Numbers, after all that, and places in the view's columns of emails whose flags changed, ascending. */
  readonly changed: readonly { readonly number: number; readonly at: number }[];
}

const nothing: News = { expunged: [], exists: undefined, changed: [] };

/**
 * Finds what is new and takes it as told. `known.uids` must be there unless nothing is new.
 * @param mayExpunge whether numbers may change now; else those that left stay where they are.
 */
export function takeNews(known: Known, view: MailboxView, mayExpunge: boolean): News {
  const { columns } = view;
  if (known.modseq === view.modseq && isInStep(known, view)) return nothing;
  const uids = known.uids;
  if (!uids) throw new LostCount('the numbers are not made');
  const before = known.length;
  const expunged: { number: number; uid: number }[] = [];
  if (uids !== columns.uids) {
    if (mayExpunge) {
      for (let at = 0, place = 0; at < before; at += 1) {
        const uid = uids[at] ?? 0;
        while (place < columns.length && (columns.uids[place] ?? 0) < uid) place += 1;
        if (columns.uids[place] !== uid || place >= columns.length)
          expunged.push({ number: at + 1 - expunged.length, uid });
      }
    } else if (!isPrefix(uids, before, columns.uids, columns.length)) {
      return keepGone(known, view);
    }
  }
  const kept = before - expunged.length;
  const exists = columns.length > kept ? columns.length : undefined;
  const changed: { number: number; at: number }[] = [];
  if (view.modseq > known.modseq) {
    for (let at = 0; at < kept; at += 1) {
      if ((columns.modseqs[at] ?? 0) > known.modseq) changed.push({ number: at + 1, at });
    }
  }
  adopt(known, view);
  return { expunged, exists, changed };
}

/** The view's own numbers, all of them. */
function adopt(known: Known, { columns, modseq }: MailboxView): void {
  known.uids = columns.uids;
  known.length = columns.length;
  known.modseq = modseq;
  known.uidNext = Math.max(known.uidNext, (columns.uids[columns.length - 1] ?? 0) + 1);
}

function isInStep(known: Known, { columns }: MailboxView): boolean {
  return known.uids === undefined || (known.uids === columns.uids && known.length === columns.length);
}

function isPrefix(uids: Uint32Array, length: number, of: Uint32Array, ofLength: number): boolean {
  if (length > ofLength) return false;
  for (let at = 0; at < length; at += 1) if (uids[at] !== of[at]) return false;
  return true;
}

/** Emails left, but may not leave yet: what came and what changed is told with them still in their places. */
function keepGone(known: Known, { columns, modseq }: MailboxView): News {
  const old = known.uids ?? new Uint32Array();
  const from = placeOf(columns.uids, columns.length, known.uidNext);
  const fresh = columns.uids.subarray(from, columns.length);
  const uids = new Uint32Array(known.length + fresh.length);
  uids.set(old.subarray(0, known.length));
  uids.set(fresh, known.length);
  const changed: { number: number; at: number }[] = [];
  for (let number = 1, at = 0; at < from; at += 1) {
    if ((columns.modseqs[at] ?? 0) <= known.modseq) continue;
    const uid = columns.uids[at] ?? 0;
    while ((uids[number - 1] ?? 0) < uid) number += 1;
    changed.push({ number, at });
  }
  known.uids = uids;
  known.length = uids.length;
  known.modseq = modseq;
  known.uidNext = Math.max(known.uidNext, (uids[uids.length - 1] ?? 0) + 1);
  return { expunged: [], exists: fresh.length > 0 ? uids.length : undefined, changed };
}
