/** The log of one's own logins: who came in, who tried and did not, and what changed about getting in. */
import type { PersonActor } from '#server/access/actor.ts';
import { listTrace, type TraceRow } from '#server/records/trace.ts';
import { asUuid, type Uuid } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { ownAccount } from './own.ts';

/** The verbs that tell of it. */
const verbs = [
  'login',
  'providerLogin',
  'providerLogout',
  'linkIdentity',
  'unlinkIdentity',
  'activate',
  'logout',
  'logoutElsewhere',
  'logoutSession',
  'signOutPerson',
  'loginFailed',
  'factorFailed',
  'newDevice',
  'trustDevice',
  'forgetDevice',
  'setPassword',
  'resetPassword',
  'setRecoveryAddress',
  'forgetRecoveryAddress',
  'addFactor',
  'removeFactor',
  'resetFactors',
  'renewRecoveryCodes',
  'useRecoveryCode',
  'refuseCopiedPasskey',
  'addCredential',
  'revokeCredential',
  'authorise',
  'revokeAuthorisation',
  'lockPerson',
  'unlockPerson',
] as const;

export interface SignInEvent {
  readonly id: Uuid;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** One of the verbs above. */
  readonly verb: string;
  /** Whether it was done in the person's own name. */
  readonly isOwn: boolean;
  readonly remoteAddress: string | null;
  /** Of a login and of a new device. */
  readonly userAgent: string | null;
  /** What it was about: a factor, an app password. */
  readonly name: string | null;
}

const pageAtMost = 100;

/**
 * One page, the newest first.
 * @param page `before`: the id of the last one of the page before.
 * @throws {Refusal} `mayNot` for whoever is not in a session of their own.
 */
export async function listSignIns(
  store: Store,
  actor: PersonActor,
  page: { readonly before?: string; readonly limit: number },
): Promise<{ readonly events: readonly SignInEvent[]; readonly hasMore: boolean }> {
  const { tenantId, personId } = actor;
  const accountId = await ownAccount(store, actor);
  const limit = Math.min(Math.max(1, page.limit), pageAtMost);
  const before = page.before === undefined ? {} : { before: asUuid(page.before) };
  const wanted = { verbs, limit: limit + 1, ...before };
  // What others did about the account, and what the person did that names no account.
  const onAccount = await listTrace(store, tenantId, { accountId, ...wanted });
  const byPerson = await listTrace(store, tenantId, { personId, ...wanted });
  const own = byPerson.filter((row) => row.accountId === null || row.accountId === accountId);
  const all = [...new Map([...onAccount, ...own].map((row) => [row.id, row])).values()];
  const sorted = all.toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const events = sorted.slice(0, limit).map((row) => eventOf(row, personId));
  return { events, hasMore: sorted.length > limit };
}

function eventOf({ id, at, verb, details, remoteAddress, personId }: TraceRow, self: number): SignInEvent {
  const text = (name: string): string | null => {
    const value = details[name];
    return typeof value === 'string' ? value : null;
  };
  return { id, at, verb, isOwn: personId === self, remoteAddress, userAgent: text('userAgent'), name: text('name') };
}
