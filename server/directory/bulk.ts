/**
 * Adding many people at once whose names are known to be fit (the demonstration, a migration): one transaction a call,
 * user names and addresses planned as for one. Who is there already, by external id, is passed over, so that a run
 * which was interrupted is simply started again.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { chooseNames, noneChosen } from './choose.ts';
import { baseAddress, baseUserName } from './names.ts';
import { selectDomains, selectTakenAddresses } from './queries/addresses.ts';
import { type KnownPerson, selectKnown } from './queries/known.ts';
import { selectKnownExternalIds, selectTakenUserNames } from './queries/people.ts';
import { registerAccounts } from './register.ts';

export type { KnownPerson };

export interface PersonInBulk {
  /** What makes a second run pass over them. */
  readonly externalId: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly unitId: UnitId | null;
  readonly population: string;
  readonly functionName: string | null;
  /** Null: nobody can log in yet. */
  readonly passwordHash: string | null;
}

/**
 * In the order given, which decides who of two homonyms has no number. A thousand a call at most.
 * @returns how many were added.
 * @throws {Refusal} `noSuchDomain` when the tenant has none, `mayNot`.
 */
export function addPeople(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  given: readonly PersonInBulk[],
): Promise<number> {
  requireSystem(actor);
  return write(store, async (tx) => {
    const externalIds = given.map(({ externalId }) => externalId);
    const known = await selectKnownExternalIds(tx, tenantId, externalIds);
    const people = given.filter(({ externalId }) => !known.has(externalId));
    if (people.length === 0) return 0;
    const domain = (await selectDomains(tx, tenantId))[0]?.name;
    if (domain === undefined) throw new Refusal('noSuchDomain', { description: 'the tenant has no domain yet' });
    const userNames = await chooseNames(
      people.map(({ givenName, familyName }) => baseUserName(givenName, familyName)),
      (name) => name,
      (names) => selectTakenUserNames(tx, tenantId, names),
      noneChosen(),
    );
    const emails = await chooseNames(
      people.map(({ givenName, familyName }) => baseAddress(givenName, familyName)),
      (local) => `${local}@${domain}`,
      (addresses) => selectTakenAddresses(tx, tenantId, addresses),
      noneChosen(),
    );
    const at = store.now();
    const newcomers = people.map(({ unitId, ...person }, index) => ({
      name: `${person.givenName} ${person.familyName}`,
      email: emails[index] ?? '',
      isProvisional: false,
      aliases: [],
      unitId,
      quotaOctets: null,
      person: { ...person, userName: userNames[index] ?? '', mustChangePassword: false, language: 'fr' },
    }));
    await registerAccounts(tx, tenantId, newcomers, at);
    await recordTrace(tx, { tenantId, actor, verb: 'addPeople', at, details: { count: people.length } });
    return people.length;
  });
}

const rowsPerPage = 5000;

/** Everybody whose external id begins with `prefix`, in pages. @throws {Refusal} `mayNot`. */
export async function* listByExternalId(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  prefix: string,
): AsyncGenerator<readonly KnownPerson[]> {
  requireSystem(actor);
  for (let after = prefix; ;) {
    const page = await read(store, (tx) => selectKnown(tx, tenantId, after, rowsPerPage));
    const those = page.filter(({ externalId }) => externalId.startsWith(prefix));
    if (those.length > 0) yield those;
    const last = page.at(-1);
    if (last === undefined || those.length < page.length) return;
    after = last.externalId;
  }
}
