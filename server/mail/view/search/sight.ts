/**
 * A mailbox as one program sees it at one instant, position by position: what a search compares. The view moves on while texts are being read, and
 * leaves the arrays that are held here as they are. A place whose email has left has no email id.
 */
import { type Columns, findUid } from '#server/mail/view/columns.ts';
import type { MailboxView } from '#server/mail/view/open.ts';
import type { AccountId, MailboxId } from '#server/store/ids.ts';

export interface Sight {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  readonly length: number;
  /** Whether every email is still there. */
  readonly isWhole: boolean;
  /** Ascending. */
  readonly uids: Uint32Array;
  /** 0 where the email has left: nothing is found there. */
  readonly emailIds: Float64Array;
  readonly flags: Uint32Array;
  readonly keywordSet: Uint32Array;
  readonly keywordSets: readonly (readonly string[])[];
  readonly modseqs: Float64Array;
  readonly receivedAt: Float64Array;
  readonly sizesOctets: Uint32Array;
}

/** @param uids the program's own numbering, the first `length` of them; the view's own where absent. */
export function takeSight(view: MailboxView, uids?: Uint32Array, length?: number): Sight {
  const { accountId, mailboxId, columns } = view;
  const count = length ?? columns.length;
  const own = uids ?? columns.uids;
  const { keywordSets } = columns;
  if (isPrefix(own, count, columns)) {
    columns.isHeld = true;
    return {
      accountId,
      mailboxId,
      length: count,
      isWhole: true,
      keywordSets,
      uids: own.subarray(0, count),
      emailIds: columns.emailIds.subarray(0, count),
      flags: columns.flags.subarray(0, count),
      keywordSet: columns.keywordSet.subarray(0, count),
      modseqs: columns.modseqs.subarray(0, count),
      receivedAt: columns.receivedAt.subarray(0, count),
      sizesOctets: columns.sizesOctets.subarray(0, count),
    };
  }
  const places = Int32Array.from({ length: count }, (_, at) => findUid(columns, own[at] ?? 0));
  const pick = <T extends Uint32Array | Float64Array>(to: T, from: T): T => {
    for (let at = 0; at < count; at += 1) to[at] = from[places[at] ?? -1] ?? 0;
    return to;
  };
  return {
    accountId,
    mailboxId,
    length: count,
    isWhole: false,
    keywordSets,
    uids: own.subarray(0, count),
    emailIds: pick(new Float64Array(count), columns.emailIds),
    flags: pick(new Uint32Array(count), columns.flags),
    keywordSet: pick(new Uint32Array(count), columns.keywordSet),
    modseqs: pick(new Float64Array(count), columns.modseqs),
    receivedAt: pick(new Float64Array(count), columns.receivedAt),
    sizesOctets: pick(new Uint32Array(count), columns.sizesOctets),
  };
}

function isPrefix(uids: Uint32Array, length: number, columns: Columns): boolean {
  if (length > columns.length) return false;
  if (uids === columns.uids) return true;
  for (let at = 0; at < length; at += 1) if (uids[at] !== columns.uids[at]) return false;
  return true;
}
