/**
 * The step of a login at which one gives an address by which one gets in again: a code is sent there, and the address
 * counts once the code has come back.
 */
import { mayAsk } from '#server/access/asking.ts';
import { entryPolicyOf } from '#server/access/entry-policy.ts';
import type { Begun } from '#server/access/login.ts';
import { finishStep, type PendingLogin } from '#server/access/pending.ts';
import { Refusal } from '#server/access/refusal.ts';
import { subjectOf } from '#server/access/verify.ts';
import { isAddressOf } from '#server/directory/account-addresses.ts';
import { parseAddress } from '#server/directory/address.ts';
import { recordTrace } from '#server/records/trace.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { codeMinutes, codeMs, hashCode, newCode, type Tried, tryCode } from './code.ts';
import { sendLetter } from './letter.ts';
import { deleteEntryCode, insertEntryCode, selectPerson, updateRecoveryAddress } from './queries.ts';
import { words } from './words.ts';

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

const mailsAtMost = 5;
const mailsWithinMs = 3_600_000;

/**
 * Sends a code to the address.
 * @throws {Refusal} `invalidArguments` for what is no address, or is one of the account itself; `rateLimited`.
 */
export async function proposeAddress(
  store: Store,
  pending: PendingLogin,
  given: { readonly address: string; readonly hostName: string },
): Promise<void> {
  const { holder } = pending;
  const { tenantId, accountId } = holder;
  const address = parseAddress(given.address)?.address;
  if (address === undefined) throw new Refusal('invalidArguments', { description: 'not an address' });
  if (!(await mayAsk(store, { of: `verify ${subjectOf(holder)}`, most: mailsAtMost, withinMs: mailsWithinMs })))
    throw new Refusal('rateLimited', { retryAfterSeconds: mailsWithinMs / 1000 });
  const tokenHash = tokenOf(pending);
  const code = newCode();
  const person = await write(store, async (tx) => {
    if (await isAddressOf(tx, tenantId, accountId, address))
      throw new Refusal('invalidArguments', { description: 'an address of the account itself' });
    const at = store.now();
    const codeHash = hashCode(store, tokenHash, code);
    const ends = { createdAt: at, expiresAt: at + codeMs };
    await insertEntryCode(tx, { tokenHash, purpose: 'verify', who: holder, address, codeHash, ...ends });
    return selectPerson(tx, holder);
  });
  if (!person) throw new Refusal('badCredentials');
  const letter = words[person.language].verify({ code, minutes: codeMinutes, account: person.email });
  await sendLetter(store, { person, to: address, letter, hostName: given.hostName });
}

/** @returns what is left of the login where the code was right. @throws {Refusal} `badCredentials`. */
export async function confirmAddress(
  store: Store,
  pending: PendingLogin,
  typed: string,
): Promise<Exclude<Tried, { kind: 'right' }> | { readonly kind: 'done'; readonly begun: Begun }> {
  const { holder, actor } = pending;
  const { tenantId, accountId } = holder;
  const tokenHash = tokenOf(pending);
  const tried = await write(store, (tx) => tryCode(store, tx, { tokenHash, purpose: 'verify', typed }));
  if (tried.kind !== 'right') return tried;
  const { address } = tried.row;
  const begun = await finishStep(store, pending, 'recovery', async (tx) => {
    const at = store.now();
    await deleteEntryCode(tx, tokenHash);
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

/** One code a person at a time. */
function tokenOf({ holder }: PendingLogin): string {
  return `verify ${subjectOf(holder)}`;
}
