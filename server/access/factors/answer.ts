/**
 * An answer to "show a second factor": a code, a recovery code, or what a passkey signed. It is judged here, for the
 * step of a login and for step-up alike, behind a brake of its own: a right password forgives wrong passwords, and must
 * not forgive wrong codes.
 */
import type { Actor } from '#server/access/actor.ts';
import type { Holder } from '#server/access/queries/people.ts';
import { Refusal } from '#server/access/refusal.ts';
import { guardAttempt } from '#server/access/throttle.ts';
import { factorSubject } from '#server/access/verify.ts';
import { tellPerson } from '#server/notices/notice.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { type ChallengeScope, spend } from './challenge.ts';
import { type Assertion, readAssertion, verifyAsserted } from './passkey.ts';
import { type Factor, selectFactors, updateFactorUsed } from './queries/factors.ts';
import { countRecoveryCodes, isRecoveryCode, useRecoveryCode } from './recovery.ts';
import { openTotpKey } from './totp-key.ts';
import { findStep } from './totp.ts';
import type { Site } from './webauthn.ts';

export type Answer =
  | { readonly kind: 'totp'; readonly code: string }
  | { readonly kind: 'recovery'; readonly code: string }
  /** What `navigator.credentials.get` gave. */
  | { readonly kind: 'passkey'; readonly response: unknown };

export interface Asked {
  readonly holder: Holder;
  /** For the trace: whoever it is, they come from there. */
  readonly actor: Extract<Actor, { kind: 'person' }>;
  readonly site: Site;
  readonly scope: ChallengeScope;
}

/** Uses the answer up, in the transaction of what it opens. @returns false when another request used it first. */
type Use = (tx: Tx, at: number) => Promise<boolean>;

/**
 * Runs `work` when the answer is right; `work` must call `use` inside its transaction, before anything else.
 * @throws {Refusal} `badCredentials`, `tryLater`, `tooBusy`; what `work` throws.
 */
export async function withAnswer<T>(
  store: Store,
  asked: Asked,
  answer: Answer,
  work: (use: (tx: Tx, at: number) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { holder, actor } = asked;
  const attempt = { subject: factorSubject(holder), remoteAddress: actor.from };
  // In an object: what `work` gives may be nothing, which would be a wrong answer.
  const { given } = await guardAttempt(store, attempt, async () => {
    const use = await judge(store, asked, answer);
    if (!use) {
      await recordWrong(store, asked, answer);
      return undefined;
    }
    const useIt = async (tx: Tx, at: number): Promise<void> => {
      if (!(await use(tx, at))) throw new Refusal('badCredentials');
    };
    return { given: await work(useIt) };
  });
  return given;
}

function judge(store: Store, asked: Asked, answer: Answer): Promise<Use | undefined> {
  switch (answer.kind) {
    case 'totp':
      return judgeCode(store, asked, answer.code);
    case 'recovery':
      return judgeRecoveryCode(store, asked, answer.code);
    case 'passkey':
      return judgePasskey(store, asked, answer.response);
  }
}

async function judgeCode(store: Store, { holder }: Asked, code: string): Promise<Use | undefined> {
  const factors = await confirmed(store, holder, 'totp');
  for (const factor of factors) {
    const step = findStep(openTotpKey(store, factor), code, store.now(), factor.counter);
    // A code is good once: the step it is of only ever goes up (RFC 6238 §5.2).
    if (step !== undefined) return (tx, at) => updateFactorUsed(tx, factor, step, at);
  }
  return undefined;
}

async function judgeRecoveryCode(store: Store, { holder, actor }: Asked, code: string): Promise<Use | undefined> {
  if (!(await read(store, (tx) => isRecoveryCode(store, tx, holder, code)))) return undefined;
  return async (tx, at) => {
    if (!(await useRecoveryCode(store, tx, holder, code, at))) return false;
    const { left } = await countRecoveryCodes(tx, holder);
    const { tenantId, accountId } = holder;
    await recordTrace(tx, { tenantId, actor, verb: 'useRecoveryCode', at, accountId, details: { left } });
    await tellPerson(tx, holder, { kind: 'recoveryUsed', left, from: actor.from }, at);
    return true;
  };
}

async function judgePasskey(store: Store, asked: Asked, given: unknown): Promise<Use | undefined> {
  const { holder, site, scope } = asked;
  const assertion = readAssertion(given);
  const passkey = (await confirmed(store, holder, 'passkey')).find((one) => one.credentialId === assertion?.id);
  if (!assertion || !passkey) return undefined;
  return passkeyUse(store, { ...asked, passkey, mustVerify: false, site, scope }, assertion);
}

/** @returns undefined for a wrong answer, and for one of a copy, which is told of. */
export async function passkeyUse(
  store: Store,
  {
    holder,
    actor,
    site,
    scope,
    passkey,
    mustVerify,
  }: Asked & { readonly passkey: Factor; readonly mustVerify: boolean },
  assertion: Assertion,
): Promise<Use | undefined> {
  const asserted = verifyAsserted(store, scope, { assertion, passkey, site, mustVerify });
  if (!asserted) return undefined;
  const { counter, challenge, isCopied } = asserted;
  const { tenantId, accountId } = holder;
  if (isCopied) {
    await write(store, async (tx) => {
      const at = store.now();
      const details = { id: passkey.id, name: passkey.name };
      await recordTrace(tx, { tenantId, actor, verb: 'refuseCopiedPasskey', at, accountId, details });
      await tellPerson(tx, holder, { kind: 'passkeyCopied', name: passkey.name }, at);
    });
    return undefined;
  }
  return async (tx, at) =>
    (await spend(tx, tenantId, challenge, at)) && (await updateFactorUsed(tx, passkey, counter, at));
}

async function confirmed(store: Store, holder: Holder, kind: Factor['kind']): Promise<readonly Factor[]> {
  const all = await read(store, (tx) => selectFactors(tx, holder));
  return all.filter((factor) => factor.kind === kind && factor.confirmedAt !== null);
}

async function recordWrong(store: Store, { holder, actor }: Asked, { kind }: Answer): Promise<void> {
  const { tenantId, accountId } = holder;
  await write(store, (tx) =>
    recordTrace(tx, { tenantId, actor, verb: 'factorFailed', at: store.now(), accountId, details: { kind } }),
  );
}
