/**
 * What stands between somebody and a client that asks for them: nothing, a fresher or a stronger proof of who they are, or
 * their word. Only a session of one's own answers, and only clients of one's own institution are answered at all.
 */
import type { PersonActor } from '#server/access/actor.ts';
import { waysToProve } from '#server/access/factors/prove.ts';
import { listSessions } from '#server/access/login.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Store } from '#server/store/store.ts';

import { type Client, findClient } from './clients.ts';
import { isAllowed, recordConsent } from './consent.ts';
import type { ClientScope } from './scopes.ts';
import { subjectOf } from './subject.ts';

/** A password alone, and a password with a second factor or a passkey (REFEDS SFA and MFA profiles). */
export const acrs = { one: 'https://refeds.org/profile/sfa', two: 'https://refeds.org/profile/mfa' } as const;

export interface Request {
  readonly clientId: string;
  readonly scopes: readonly ClientScope[];
  /** Milliseconds since 1970: a proof before this is too old (`prompt=login`, `max_age`); 0 for any. */
  readonly provedAfter: number;
  readonly wantsTwoFactors: boolean;
  /** Whether the person is asked even for what they have allowed before (`prompt=consent`). */
  readonly wantsConsent: boolean;
}

export type Standing =
  /** Nothing is left to ask. */
  | { readonly kind: 'ready'; readonly client: Client }
  /** To be proved again in this session (access/factors/prove.ts); `twoFactors`: by a second factor. */
  | { readonly kind: 'proof'; readonly client: Client; readonly twoFactors: boolean }
  | { readonly kind: 'consent'; readonly client: Client; readonly scopes: readonly ClientScope[] };

/** @throws {Refusal} `mayNot` outside a session of one's own; `noSuchClient` for one of another institution too. */
export async function standingOf(store: Store, actor: PersonActor, request: Request): Promise<Standing> {
  const { client, session } = await known(store, actor, request.clientId);
  const isStrong = isTwoFactors(session.proof);
  if (session.provedAt < request.provedAfter) return { kind: 'proof', client, twoFactors: false };
  // Whoever has no second factor cannot show one: the client is told what was shown.
  if (request.wantsTwoFactors && !isStrong && !(await waysToProve(store, actor)).includes('password'))
    return { kind: 'proof', client, twoFactors: true };
  const scopes = request.scopes.filter((scope) => client.scopes.includes(scope));
  if (client.isFirstParty) return { kind: 'ready', client };
  if (request.wantsConsent || !(await isAllowed(store, actor, client.id, scopes)))
    return { kind: 'consent', client, scopes };
  return { kind: 'ready', client };
}

export interface Answered {
  readonly subject: string;
  /** When and how they proved who they are. */
  readonly provedAt: number;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly scopes: readonly ClientScope[];
  readonly sessionId: string;
}

/**
 * The person says yes, or need not.
 * @param isYes whether they were asked and agreed.
 * @throws {Refusal} as `standingOf`; `mayNot` where they had to be asked and were not, `stepUpNeeded` for a proof.
 */
export async function answerClient(
  store: Store,
  actor: PersonActor,
  request: Request,
  isYes: boolean,
): Promise<Answered> {
  const standing = await standingOf(store, actor, request);
  if (standing.kind === 'proof') throw new Refusal('stepUpNeeded');
  if (standing.kind === 'consent' && !isYes) throw new Refusal('mayNot');
  const { client, session } = await known(store, actor, request.clientId);
  const scopes = request.scopes.filter((scope) => client.scopes.includes(scope));
  await recordConsent(store, actor, { clientId: client.id, name: client.name, scopes });
  return {
    subject: await subjectOf(store, actor),
    provedAt: session.provedAt,
    acr: isTwoFactors(session.proof) ? acrs.two : acrs.one,
    amr: amrOf(session.proof),
    scopes,
    sessionId: session.id,
  };
}

async function known(store: Store, actor: PersonActor, clientId: string) {
  if (actor.by !== 'session') throw new Refusal('mayNot');
  const client = await findClient(store, clientId);
  if (client?.tenantId !== actor.tenantId) throw new Refusal('noSuchClient');
  const session = (await listSessions(store, actor)).find(({ id }) => id === actor.credentialId);
  if (!session) throw new Refusal('badCredentials');
  return { client, session };
}

/** How a session was proved last, in the words of RFC 8176 §2. */
const amrOfProof: Readonly<Record<string, readonly string[]>> = {
  password: ['pwd'],
  totp: ['pwd', 'otp', 'mfa'],
  recovery: ['pwd', 'otp', 'mfa'],
  passkey: ['hwk', 'user', 'mfa'],
};

function amrOf(proof: string): readonly string[] {
  return amrOfProof[proof] ?? [];
}

function isTwoFactors(proof: string): boolean {
  return amrOf(proof).includes('mfa');
}
