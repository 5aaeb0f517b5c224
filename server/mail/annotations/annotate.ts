/**
 * Annotations (RFC 5464): what programs note at a mailbox or at an account. `/private/…` is one person's own, `/shared/…`
 * everybody's who sees the mailbox, and changed by who may change the mailbox.
 */
import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { selectMailbox } from '#server/mail/mailboxes/queries.ts';
import type { AccountId, MailboxId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { type Annotation, replaceAnnotation, selectAnnotations } from './queries.ts';

export type { Annotation };

/** Of one mailbox and person, and how long a value may be. */
export const annotationLimits = { perMailbox: 200, valueOctets: 16 * 1024 };

/** `mailboxId` 0: of the account. @throws {Refusal} `noSuchAccount`, `noSuchMailbox`. */
export function listAnnotations(
  store: Store,
  actor: PersonActor,
  accountId: AccountId,
  mailboxId: MailboxId | 0,
): Promise<readonly Annotation[]> {
  return read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    if (mailboxId !== 0 && !(await selectMailbox(tx, accountId, mailboxId))) throw new Refusal('noSuchMailbox');
    return selectAnnotations(tx, accountId, mailboxId, actor.personId);
  });
}

/**
 * Sets and removes (null) entries, all or none.
 * @throws {Refusal} `noSuchAccount`, `noSuchMailbox`, `mayNot`, `tooLarge`, `tooMany`, `invalidArguments` for another name.
 */
export function annotate(
  store: Store,
  actor: PersonActor,
  accountId: AccountId,
  mailboxId: MailboxId | 0,
  values: readonly { readonly entry: string; readonly value: Uint8Array | null }[],
): Promise<void> {
  return transaction(store, accountId, async (tx) => {
    await requireRight(tx, actor, accountId, 'read', store.now());
    if (mailboxId !== 0 && !(await selectMailbox(tx, accountId, mailboxId))) throw new Refusal('noSuchMailbox');
    for (const { entry, value } of values) {
      const isPrivate = entry.startsWith('/private/');
      if (!isPrivate && !entry.startsWith('/shared/')) throw new Refusal('invalidArguments', { properties: ['entry'] });
      if (!isPrivate) await requireRight(tx, actor, accountId, 'write', store.now());
      if ((value?.length ?? 0) > annotationLimits.valueOctets)
        throw new Refusal('tooLarge', { limit: annotationLimits.valueOctets });
      await replaceAnnotation(tx, mailboxId, isPrivate ? actor.personId : 0, entry, value);
    }
    const kept = await selectAnnotations(tx, accountId, mailboxId, actor.personId);
    if (kept.length > annotationLimits.perMailbox) throw new Refusal('tooMany', { limit: annotationLimits.perMailbox });
  });
}
