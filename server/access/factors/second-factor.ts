/** The step of a login at which a second factor is shown. The browser may be trusted with it, so as not to be asked again. */
import type { Begun } from '#server/access/login.ts';
import { finishStep, type PendingLogin } from '#server/access/pending.ts';
import { updateSessionProof } from '#server/access/queries/sessions.ts';
import { Refusal } from '#server/access/refusal.ts';
import { read, type Store } from '#server/store/store.ts';

import { type Answer, withAnswer } from './answer.ts';
import type { ChallengeScope } from './challenge.ts';
import { trustDevice } from './device.ts';
import { requestOptions } from './passkey.ts';
import { type Factor, selectFactors } from './queries/factors.ts';
import { countRecoveryCodes } from './recovery.ts';
import { readFactorSettings } from './settings.ts';
import type { Site } from './webauthn.ts';

export type AnswerKind = Answer['kind'];

/** What somebody may be asked for. */
export interface Offer {
  readonly kinds: readonly AnswerKind[];
  /** For how many days this browser may go without; 0 where it may not. */
  readonly trustDays: number;
}

/** What the person whose login waits at this step can show. @throws {Refusal} `badCredentials` at another step. */
export async function offerSecondFactor(store: Store, pending: PendingLogin): Promise<Offer> {
  requireStep(pending);
  return read(store, async (tx) => {
    const { trustDays } = await readFactorSettings(tx, pending.key.tenantId);
    const kinds = kindsOf(await selectFactors(tx, pending.holder));
    const { left } = await countRecoveryCodes(tx, pending.holder);
    return { kinds: left > 0 ? [...kinds, 'recovery'] : kinds, trustDays };
  });
}

/** The kinds of those that work: a passkey first, for it cannot be given away. */
export function kindsOf(factors: readonly Factor[]): readonly AnswerKind[] {
  const has = (kind: Factor['kind']): boolean => factors.some((one) => one.kind === kind && one.confirmedAt !== null);
  return (['passkey', 'totp'] as const).filter(has);
}

/** For `navigator.credentials.get`. @throws {Refusal} `badCredentials` at another step. */
export async function offerPasskey(store: Store, pending: PendingLogin, site: Site): Promise<object> {
  requireStep(pending);
  const all = await read(store, (tx) => selectFactors(tx, pending.holder));
  return requestOptions(store, scopeOf(pending), { site, allowed: all.filter(({ kind }) => kind === 'passkey') });
}

/**
 * Takes the answer, and goes on to what is left.
 * @param given `trust`: whether this browser may go without for as long as the tenant allows.
 * @throws {Refusal} `badCredentials`, `tryLater`, `tooBusy`.
 */
export function answerSecondFactor(
  store: Store,
  pending: PendingLogin,
  given: { readonly answer: Answer; readonly trust: boolean; readonly site: Site },
): Promise<Begun> {
  requireStep(pending);
  const { holder, actor, session } = pending;
  const { answer, site } = given;
  return withAnswer(store, { holder, actor, site, scope: scopeOf(pending) }, answer, (use) =>
    finishStep(store, pending, 'secondFactor', async (tx) => {
      const at = store.now();
      await use(tx, at);
      await updateSessionProof(tx, holder, session.id, { proof: answer.kind, at });
      const { deviceHash, userAgent } = session;
      // A code from paper is for whoever lost what they should have at hand: nothing to build trust on.
      if (given.trust && answer.kind !== 'recovery')
        await trustDevice(tx, { ...holder, actor, deviceHash, userAgent, from: actor.from, at });
    }),
  );
}

function scopeOf({ session }: PendingLogin): ChallengeScope {
  return { purpose: 'step', boundTo: session.id };
}

function requireStep({ steps }: PendingLogin): void {
  if (steps[0] !== 'secondFactor') throw new Refusal('badCredentials');
}
