/** Whether the console is for the person on the screen: the one thing of it that is loaded with everything else. */
import type { Session } from '#web/sync/session.ts';

const consoleCapability = 'urn:pli:params:jmap:console';

/** Whether they have a role, as far as their session said. */
export function hasConsole(session: Session): boolean {
  const own = session.accounts.find(({ id }) => id === session.primaryAccountId);
  return own?.capabilities.includes(consoleCapability) ?? false;
}
