/** Whether the console is for the person on the screen: the one thing of it that is loaded with everything else. */
import type { Session } from '#web/sync/session.ts';

const consoleCapability = 'urn:pli:params:jmap:console';

/** Whether they have a role, as far as their session said. */
export function hasConsole(session: Session): boolean {
  return consoleOf(session) !== undefined;
}

export interface ConsoleAccess {
  readonly powers: readonly string[];
  /** Whether they administer all of the institution. */
  readonly isWhole: boolean;
  /** Whether they administer the platform. */
  readonly isPlatform: boolean;
}

/** What their roles let them do; nothing for whoever has none. */
export function consoleAccess(session: Session): ConsoleAccess {
  const said = consoleOf(session);
  const roles = textsOf(said?.['roles']);
  const isPlatform = roles.includes('platform');
  return { powers: textsOf(said?.['powers']), isWhole: isPlatform || roles.includes('tenant'), isPlatform };
}

function consoleOf(session: Session): Readonly<Record<string, unknown>> | undefined {
  const own = session.accounts.find(({ id }) => id === session.primaryAccountId);
  const said = own?.said[consoleCapability];
  return typeof said === 'object' && said !== null ? { ...said } : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
