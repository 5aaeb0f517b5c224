/**
 * Emails of a mailbox that are not seen, and those marked for removal: counted, because unlike the mailbox's own count
 * of unread emails (RFC 8621 §2) drafts count here too (RFC 9051 §6.3.11). What was counted holds until something changes.
 */
import type { Actor } from '#server/access/actor.ts';
import type { Reader } from '#server/access/reader.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { Mailbox } from '#server/mail/mailboxes/queries.ts';
import { selectReaderMarks } from '#server/mail/personal/queries.ts';
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

/**
 * @param reader whose `$seen` it is, where it is not everybody's: as the mailbox was listed to the actor.
 * @throws {Refusal} `noSuchAccount`.
 */
export async function countMarks(
  store: Store,
  actor: Actor,
  {
    accountId,
    mailbox,
    reader,
  }: { readonly accountId: AccountId; readonly mailbox: Mailbox; readonly reader: Reader | undefined },
): Promise<Marks> {
  const kept = keptByStore.getOrInsertComputed(store, () => new Map());
  const key = `${accountId}.${mailbox.id} ${reader?.key ?? ''}`;
  const known = kept.get(key);
  if (known?.modseq === mailbox.highestModseq) return known.marks;
  const marks = await read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    return reader ? selectReaderMarks(tx, accountId, mailbox.id, reader) : selectMarks(tx, accountId, mailbox.id);
  });
  if (kept.size >= keptAtMost) kept.clear();
  kept.set(key, { modseq: mailbox.highestModseq, marks });
  return marks;
}
