/** Searching the selected mailbox, and telling what was found (RFC 9051 §6.4.4, RFC 5182, RFC 5267 §3, RFC 7162 §3.1.5, RFC 9394). */
import { partialSpan } from '#formats/imap/partial.ts';
import { type Esearch, printEsearch } from '#formats/imap/print-search.ts';
import type { SearchKey } from '#formats/imap/search-key.ts';
import type { SearchReturn } from '#formats/imap/search.ts';
import { printInOrder } from '#formats/imap/sequence-set.ts';
import { numbersOf } from '#server/mail/view/known.ts';
import { openView } from '#server/mail/view/open.ts';
import { findPlaces } from '#server/mail/view/search/match.ts';
import { type Sight, takeSight } from '#server/mail/view/search/sight.ts';
import { isUtf8, selectedIn, type Session, whoIn } from '#server/protocols/imap/session.ts';

import { criterionOf, hasKey } from './criteria.ts';

export interface Found {
  readonly sight: Sight;
  /** From 0, ascending. */
  readonly places: Uint32Array;
}

/** What meets the key in the selected mailbox, by the numbers the client knows. */
export async function searchSelected(session: Session, key: SearchKey): Promise<Found> {
  const { store } = session;
  const { accountId, mailboxId, known, saved } = selectedIn(session);
  const { actor } = whoIn(session);
  // RFC 7162 §3.1: who asks for modseqs wants them told from now on
  if (hasKey(key, 'modseq')) session.enabled.condstore = true;
  const view = await openView(store, actor, accountId, mailboxId);
  const uids = await numbersOf(store, known, view);
  const sight = takeSight(view, uids, known.length);
  const criterion = criterionOf(key, { sight, saved, nowMs: store.now() });
  return { sight, places: await findPlaces(store, actor, sight, criterion) };
}

export interface Telling {
  readonly tag: string;
  readonly byUid: boolean;
  readonly returns: SearchReturn;
  readonly mailbox?: Esearch['mailbox'];
  readonly wantsModseq: boolean;
}

/** The ESEARCH response to places in the order they are to be told; undefined where only saving was asked for. */
export function printFound(session: Session, sight: Sight, places: Uint32Array, telling: Telling): string | undefined {
  const { tag, byUid, returns, mailbox, wantsModseq } = telling;
  const { min, max, all, count, partial } = returns;
  if (!min && !max && !all && !count && partial === undefined) return undefined;
  const numbers = numbersAt(sight, places, byUid);
  const page = partial && partialSpan(partial, numbers.length);
  return printEsearch(
    {
      tag,
      byUid,
      mailbox,
      min: min ? numbers.at(0) : undefined,
      max: max ? numbers.at(-1) : undefined,
      all: all ? printInOrder(numbers) : undefined,
      count: count ? numbers.length : undefined,
      partial: partial && { range: partial, found: printInOrder(numbers.subarray(page?.start, page?.end)) },
      modseq: wantsModseq ? highestModseq(sight, told(places, returns)) : undefined,
    },
    isUtf8(session),
  );
}

/** What RETURN (SAVE) keeps: the ends where nothing but ends was asked for, one page of PARTIAL, else all (RFC 5182 §2.1, RFC 9394 §3.1). */
export function save(session: Session, sight: Sight, places: Uint32Array, returns: SearchReturn): void {
  const { all, count, partial } = returns;
  const page = partial && partialSpan(partial, places.length);
  const kept = page && !all && !count ? places.subarray(page.start, page.end) : told(places, returns);
  selectedIn(session).saved = Uint32Array.from(kept, (place) => sight.uids[place] ?? 0).sort();
}

/** Sequence numbers or UIDs. */
export function numbersAt(sight: Sight, places: Uint32Array, byUid: boolean): Uint32Array {
  return places.map((place) => (byUid ? (sight.uids[place] ?? 0) : place + 1));
}

/** The largest of what was found; undefined where nothing was. */
export function highestModseq(sight: Sight, places: Iterable<number>): number | undefined {
  let highest: number | undefined;
  for (const place of places) highest = Math.max(highest ?? 0, sight.modseqs[place] ?? 0);
  return highest;
}

/** Only the ends where only these are asked for (RFC 4731 §3.2, RFC 5182 §2.1). */
function told(places: Uint32Array, { min, max, all, count, partial }: SearchReturn): Uint32Array {
  if ((!min && !max) || all || count || partial !== undefined || places.length === 0) return places;
  const ends = [...(min ? places.slice(0, 1) : []), ...(max ? places.slice(-1) : [])];
  return Uint32Array.from(new Set(ends));
}
