/** Statements: accounts, people, and the words completion finds them by. */
import { sql } from 'kysely';

import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

export interface NewAccountRow {
  readonly id: AccountId;
  readonly tenantId: TenantId;
  readonly kind: 'person' | 'function' | 'group';
  readonly unitId: UnitId | null;
  readonly name: string;
  readonly email: string;
  readonly quotaOctets: number | null;
}

export interface Clock {
  readonly modseq: number;
  readonly nextId: number;
  readonly states: object;
}

export async function insertAccounts(
  tx: Tx,
  accounts: readonly NewAccountRow[],
  clock: Clock,
  at: number,
): Promise<void> {
  const states = JSON.stringify(clock.states);
  await insertRows(
    tx,
    'account',
    accounts.map(({ id, tenantId, kind, unitId, name, email, quotaOctets }) => ({
      id,
      tenant_id: tenantId,
      kind,
      unit_id: unitId,
      name,
      email,
      state: 'active',
      modseq: clock.modseq,
      next_id: clock.nextId,
      states,
      quota_octets: quotaOctets,
      used_octets: 0,
      email_count: 0,
      seen_is_personal: 0,
      settings: '{}',
      created_at: at,
    })),
  );
}

export interface NewPersonRow {
  readonly id: PersonId;
  readonly tenantId: TenantId;
  readonly accountId: AccountId;
  readonly unitId: UnitId | null;
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly population: string;
  readonly functionName: string | null;
  readonly passwordHash: string | null;
  readonly mustChangePassword: boolean;
  readonly language: string;
  readonly externalId: string | null;
  readonly sortKey: string;
  readonly provisionalUntil: number | null;
  readonly numenHash: string | null;
  readonly birthDate: string | null;
  /** Not verified: nothing is sent there before its holder has said so. */
  readonly recoveryEmail: string | null;
}

export async function insertPeople(tx: Tx, people: readonly NewPersonRow[], at: number): Promise<void> {
  await insertRows(
    tx,
    'person',
    people.map((person) => ({
      tenant_id: person.tenantId,
      id: person.id,
      account_id: person.accountId,
      unit_id: person.unitId,
      user_name: person.userName,
      given_name: person.givenName,
      family_name: person.familyName,
      population: person.population,
      function_name: person.functionName,
      state: person.passwordHash === null ? 'provisioned' : 'active',
      state_reason: null,
      password_hash: person.passwordHash,
      password_changed_at: person.passwordHash === null ? null : at,
      must_change_password: person.mustChangePassword ? 1 : 0,
      language: person.language,
      external_id: person.externalId,
      sort_key: person.sortKey,
      settings: '{}',
      created_at: at,
      updated_at: at,
      numen_hash: person.numenHash,
      numen_used_at: null,
      birth_date: person.birthDate,
      provisional_until: person.provisionalUntil,
      password_history: '[]',
      activated_at: person.passwordHash === null || person.mustChangePassword ? null : at,
      terms_version: null,
      terms_accepted_at: null,
      recovery_email: person.recoveryEmail,
      recovery_verified_at: null,
    })),
  );
}

export async function insertWords(
  tx: Tx,
  tenantId: TenantId,
  words: readonly { readonly accountId: AccountId; readonly word: string }[],
): Promise<void> {
  const table = words.map(({ accountId, word }) => ({ tenant_id: tenantId, word, account_id: accountId }));
  await insertRows(tx, 'directory_word', table, 'ignore');
}

/** Who has a name. */
export interface Named {
  readonly personId: PersonId;
  readonly externalId: string | null;
}

/** @returns those of `userNames` that somebody has. */
export async function selectTakenUserNames(
  tx: Tx,
  tenantId: TenantId,
  userNames: readonly string[],
): Promise<ReadonlyMap<string, Named>> {
  if (userNames.length === 0) return new Map();
  const query = tx.q
    .selectFrom('person')
    .select(['user_name', 'external_id', 'id'])
    .where('tenant_id', '=', tenantId)
    .where(tx.anyOf('user_name', userNames));
  return new Map(
    (await rows(tx, query)).map((row) => [
      row.user_name,
      { personId: asId<PersonId>(row.id), externalId: row.external_id },
    ]),
  );
}

