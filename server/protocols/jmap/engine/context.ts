/** What a method is given beside its arguments. */
import type { SetError } from '#formats/jmap/errors.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { printNumberedId, readNumberedId } from '#formats/jmap/id.ts';
import type { ReachableAccount } from '#server/access/accounts.ts';
import type { PersonActor } from '#server/access/actor.ts';
import type { House } from '#server/protocols/house.ts';
import { type AccountId, asId, type Modseq } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { isOpenTo, type Limits } from '#server/protocols/jmap/capabilities.ts';

export interface CallContext {
  readonly house: House;
  readonly store: Store;
  readonly actor: PersonActor;
  readonly limits: Limits;
  readonly using: ReadonlySet<string>;
  readonly created: CreatedIds;
  /** Read once a request. */
  accounts(): Promise<readonly ReachableAccount[]>;
  /** Runs another method once this one has answered, its answer under the same call id (RFC 8620 §5.4, RFC 8621 §7.5). */
  callNext(name: string, args: JsonObject): void;
}

/** The same, for a method on one account that the actor may see. */
export interface AccountContext extends CallContext {
  readonly account: ReachableAccount;
  readonly accountId: AccountId;
}

/** The same, within a /set or /copy. */
export interface SetContext extends AccountContext {
  /** What the client takes for the state, for a verb that can check it under the account's lock; engine has looked before. */
  readonly ifInState: Modseq | undefined;
}

/** The ids made in this request, by creation id, whatever their type (RFC 8620 §3.3, §5.3). */
export interface CreatedIds {
  /** `text` itself unless it begins with `#`; undefined for a creation id nobody made. */
  resolve(text: string): string | undefined;
  note(creationId: string, id: string): void;
}

/** A record that may not be written, where `Refusal` cannot say it well enough. */
export class SetFailure extends Error {
  override readonly name = 'SetFailure';
  readonly error: SetError;
  constructor(error: SetError) {
    super(error.description ?? error.type);
    this.error = error;
  }
}

/** undefined for what is no account's id. */
export function readAccountId(text: string): AccountId | undefined {
  const number = readNumberedId('a', text);
  return number === undefined ? undefined : asId<AccountId>(number);
}

export type AccountUse = 'read' | 'write';

/** The id of an account as text: `a12`. */
export function printAccountId(id: AccountId): string {
  return printNumberedId('a', id);
}

/**
 * Opens the account an argument names.
 *
 * @throws {MethodError} `accountNotFound` (also where the actor may not know of it), `accountNotSupportedByMethod`,
 * `accountReadOnly`; for `side: 'from'` the names RFC 8620 §5.4 gives them.
 */
export async function openAccount(
  call: CallContext,
  accountId: Json | undefined,
  capability: string,
  use: AccountUse,
  side: 'to' | 'from' = 'to',
): Promise<AccountContext> {
  if (typeof accountId !== 'string') throw new MethodError('invalidArguments', 'accountId must be a string');
  const account = (await call.accounts()).find((one) => printAccountId(one.accountId) === accountId);
  if (!account) throw new MethodError(side === 'to' ? 'accountNotFound' : 'fromAccountNotFound');
  if (!isOpenTo(capability, call.actor.scopes)) {
    throw new MethodError(side === 'to' ? 'accountNotSupportedByMethod' : 'fromAccountNotSupportedByMethod');
  }
  if (use === 'write' && account.isReadOnly) throw new MethodError('accountReadOnly');
  return { ...call, account, accountId: account.accountId };
}

export function createdIds(
  given: Readonly<Record<string, string>> | undefined,
): CreatedIds & { print(): Readonly<Record<string, string>> } {
  const ids = new Map(Object.entries(given ?? {}));
  return {
    resolve: (text) => (text.startsWith('#') ? ids.get(text.slice(1)) : text),
    note: (creationId, id) => void ids.set(creationId, id),
    print: () => Object.fromEntries(ids),
  };
}
