/** SORT and UID SORT (RFC 5256 §3, RFC 5957, RFC 5267 §3). */
import { printNumbers } from '#formats/imap/print-search.ts';
import type { SortCommand, SortField } from '#formats/imap/search.ts';
import { type Order, sortPlaces } from '#server/mail/view/search/sort.ts';
import type { Context } from '#server/protocols/imap/dispatch.ts';
import { hasKey } from '#server/protocols/imap/search/criteria.ts';
import { highestModseq, numbersAt, printFound, save, searchSelected } from '#server/protocols/imap/search/found.ts';
import { type Session, whoIn } from '#server/protocols/imap/session.ts';

const keys = {
  arrival: 'received',
  date: 'sent',
  size: 'size',
  subject: 'subject',
  from: 'from',
  to: 'to',
  cc: 'cc',
  displayFrom: 'displayFrom',
  displayTo: 'displayTo',
} as const satisfies Record<SortField, Order['by']>;

export async function sortCommand(session: Session, command: SortCommand, { tag }: Context): Promise<void> {
  const { store, connection } = session;
  const { byUid, criteria, key, returns } = command;
  const { sight, places } = await searchSelected(session, key);
  const orders = criteria.map(({ field, isReverse }) => ({ by: keys[field], isReverse }));
  const sorted = await sortPlaces(store, whoIn(session).actor, sight, places, orders);
  const wantsModseq = hasKey(key, 'modseq');
  if (returns?.save) save(session, sight, sorted, returns);
  if (returns !== undefined) {
    connection.say(printFound(session, sight, sorted, { tag, byUid, returns, wantsModseq }) ?? '');
    return;
  }
  const modseq = wantsModseq ? highestModseq(sight, places) : undefined;
  connection.say(printNumbers('SORT', numbersAt(sight, sorted, byUid), modseq));
}
