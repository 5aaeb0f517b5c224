/** Finding people: the list an administrator turns page by page, and completion as one types. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { findHolder } from '#server/access/verify.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { foldWords } from './fold.ts';
import { type AddressKind, selectAddresses } from './queries/addresses.ts';
import {
  type Entry,
  type PageAfter,
  type Person,
  selectByPrefixes,
  selectPeople,
  selectPerson,
} from './queries/people.ts';

export type { Entry, Person };

export interface PeoplePage {
  /** The last person of the page before. */
  readonly after?: PageAfter;
  /** At most 1000. */
  readonly limit?: number;
  /** Path of a unit: only those who belong to it or below. */
  readonly unitPath?: string | undefined;
}

/** By family name, then given name. @throws {Refusal} `mayNot` */
export async function listPeople(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  page: PeoplePage = {},
): Promise<readonly Person[]> {
  requireSystem(actor);
  const { after = { sortKey: '', personId: 0 }, limit = 100, unitPath } = page;
  return read(store, (tx) => selectPeople(tx, tenantId, { after, limit: Math.min(limit, 1000), unitPath }));
}

export interface PersonCard extends Person {
  readonly addresses: readonly { readonly address: string; readonly kind: AddressKind }[];
}

/** By user name or e-mail address. @throws {Refusal} `noSuchPerson`, `mayNot`. */
export async function findPerson(store: Store, actor: Actor, name: string, tenantId?: TenantId): Promise<PersonCard> {
  requireSystem(actor);
  const holder = await findHolder(store, { userName: name, tenantId });
  if (!holder || (tenantId !== undefined && holder.tenantId !== tenantId))
    throw new Refusal('noSuchPerson', { description: `no one person is called ${name}` });
  return readPerson(store, actor, holder.tenantId, holder.personId);
}

/** @throws {Refusal} `noSuchPerson`, `mayNot`. */
export async function readPerson(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  personId: PersonId,
): Promise<PersonCard> {
  // One may read one's own card.
  if (actor.kind === 'person' && (actor.tenantId !== tenantId || actor.personId !== personId))
    throw new Refusal('noSuchPerson');
  return read(store, async (tx) => {
    const person = await selectPerson(tx, tenantId, personId);
    if (!person) throw new Refusal('noSuchPerson');
    return { ...person, addresses: await selectAddresses(tx, tenantId, person.accountId) };
  });
}

/** Words of the directory looked at for one completion; more would cost more than a keystroke may. */
const within = 2_000;
const wordsTyped = 5;

/**
 * Completion: whoever has, for each word typed, a word that begins with it, accents or not.
 * @param limit at most 50.
 */
export async function findPeople(store: Store, actor: Actor, typed: string, limit = 10): Promise<readonly Entry[]> {
  if (actor.kind !== 'person') throw new Refusal('mayNot', { description: 'completion belongs to a person’s tenant' });
  // The longest word drives: it is the rarest. What is typed after `@` is the domain, which words do not know.
  const [first, ...others] = foldWords(typed.slice(0, 200).replace(/@.*$/, ''))
    .slice(0, wordsTyped)
    .toSorted((a, b) => b.length - a.length);
  if (first === undefined) return [];
  return read(store, (tx) =>
    selectByPrefixes(tx, actor.tenantId, [first, ...others], { within, limit: Math.min(limit, 50) }),
  );
}
