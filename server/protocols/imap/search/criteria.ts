/** Search keys (RFC 9051 §6.4.4) as the criteria of a mailbox's search: numbers as places, flags as the store knows them, days as instants in UTC. */
import type { SearchKey } from '#formats/imap/search-key.ts';
import { rangesOf, resolveSet, type SequenceSet } from '#formats/imap/sequence-set.ts';
import { readNumberedId } from '#formats/jmap/id.ts';
import { bitOfKeyword, deletedBit } from '#server/mail/keywords.ts';
import { placeOf } from '#server/mail/view/columns.ts';
import type { Criterion } from '#server/mail/view/search/criterion.ts';
import type { Sight } from '#server/mail/view/search/sight.ts';
import { askedFlags } from '#server/protocols/imap/fetch/flags.ts';

const dayMs = 86_400_000;

/** What a set may refer to: the mailbox searched, and what the last search saved of it. */
export interface Reach {
  readonly sight: Sight;
  /** UIDs, ascending. */
  readonly saved: Uint32Array;
  readonly nowMs: number;
}

export function criterionOf(key: SearchKey, reach: Reach): Criterion {
  switch (key.kind) {
    case 'all':
    case 'saveDateSupported': // RFC 8514 §4.1: true wherever dates are kept, which is everywhere
      return { kind: 'all' };
    case 'recent':
      return { kind: 'none' };
    case 'and':
    case 'or':
      return { kind: key.kind, of: key.keys.map((each) => criterionOf(each, reach)) };
    case 'not':
      return { kind: 'not', of: criterionOf(key.key, reach) };
    case 'numbers':
      return { kind: 'places', spans: spansByNumber(key.set, reach) };
    case 'uids':
      return { kind: 'places', spans: spansByUid(key.set, reach) };
    case 'flag':
      return flagCriterion(key.flag);
    case 'header':
      return { kind: 'header', field: key.field, text: key.text };
    case 'body':
    case 'text':
      return { kind: 'text', where: key.kind, text: key.text };
    case 'date':
      return dateCriterion(key);
    case 'size':
      return key.is === 'larger'
        ? { kind: 'size', above: key.octets, below: Number.POSITIVE_INFINITY }
        : { kind: 'size', above: -1, below: key.octets };
    case 'within': {
      // RFC 5032 §3: both hold for an email of exactly that age
      const border = reach.nowMs - key.seconds * 1000;
      return key.is === 'younger'
        ? { kind: 'received', from: border, until: Number.POSITIVE_INFINITY }
        : { kind: 'received', from: Number.NEGATIVE_INFINITY, until: border + 1 };
    }
    case 'modseq':
      return { kind: 'modseq', least: key.modseq };
    case 'emailId':
      return { kind: 'email', id: readNumberedId('e', key.id) ?? -1 };
    case 'threadId':
      return { kind: 'thread', id: readNumberedId('t', key.id) ?? -1 };
  }
}

/** Whether the key is or holds one of this kind. */
export function hasKey(key: SearchKey, kind: SearchKey['kind']): boolean {
  if (key.kind === kind) return true;
  if (key.kind === 'and' || key.kind === 'or') return key.keys.some((each) => hasKey(each, kind));
  return key.kind === 'not' && hasKey(key.key, kind);
}

function flagCriterion(flag: string): Criterion {
  const { isDeleted, keywords } = askedFlags([flag]);
  if (isDeleted) return { kind: 'bit', bit: deletedBit };
  const [keyword] = keywords;
  // A system flag nobody has defined stands on no email.
  if (keyword === undefined) return { kind: 'none' };
  const bit = bitOfKeyword(keyword);
  return bit === undefined ? { kind: 'keyword', keyword } : { kind: 'bit', bit };
}

function dateCriterion({ of, is, day }: Extract<SearchKey, { readonly kind: 'date' }>): Criterion {
  const from = is === 'before' ? Number.NEGATIVE_INFINITY : day;
  const until = is === 'before' ? day : is === 'on' ? day + 1 : Number.POSITIVE_INFINITY;
  switch (of) {
    case 'internal':
      return { kind: 'received', from: from * dayMs, until: until * dayMs };
    case 'saved':
      return { kind: 'saved', from: from * dayMs, until: until * dayMs };
    case 'sent':
      return { kind: 'sent', from, until };
  }
}

/** Numbers that no email has name none. */
function spansByNumber(set: SequenceSet, reach: Reach): Uint32Array {
  if (set.kind === 'saved') return spansOfSaved(reach);
  const { length } = reach.sight;
  const ranges = resolveSet(set.pairs, length);
  return ranges.map((number, at) => (at % 2 === 0 ? Math.min(number - 1, length) : Math.min(number, length)));
}

function spansByUid(set: SequenceSet, reach: Reach): Uint32Array {
  if (set.kind === 'saved') return spansOfSaved(reach);
  const { sight } = reach;
  return spansOfUids(sight, resolveSet(set.pairs, sight.uids[sight.length - 1] ?? 0));
}

const spansOf = new WeakMap<Reach, Uint32Array>();

/** Found once for a search, however often it says `$`. */
function spansOfSaved(reach: Reach): Uint32Array {
  return spansOf.getOrInsertComputed(reach, () => spansOfUids(reach.sight, rangesOf(reach.saved)));
}

function spansOfUids({ uids, length }: Sight, ranges: Uint32Array): Uint32Array {
  return ranges.map((uid, at) => placeOf(uids, length, at % 2 === 0 ? uid : uid + 1));
}
