/** Whether somebody reads what comes to an address: a code is sent there, and the address counts once it has come back. */
import { mayAsk } from '#server/access/asking.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { Refusal } from '#server/access/refusal.ts';
import { subjectOf } from '#server/access/verify.ts';
import { isAddressOf } from '#server/directory/account-addresses.ts';
import { parseAddress } from '#server/directory/address.ts';
import type { AccountId } from '#server/store/ids.ts';
import { type Store, write } from '#server/store/store.ts';
import type { Tx } from '#server/store/statement.ts';

import { codeMinutes, codeMs, hashCode, newCode, type Tried, tryCode } from './code.ts';
import { sendLetter } from './letter.ts';
import { deleteEntryCode, insertEntryCode, selectPerson } from './queries.ts';
import { words } from './words.ts';

/** Whose address it is to be. */
export interface Holder extends PersonRef {
  readonly accountId: AccountId;
}

const mailsAtMost = 5;
const mailsWithinMs = 3_600_000;

/**
 * Sends a code to the address; the one sent before is worth nothing any more.
 * @throws {Refusal} `invalidArguments` for what is no address, or is one of the account itself; `rateLimited`.
 */
export async function sendAddressCode(
  store: Store,
  holder: Holder,
  given: { readonly address: string; readonly hostName: string },
): Promise<void> {
  const { tenantId, accountId } = holder;
  const address = parseAddress(given.address)?.address;
  if (address === undefined) throw new Refusal('invalidArguments', { description: 'not an address' });
  if (!(await mayAsk(store, { of: tokenOf(holder), most: mailsAtMost, withinMs: mailsWithinMs })))
    throw new Refusal('rateLimited', { retryAfterSeconds: mailsWithinMs / 1000 });
  const tokenHash = tokenOf(holder);
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

/** Counts the try. */
export function tryAddressCode(store: Store, holder: Holder, typed: string): Promise<Tried> {
  return write(store, (tx) => tryCode(store, tx, { tokenHash: tokenOf(holder), purpose: 'verify', typed }));
}

/** What was right once is so no more. */
export function forgetAddressCode(tx: Tx, holder: Holder): Promise<void> {
  return deleteEntryCode(tx, tokenOf(holder));
}

/** One code a person at a time. */
function tokenOf(holder: Holder): string {
  return `verify ${subjectOf(holder)}`;
}
