/**
 * The step of a login at which one gives an address by which one gets in again: a code is sent there, and the address
 * counts once the code has come back.
 */
import { entryPolicyOf } from '#server/access/entry-policy.ts';
import type { Begun } from '#server/access/login.ts';
import { finishStep, type PendingLogin } from '#server/access/pending.ts';
import { Refusal } from '#server/access/refusal.ts';
import { recordTrace } from '#server/records/trace.ts';
import { read, type Store } from '#server/store/store.ts';

import { forgetAddressCode, sendAddressCode, tryAddressCode } from './address-code.ts';
import type { Tried } from './code.ts';
import { selectPerson, updateRecoveryAddress } from './queries.ts';

export interface RecoveryStep {
  /** What the administration knows; the page proposes it. */
  readonly known: string | null;
  /** Whether one may do without. */
  readonly isOptional: boolean;
  /** Whether they come in for the first time. */
  readonly isNewcomer: boolean;
}

export async function recoveryStep(store: Store, { holder }: PendingLogin): Promise<RecoveryStep> {
  return read(store, async (tx) => {
    const { asking } = (await entryPolicyOf(tx, holder.tenantId)).recovery;
    return {
      known: (await selectPerson(tx, holder))?.recoveryEmail ?? null,
      isOptional: asking !== 'required',
      isNewcomer: holder.activatedAt === null,
    };
  });
}

/** Sends a code to the address. @throws {Refusal} as `sendAddressCode`. */
export function proposeAddress(
  store: Store,
  { holder }: PendingLogin,
  given: { readonly address: string; readonly hostName: string },
): Promise<void> {
  return sendAddressCode(store, holder, given);
}

/** @returns what is left of the login where the code was right. @throws {Refusal} `badCredentials`. */
export async function confirmAddress(
  store: Store,
  pending: PendingLogin,
  typed: string,
): Promise<Exclude<Tried, { kind: 'right' }> | { readonly kind: 'done'; readonly begun: Begun }> {
  const { holder, actor } = pending;
  const { tenantId, accountId } = holder;
  const tried = await tryAddressCode(store, holder, typed);
  if (tried.kind !== 'right') return tried;
  const { address } = tried.row;
  const begun = await finishStep(store, pending, 'recovery', async (tx) => {
    const at = store.now();
    await forgetAddressCode(tx, holder);
    await updateRecoveryAddress(tx, holder, address ?? '', at);
    await recordTrace(tx, { tenantId, actor, verb: 'setRecoveryAddress', at, accountId });
  });
  return { kind: 'done', begun };
}

/** Does without. @throws {Refusal} `mayNot` where the institution asks for one. */
export async function skipAddress(store: Store, pending: PendingLogin): Promise<Begun> {
  if (!(await recoveryStep(store, pending)).isOptional) throw new Refusal('mayNot');
  return finishStep(store, pending, 'recovery', async () => undefined);
}
