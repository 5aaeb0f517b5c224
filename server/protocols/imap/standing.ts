/**
 * Whether whoever is in a connection may still be there. Who came by a key of a program's own is in as long as it stands:
 * an app password or a grant that was taken back ends the connection at its next command, and while it waits in IDLE.
 */
import { Refusal } from '#server/access/refusal.ts';
import { requireOpen } from '#server/maintenance/require.ts';
import { isStanding } from '#server/provider/authenticate.ts';

import type { Session } from './session.ts';

/** Says goodbye where not. @param isSure also asked of whoever came by a password, whom every verb refuses anyway. */
export async function isKeptIn(session: Session, isSure = false): Promise<boolean> {
  const { state, store } = session;
  if (state.kind !== 'authenticated' && state.kind !== 'selected') return true;
  const { actor } = state.who;
  try {
    await requireOpen(store, actor);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return sayGoodbye(session, 'Under maintenance, try again later');
  }
  if ((actor.by === 'password' && !isSure) || (await isStanding(store, actor))) return true;
  return sayGoodbye(session, 'This access has ended');
}

function sayGoodbye(session: Session, words: string): false {
  session.connection.say(`* BYE [UNAVAILABLE] ${words}\r\n`);
  session.state = { kind: 'loggedOut' };
  return false;
}
