/**
 * Emails of a mailbox that are not seen, and those marked for removal: counted, because unlike the mailbox's own count
 * of unread emails (RFC 8621 §2) drafts count here too (RFC 9051 §6.3.11). What was counted holds until something changes.
 */
import type { Actor } from '#server/access/actor.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { Mailbox } from '#server/mail/mailboxes/queries.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectMarks } from './queries.ts';

export interface Marks {
  readonly unseen: number;
  readonly deleted: number;
  readonly deletedOctets: number;
}

const keptByStore = new WeakMap<Store, Map<string, { readonly modseq: number; readonly marks: Marks }>>();
const keptAtMost = 20_000;

/** @throws {Refusal} `noSuchAccount`. */
export async function countMarks(store: Store, actor: Actor, accountId: AccountId, mailbox: Mailbox): Promise<Marks> {
  const kept = keptByStore.getOrInsertComputed(store, () => new Map());
  const key = `${accountId}.${mailbox.id}`;
  const known = kept.get(key);
  if (known?.modseq === mailbox.highestModseq) return known.marks;
  const marks = await read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return selectMarks(tx, accountId, mailbox.id);
  });
  if (kept.size >= keptAtMost) kept.clear();
  kept.set(key, { modseq: mailbox.highestModseq, marks });
  return marks;
}
