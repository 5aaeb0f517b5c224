/**
 * Proving again who one is, within a session (fresh.ts): by the password, or by a second factor for whoever has one;
 * the password alone would let somebody who has read it over a shoulder take the factors away.
 */
import type { PersonActor } from '#server/access/actor.ts';
import type { Holder } from '#server/access/queries/people.ts';
import { updateSessionProof } from '#server/access/queries/sessions.ts';
import { Refusal } from '#server/access/refusal.ts';
import { proveByPassword } from '#server/access/verify.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { type Answer, withAnswer } from './answer.ts';
import type { ChallengeScope } from './challenge.ts';
import { ownHolder } from './own.ts';
import { requestOptions } from './passkey.ts';
import { selectFactors, selectHasFactor } from './queries/factors.ts';
import { countRecoveryCodes } from './recovery.ts';
import { type AnswerKind, kindsOf } from './second-factor.ts';
import type { Site } from './webauthn.ts';

export type Proof = Answer | { readonly kind: 'password'; readonly password: string };

/** By what this person may prove themselves. @throws {Refusal} `mayNot` for whoever is not in a session of their own. */
export async function waysToProve(store: Store, actor: PersonActor): Promise<readonly (AnswerKind | 'password')[]> {
  const holder = await ownHolder(store, actor);
  return read(store, async (tx) => {
    const kinds = kindsOf(await selectFactors(tx, holder));
    if (kinds.length === 0) return ['password'];
    const { left } = await countRecoveryCodes(tx, holder);
    return left > 0 ? [...kinds, 'recovery'] : kinds;
  });
}

/** For `navigator.credentials.get`. @throws {Refusal} `mayNot`. */
export async function offerProof(store: Store, actor: PersonActor, site: Site): Promise<object> {
  const holder = await ownHolder(store, actor);
  const all = await read(store, (tx) => selectFactors(tx, holder));
  return requestOptions(store, scopeOf(actor), { site, allowed: all.filter(({ kind }) => kind === 'passkey') });
}

/**
 * Makes the session of the actor fresh.
 * @throws {Refusal} `badCredentials`, `tryLater`, `tooBusy`, `accountLocked`; `secondFactorNeeded` for the password of
 * whoever has a second factor.
 */
export async function proveAgain(
  store: Store,
  actor: PersonActor,
  { proof, site }: { readonly proof: Proof; readonly site: Site },
): Promise<void> {
  const holder = await ownHolder(store, actor);
  if (proof.kind === 'password') {
    if (await read(store, (tx) => selectHasFactor(tx, holder))) throw new Refusal('secondFactorNeeded');
    await proveByPassword(store, holder, { userName: '', password: proof.password, remoteAddress: actor.from });
    await write(store, (tx) => noteProof(tx, actor, holder, { kind: 'password', at: store.now() }));
    return;
  }
  await withAnswer(store, { holder, actor, site, scope: scopeOf(actor) }, proof, (use) =>
    write(store, async (tx) => {
      const at = store.now();
      await use(tx, at);
      await noteProof(tx, actor, holder, { kind: proof.kind, at });
    }),
  );
}

async function noteProof(
  tx: Tx,
  actor: PersonActor,
  { tenantId, personId, accountId }: Holder,
  { kind, at }: { readonly kind: Proof['kind']; readonly at: number },
): Promise<void> {
  if (actor.credentialId === undefined) throw new Refusal('mayNot');
  await updateSessionProof(tx, { tenantId, personId }, actor.credentialId, { proof: kind, at });
  await recordTrace(tx, { tenantId, actor, verb: 'proveAgain', at, accountId, details: { by: kind } });
}

function scopeOf({ credentialId }: PersonActor): ChallengeScope {
  return { purpose: 'prove', boundTo: credentialId ?? '' };
}
