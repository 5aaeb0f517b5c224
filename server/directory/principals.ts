/**
 * Principals (RFC 9670 §2): people and functional mailboxes as others of their institution may find them, by what they
 * know of them already. There is no list of all: 667,000 people are nobody's to read.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { findPeople } from './people.ts';
import { type PrincipalRow, selectPrincipals } from './queries/principals.ts';

export type Principal = PrincipalRow;

/** Those of the actor's institution, by whose account it is. @throws {Refusal} `mayNot` for the house itself. */
export function readPrincipals(
  store: Store,
  actor: Actor,
  accountIds: readonly AccountId[],
): Promise<readonly Principal[]> {
  const { tenantId } = requirePerson(actor);
  return read(store, (tx) => selectPrincipals(tx, tenantId, { column: 'id', values: accountIds }));
}

export interface PrincipalFilter {
  /** Words of the name, or one of the addresses. At least one of these three is given. */
  readonly text?: string | undefined;
  readonly email?: string | undefined;
  readonly accountIds?: readonly AccountId[] | undefined;
  readonly isPerson?: boolean | undefined;
}

const foundAtMost = 50;

/** At most 50. @throws {Refusal} `unsupportedFilter` without anything to look for, `mayNot`. */
export async function findPrincipals(
  store: Store,
  actor: Actor,
  { text, email, accountIds, isPerson }: PrincipalFilter,
): Promise<readonly Principal[]> {
  const { tenantId } = requirePerson(actor);
  if (text === undefined && email === undefined && accountIds === undefined)
    throw new Refusal('unsupportedFilter', { description: 'principals are found by text, name, email or accountIds' });
  const lists: (readonly Principal[])[] = [];
  if (text !== undefined) lists.push(await findByText(store, actor, text));
  if (email !== undefined) lists.push(await byEmail(store, tenantId, email));
  if (accountIds !== undefined) lists.push(await readPrincipals(store, actor, accountIds));
  const [first = [], ...others] = lists;
  return first
    .filter(({ accountId }) => others.every((list) => list.some((one) => one.accountId === accountId)))
    .filter(({ kind }) => isPerson === undefined || (kind === 'person') === isPerson)
    .slice(0, foundAtMost);
}

async function findByText(store: Store, actor: Actor, text: string): Promise<readonly Principal[]> {
  const { tenantId } = requirePerson(actor);
  if (text.includes('@')) return byEmail(store, tenantId, text);
  return findPeople(store, actor, text, foundAtMost);
}

function byEmail(store: Store, tenantId: Parameters<typeof selectPrincipals>[1], email: string) {
  const address = email.trim().toLowerCase().slice(0, 320);
  return read(store, (tx) => selectPrincipals(tx, tenantId, { column: 'email', values: [address] }));
}

function requirePerson(actor: Actor) {
  if (actor.kind !== 'person') throw new Refusal('mayNot');
  return actor;
}
