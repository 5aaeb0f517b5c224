/** SEARCH and UID SEARCH (RFC 9051 §6.4.4). */
import { printNumbers } from '#formats/imap/print-search.ts';
import type { SearchCommand } from '#formats/imap/search.ts';
import type { Context, Done } from '#server/protocols/imap/dispatch.ts';
import { hasKey } from '#server/protocols/imap/search/criteria.ts';
import {
  type Found,
  highestModseq,
  numbersAt,
  printFound,
  save,
  searchSelected,
} from '#server/protocols/imap/search/found.ts';
import { selectedIn, type Session } from '#server/protocols/imap/session.ts';

const returnAll = { min: false, max: false, all: true, count: false, save: false, partial: undefined };

export async function searchCommand(session: Session, command: SearchCommand, { tag }: Context): Promise<Done> {
  const { connection, enabled } = session;
  const { byUid, key, returns } = command;
  const { sight, places } = await searchOrForget(session, command);
  const wantsModseq = hasKey(key, 'modseq');
  if (returns?.save) save(session, sight, places, returns);
  // IMAP4rev2 knows no `* SEARCH` any more (RFC 9051, appendix E)
  if (returns !== undefined || enabled.rev2) {
    const telling = { tag, byUid, returns: returns ?? returnAll, wantsModseq };
    connection.say(printFound(session, sight, places, telling) ?? '');
    return { hasLooked: true };
  }
  const modseq = wantsModseq ? highestModseq(sight, places) : undefined;
  connection.say(printNumbers('SEARCH', numbersAt(sight, places, byUid), modseq));
  return { hasLooked: true };
}

/** A search that should have been saved and failed leaves nothing saved (RFC 5182 §2.1). */
async function searchOrForget(session: Session, { key, returns }: SearchCommand): Promise<Found> {
  try {
    return await searchSelected(session, key);
  } catch (error) {
    if (returns?.save) selectedIn(session).saved = new Uint32Array();
    throw error;
  }
}
