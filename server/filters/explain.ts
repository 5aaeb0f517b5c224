/**
 * Trying a script on a message without doing anything: every test and command with what it looked at, and the actions
 * that would follow. With an account its mailboxes, lists and included scripts are asked; without, a mailbox is taken
 * to exist and nothing to be remembered.
 */
import { parseMessage } from '#formats/message/parse.ts';
import { emptyWorld } from '#formats/sieve/empty-world.ts';
import { evaluate } from '#formats/sieve/evaluate.ts';
import { sieveMessage } from '#formats/sieve/message.ts';
import type { Finished, Script, SieveInput, World } from '#formats/sieve/types.ts';
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { addressesOf } from '#server/directory/account-addresses.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { filterPolicy } from './policy.ts';
import { selectOwner } from './queries/owner.ts';
import { runScript } from './world.ts';

export interface Trial {
  readonly script: Script;
  readonly message: Uint8Array;
  readonly envelope: { readonly from: string; readonly to: string };
}

/** By nobody's surroundings. */
export function explainAlone({ script, message, envelope }: Trial, at: number): Finished {
  const input = inputFor(message, envelope, [envelope.to], at, {});
  const outcome = evaluate(script, { ...input, world: nowhere });
  if (outcome.kind !== 'finished') throw new Error('a world that answers everything left a question');
  return outcome;
}

/** @throws {Refusal} `noSuchAccount`, `mayNot`. */
export async function explainFor(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  { script, message, envelope }: Trial,
): Promise<Finished> {
  const { owner, addresses } = await read(store, async (tx) => {
    await requireRight(tx, actor, accountId, 'manage', store.now());
    const found = await selectOwner(tx, accountId);
    if (!found) throw new Refusal('noSuchAccount');
    return { owner: found, addresses: await addressesOf(tx, found.tenantId, accountId) };
  });
  const own = [owner.email, ...addresses.filter((address) => address !== owner.email)];
  const { hostName } = filterPolicy(store);
  const to = envelope.to === '' ? owner.email : envelope.to;
  const input = inputFor(message, { ...envelope, to }, own, store.now(), { host: hostName });
  return (await runScript(store, { accountId, tenantId: owner.tenantId }, script, input)).finished;
}

function inputFor(
  octets: Uint8Array,
  { from, to }: Trial['envelope'],
  ownAddresses: readonly string[],
  at: number,
  environment: Readonly<Record<string, string>>,
): Omit<SieveInput, 'world'> {
  return {
    message: sieveMessage(octets, parseMessage(octets)),
    envelope: { from, to, auth: null },
    environment: { name: 'Pli', location: 'MDA', phase: 'during', ...environment },
    nowMs: at,
    timeZone: 'Europe/Paris',
    spamPercent: null,
    virus: 0,
    ownAddresses,
    wantsSteps: true,
  };
}

const nowhere: World = { ...emptyWorld, mailboxExists: () => true, specialUseExists: () => true };
