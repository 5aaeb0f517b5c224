/**
 * Registration: accounts come into being here and nowhere else, one or five hundred at a time. Whoever calls has
 * decided names and addresses, and has found them free in this same transaction.
 */
import { profileOfPopulation } from '#server/access/profile.ts';
import { passwordPolicyOf, provisionalUntil } from '#server/access/password-policy.ts';
import { insertStandardMailboxes, standardClock } from '#server/mail/mailboxes/standard.ts';
import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { directoryWords, sortKey } from './fold.ts';
import { type AddressKind, insertAddresses } from './queries/addresses.ts';
import { reserveIds } from './queries/institution.ts';
import { insertAccounts, insertPeople, insertWords } from './queries/people.ts';

export interface Newcomer {
  /** As recipients see it: "Jean Dupont". */
  readonly name: string;
  readonly email: string;
  /** Whether `email` is to be replaced one day; it then stays as an alias. */
  readonly isProvisional: boolean;
  readonly aliases: readonly string[];
  readonly unitId: UnitId | null;
  readonly quotaOctets: number | null;
  /** Undefined for a functional account, which nobody logs in to. */
  readonly person: NewcomerPerson | undefined;
  /** Of what nobody logs in to; a functional mailbox without it. */
  readonly kind?: 'group';
}

export interface NewcomerPerson {
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly population: string;
  readonly functionName: string | null;
  readonly passwordHash: string | null;
  readonly mustChangePassword: boolean;
  readonly language: string;
  readonly externalId: string | null;
  /** Keyed (access/numen.ts). */
  readonly numenHash?: string | null;
  /** `2001-12-31`. */
  readonly birthDate?: string | null;
  readonly recoveryEmail?: string | null;
}

export interface Registered {
  readonly accountId: AccountId;
  readonly personId: PersonId | undefined;
}

const octetsPerGb = 1_000_000_000;

/** Writes them with their standard mailboxes, in the order given. `at`: milliseconds since 1970. */
export async function registerAccounts(
  tx: Tx,
  tenantId: TenantId,
  newcomers: readonly Newcomer[],
  at: number,
): Promise<readonly Registered[]> {
  if (newcomers.length === 0) return [];
  const peopleCount = newcomers.filter(({ person }) => person !== undefined).length;
  const firstAccount = await reserveIds(tx, 'account', newcomers.length);
  let nextPerson = peopleCount === 0 ? 0 : await reserveIds(tx, 'person', peopleCount);
  const all = newcomers.map((newcomer, index) => ({
    ...newcomer,
    tenantId,
    accountId: asId<AccountId>(firstAccount + index),
    personId: newcomer.person && asId<PersonId>(nextPerson++),
  }));
  const roomOf = await roomByPopulation(tx, tenantId, newcomers);
  await insertAccounts(
    tx,
    all.map((one) => ({
      ...one,
      id: one.accountId,
      kind: one.person ? 'person' : (one.kind ?? 'function'),
      quotaOctets: one.quotaOctets ?? roomOf(one),
    })),
    standardClock,
    at,
  );
  const policy = all.some(({ person }) => person?.mustChangePassword === true)
    ? await passwordPolicyOf(tx, tenantId)
    : undefined;
  await insertPeople(
    tx,
    all.flatMap(({ person, personId: id, accountId, unitId }) =>
      person === undefined || id === undefined
        ? []
        : [
            {
              ...person,
              id,
              tenantId,
              accountId,
              unitId,
              sortKey: sortKey(person.familyName, person.givenName),
              provisionalUntil: person.mustChangePassword && policy ? provisionalUntil(policy, at) : null,
              numenHash: person.numenHash ?? null,
              birthDate: person.birthDate ?? null,
              recoveryEmail: person.recoveryEmail ?? null,
            },
          ],
    ),
    at,
  );
  await insertAddresses(tx, all.flatMap(addressesOf), at);
  await insertWords(
    tx,
    tenantId,
    all.flatMap(({ accountId, name, person }) =>
      directoryWords(...(person ? [person.familyName, person.givenName, person.functionName ?? ''] : [name])).map(
        (word) => ({ accountId, word }),
      ),
    ),
  );
  // The numbers are consecutive, and nobody else has any of them.
  const last = asId<AccountId>(firstAccount + newcomers.length - 1);
  await insertStandardMailboxes(tx, { first: asId<AccountId>(firstAccount), last }, at);
  return all.map(({ accountId, personId }) => ({ accountId, personId }));
}

/** What each may hold where nothing was said: as the institution and their population have it. */
async function roomByPopulation(
  tx: Tx,
  tenantId: TenantId,
  newcomers: readonly Newcomer[],
): Promise<(one: Newcomer) => number | null> {
  const rooms = new Map<string, number | null>();
  for (const population of new Set(newcomers.map(({ person }) => person?.population ?? ''))) {
    const { quotaGb } = await profileOfPopulation(tx, tenantId, population);
    rooms.set(population, quotaGb === null ? null : quotaGb * octetsPerGb);
  }
  return ({ person }) => rooms.get(person?.population ?? '') ?? null;
}

function addressesOf({
  tenantId,
  accountId,
  email,
  isProvisional,
  aliases,
}: Newcomer & { readonly tenantId: TenantId; readonly accountId: AccountId }) {
  const first: AddressKind = isProvisional ? 'provisional' : 'primary';
  return [
    { tenantId, accountId, address: email, kind: first },
    ...[...new Set(aliases)]
      .filter((alias) => alias !== email)
      .map((address) => ({ tenantId, accountId, address, kind: 'alias' as const })),
  ];
}
