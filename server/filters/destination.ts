/** Where a filter files: by id, then by special use, then by name; made where the script asks for it and it can be. */
import type { Destination } from '#formats/sieve/types.ts';
import { Refusal } from '#server/access/refusal.ts';
import { isInbox, mailboxPath, mailboxPlaces } from '#server/mail/mailboxes/locate.ts';
import { mailboxFinder } from '#server/mail/mailboxes/path.ts';
import type { MailboxId } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { placeById, placeByUse } from './world.ts';

/** undefined: there is no such mailbox, and none is made. */
export type FindDestination = (destination: Destination) => Promise<MailboxId | undefined>;

/** Serves one transaction: the account's mailboxes are read once, at the first question. */
export function destinationFinder(tx: AccountTx, at: number): FindDestination {
  let known: ReturnType<typeof mailboxPlaces> | undefined;
  let finder: ReturnType<typeof mailboxFinder> | undefined;
  return async ({ mailbox, mailboxId, specialUse, create }) => {
    const places = await (known ??= mailboxPlaces(tx, tx.accountId));
    const found =
      (mailboxId === null ? undefined : placeById(places, mailboxId)) ??
      (specialUse === null ? undefined : placeByUse(places, specialUse)) ??
      places.byPath(mailbox);
    const [first = '', ...rest] = mailboxPath(mailbox);
    if (found !== undefined || !create || first === '') return found;
    const find = await (finder ??= mailboxFinder(tx, at));
    try {
      return await find(
        isInbox(first) ? { kind: 'path', path: rest, below: 'inbox' } : { kind: 'path', path: [first, ...rest] },
      );
    } catch (error) {
      // Refused before anything was written: a name that cannot be, a level too deep, a mailbox too many.
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  };
}
