/** One connection as its commands know it, and how it is spoken to. */
import type { PersonActor } from '#server/access/actor.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Connection, Patience } from '#server/protocols/connection.ts';
import type { Store } from '#server/store/store.ts';

import type { ManageSieveLimits, ManageSieveOptions } from './options.ts';

export interface Session {
  readonly store: Store;
  readonly connection: Connection;
  readonly options: ManageSieveOptions;
  readonly limits: ManageSieveLimits;
  readonly remoteAddress: string;
  readonly isLoopback: boolean;
  /** undefined until the login. */
  user: User | undefined;
  /** Told when the user leaves (access/doors.ts). */
  leaveDoor: (() => void) | undefined;
  errors: number;
  authFailures: number;
}

export interface User {
  readonly actor: PersonActor;
  /** Whose scripts these are: one's own, or those of an account one may manage. */
  readonly accountId: AccountId;
  /** That account's main address. */
  readonly owner: string;
}

/** Everything here is UTF-8 (RFC 5804 §1.6). */
export function say({ connection }: Session, text: string): void {
  connection.sayOctets(Buffer.from(text));
}

/** A script is short: all of a literal comes within its time. */
export function patienceOf({ limits }: Session): Patience {
  return { pieceMs: limits.literalTimeoutMs, untilMs: Date.now() + limits.literalTimeoutMs };
}