/** @returns those of `hashes` that somebody has. */
export async function selectTakenNumens(
  tx: Tx,
  tenantId: TenantId,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, PersonId>> {
  if (hashes.length === 0) return new Map();
  const query = tx.q
    .selectFrom('person')
    .select(['numen_hash', 'id'])
    .where('tenant_id', '=', tenantId)
    .where(tx.anyOf('numen_hash', hashes))
    // What the index holds.
    .where('numen_hash', 'is not', null);
  return new Map((await rows(tx, query)).map((row) => [row.numen_hash ?? '', asId<PersonId>(row.id)]));
}

/** @returns those of `externalIds` that are known. */
export async function selectKnownExternalIds(
  tx: Tx,
  tenantId: TenantId,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, PersonId>> {
  if (externalIds.length === 0) return new Map();
  const query = tx.q
    .selectFrom('person')
    .select(['external_id', 'id'])
    .where('tenant_id', '=', tenantId)
    .where(tx.anyOf('external_id', externalIds));
  return new Map((await rows(tx, query)).map((row) => [row.external_id ?? '', asId<PersonId>(row.id)]));
}

export interface Person {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  readonly accountId: AccountId;
  readonly unitId: UnitId | null;
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly population: string;
  readonly functionName: string | null;
  readonly state: string;
  readonly stateReason: string | null;
  readonly language: string;
  readonly externalId: string | null;
  readonly sortKey: string;
  readonly quotaOctets: number | null;
  readonly usedOctets: number;
  readonly emailCount: number;
  readonly createdAt: number;
}

const personColumns = [
  'person.tenant_id',
  'person.id',
  'person.account_id',
  'person.unit_id',
  'person.user_name',
  'person.given_name',
  'person.family_name',
  'person.population',
  'person.function_name',
  'person.state',
  'person.state_reason',
  'person.language',
  'person.external_id',
  'person.sort_key',
  'person.created_at',
  'account.email',
  'account.quota_octets',
  'account.used_octets',
  'account.email_count',
] as const;

interface PersonRow {
  readonly tenant_id: number;
  readonly id: number;
  readonly account_id: number;
  readonly unit_id: number | null;
  readonly user_name: string;
  readonly given_name: string;
  readonly family_name: string;
  readonly population: string;
  readonly function_name: string | null;
  readonly state: string;
  readonly state_reason: string | null;
  readonly language: string;
  readonly external_id: string | null;
  readonly sort_key: string;
  readonly created_at: number;
  readonly email: string;
  readonly quota_octets: number | null;
  readonly used_octets: number;
  readonly email_count: number;
}

const person = (row: PersonRow): Person => ({
  tenantId: asId<TenantId>(row.tenant_id),
  personId: asId<PersonId>(row.id),
  accountId: asId<AccountId>(row.account_id),
  unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
  userName: row.user_name,
  givenName: row.given_name,
  familyName: row.family_name,
  email: row.email,
  population: row.population,
  functionName: row.function_name,
  state: row.state,
  stateReason: row.state_reason,
  language: row.language,
  externalId: row.external_id,
  sortKey: row.sort_key,
  quotaOctets: row.quota_octets,
  usedOctets: row.used_octets,
  emailCount: row.email_count,
  createdAt: row.created_at,
});

const selectPersonById = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(personColumns)
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

export async function selectPerson(tx: Tx, tenantId: TenantId, personId: PersonId): Promise<Person | undefined> {
  const row = await selectPersonById.first(tx, { tenantId, personId });
  return row && person(row);
}

const selectPage = statement<{ tenantId: number; sortKey: string; personId: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(personColumns)
    .where('person.tenant_id', '=', p.tenantId)
    .where(sql<boolean>`(person.sort_key, person.id) > (${p.sortKey}, ${p.personId})`)
    .orderBy('person.sort_key')
    .orderBy('person.id')
    .limit(p.limit),
);

const selectPageOfUnits = statement<{
  tenantId: number;
  from: string;
  until: string;
  sortKey: string;
  personId: number;
  limit: number;
}>()(({ q, p }) =>
  q
    .selectFrom('unit')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'unit.tenant_id').onRef('person.unit_id', '=', 'unit.id'),
    )
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(personColumns)
    .where('unit.tenant_id', '=', p.tenantId)
    .where('unit.path', '>=', p.from)
    .where('unit.path', '<', p.until)
    .where(sql<boolean>`(person.sort_key, person.id) > (${p.sortKey}, ${p.personId})`)
    .orderBy('person.sort_key')
    .orderBy('person.id')
    .limit(p.limit),
);

export interface PageAfter {
  readonly sortKey: string;
  readonly personId: number;
}

/** By family name; only those in the subtree of `unitPath` when it is given. */
export async function selectPeople(
  tx: Tx,
  tenantId: TenantId,
  page: { readonly after: PageAfter; readonly limit: number; readonly unitPath?: string | undefined },
): Promise<readonly Person[]> {
  const { after, limit, unitPath } = page;
  const found =
    unitPath === undefined
      ? await selectPage.all(tx, { tenantId, ...after, limit })
      : await selectPageOfUnits.all(tx, {
          tenantId,
          from: unitPath,
          until: `${unitPath.slice(0, -1)}0`,
          ...after,
          limit,
        });
  return found.map(person);
}

export interface Entry {
  readonly accountId: AccountId;
  readonly kind: string;
  readonly name: string;
  readonly email: string;
  readonly unitName: string | null;
  readonly functionName: string | null;
}

/**
 * Accounts that have, for each of `prefixes`, a word that begins with it. The first one drives: at most `within` of
 * its words are looked at, so that the cost is bounded whatever is typed.
 */
export async function selectByPrefixes(
  tx: Tx,
  tenantId: TenantId,
  prefixes: readonly [string, ...string[]],
  { within, limit }: { readonly within: number; readonly limit: number },
): Promise<readonly Entry[]> {
  const [first, ...others] = prefixes;
  const candidates = tx.q
    .selectFrom('directory_word')
    .select(['account_id', 'word'])
    .where('tenant_id', '=', tenantId)
    .where('word', '>=', first)
    .where('word', '<', afterPrefix(first))
    .orderBy('word')
    .orderBy('account_id')
    .limit(within)
    .as('candidate');
  let query = tx.q
    .selectFrom(candidates)
    .innerJoin('account', 'account.id', 'candidate.account_id')
    .leftJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'account.tenant_id').onRef('unit.id', '=', 'account.unit_id'),
    )
    .leftJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'account.tenant_id').onRef('person.account_id', '=', 'account.id'),
    )
    .select([
      'account.id',
      'account.kind',
      'account.name',
      'account.email',
      'unit.name as unit_name',
      'person.function_name',
    ])
    .where('account.state', '<>', 'closed')
    .orderBy('candidate.word')
    .orderBy('candidate.account_id')
    // One account may come by several of its words.
    .limit(limit * 3);
  for (const prefix of others) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('directory_word as other')
          .select('other.word')
          .where('other.tenant_id', '=', tenantId)
          .whereRef('other.account_id', '=', 'candidate.account_id')
          .where('other.word', '>=', prefix)
          .where('other.word', '<', afterPrefix(prefix)),
      ),
    );
  }
  const found = new Map((await rows(tx, query)).map((row) => [row.id, row]));
  return [...found.values()].slice(0, limit).map((row) => ({
    accountId: asId<AccountId>(row.id),
    kind: row.kind,
    name: row.name,
    email: row.email,
    unitName: row.unit_name,
    functionName: row.function_name,
  }));
}

/** Words hold a–z and 0–9 only: `{` comes after them all. */
function afterPrefix(prefix: string): string {
  return `${prefix}{`;
}

const updateEmailOf = statement<{ accountId: number; email: string }>()(({ q, p }) =>
  q.updateTable('account').set({ email: p.email }).where('id', '=', p.accountId),
);

export async function updateEmail(tx: Tx, accountId: AccountId, email: string): Promise<void> {
  await updateEmailOf.run(tx, { accountId, email });
}
