/** Statements: people as another directory sees them, found along indexes and counted. */
import { type RawBuilder, sql } from 'kysely';

import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import type { Row } from '#server/store/connection.ts';
import { rows, type Tx } from '#server/store/statement.ts';
import { heavyRead, read, type Store } from '#server/store/store.ts';

export interface PersonRow {
  readonly personId: PersonId;
  readonly accountId: AccountId;
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly name: string;
  readonly email: string;
  readonly unitId: UnitId | null;
  readonly unitCode: string | null;
  readonly unitName: string | null;
  readonly population: string;
  readonly functionName: string | null;
  readonly language: string;
  readonly externalId: string | null;
  readonly state: string;
  readonly stateReason: string | null;
  readonly quotaOctets: number | null;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** With which kind each address leads here, in the order of the alphabet. */
  readonly addresses: readonly { readonly address: string; readonly kind: string }[];
}

/** Those of the tenant, closed ones too, in no order. */
export async function selectPeopleRows(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly PersonId[],
): Promise<readonly PersonRow[]> {
  if (ids.length === 0) return [];
  const found = await rows(
    tx,
    tx.q
      .selectFrom('person')
      .innerJoin('account', 'account.id', 'person.account_id')
      .leftJoin('unit', (join) =>
        join.onRef('unit.tenant_id', '=', 'person.tenant_id').onRef('unit.id', '=', 'person.unit_id'),
      )
      .select([
        'person.id',
        'person.account_id',
        'person.user_name',
        'person.given_name',
        'person.family_name',
        'person.unit_id',
        'person.population',
        'person.function_name',
        'person.language',
        'person.external_id',
        'person.state',
        'person.state_reason',
        'person.created_at',
        'person.updated_at',
        'account.name',
        'account.email',
        'account.quota_octets',
        'unit.code as unit_code',
        'unit.name as unit_name',
      ])
      .where('person.tenant_id', '=', tenantId)
      .where(tx.anyOf('person.id', ids)),
  );
  const addresses = await addressesOf(
    tx,
    tenantId,
    found.map((row) => row.account_id),
  );
  return found.map((row) => ({
    personId: asId<PersonId>(row.id),
    accountId: asId<AccountId>(row.account_id),
    userName: row.user_name,
    givenName: row.given_name,
    familyName: row.family_name,
    name: row.name,
    email: row.email,
    unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
    unitCode: row.unit_code,
    unitName: row.unit_name,
    population: row.population,
    functionName: row.function_name,
    language: row.language,
    externalId: row.external_id,
    state: row.state,
    stateReason: row.state_reason,
    quotaOctets: row.quota_octets,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    addresses: addresses.get(row.account_id) ?? [],
  }));
}

/** Whoever is closed and is known by this id. */
export async function selectClosedByExternalId(
  tx: Tx,
  tenantId: TenantId,
  externalId: string,
): Promise<PersonId | undefined> {
  const query = tx.q
    .selectFrom('person')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('external_id', '=', externalId)
    .where('state', '=', 'closed');
  const [row] = await rows(tx, query);
  return row && asId<PersonId>(row.id);
}

async function addressesOf(tx: Tx, tenantId: TenantId, accountIds: readonly number[]) {
  const found = await rows(
    tx,
    tx.q
      .selectFrom('address')
      .select(['account_id', 'address', 'kind'])
      .where('tenant_id', '=', tenantId)
      .where(tx.anyOf('account_id', accountIds)),
  );
  // In order here: asked to sort them, SQLite would walk over every address there is, in that order.
  const inOrder = found.toSorted((a, b) => (a.address < b.address ? -1 : 1));
  return Map.groupBy(inOrder, (row) => row.account_id);
}

/** An index, and the stretch of it whoever is looked for stands in. */
export type Driver =
  | { readonly kind: 'id'; readonly id: number }
  | { readonly kind: 'userName' | 'address' | 'sortKey'; readonly from: string; readonly isWhole: boolean }
  | { readonly kind: 'externalId'; readonly value: string }
  /** A unit itself, without what is below it. */
  | { readonly kind: 'unit'; readonly code: string }
  | { readonly kind: 'states'; readonly states: readonly string[] }
  /** Everybody of a unit and below. */
  | { readonly kind: 'subtree'; readonly path: string };

/** After every text that begins with `prefix`: keys compare by their octets, and no UTF-8 text holds this one. */
function afterPrefix(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

function idsOf(tx: Asked, tenantId: TenantId, driver: Driver): RawBuilder<unknown> {
  const people = sql`select person.id as id from person where person.tenant_id = ${tenantId}`;
  switch (driver.kind) {
    case 'id':
      return sql`${people} and person.id = ${driver.id}`;
    case 'userName':
      return driver.isWhole
        ? sql`${people} and person.user_name = ${driver.from}`
        : sql`${people} and person.user_name >= ${driver.from} and person.user_name < ${afterPrefix(driver.from)}`;
    case 'sortKey':
      return sql`${people} and person.sort_key >= ${driver.from} and person.sort_key < ${afterPrefix(driver.from)}`;
    case 'externalId':
      return sql`${people} and person.external_id = ${driver.value}`;
    case 'states':
      return sql`${people} and ${tx.anyOf('person.state', driver.states)}`;
    case 'address': {
      const joined = sql`select person.id as id from address cross join person
        where address.tenant_id = ${tenantId} and person.tenant_id = ${tenantId}
          and person.account_id = address.account_id`;
      return driver.isWhole
        ? sql`${joined} and address.address = ${driver.from}`
        : sql`${joined} and address.address >= ${driver.from} and address.address < ${afterPrefix(driver.from)}`;
    }
    case 'unit':
      return sql`select person.id as id from unit cross join person
        where unit.tenant_id = ${tenantId} and unit.code = ${driver.code}
          and person.tenant_id = ${tenantId} and person.unit_id = unit.id`;
    case 'subtree':
      return sql`select person.id as id from unit cross join person
        where unit.tenant_id = ${tenantId} and unit.path >= ${driver.path}
          and unit.path < ${`${driver.path.slice(0, -1)}0`}
          and person.tenant_id = ${tenantId} and person.unit_id = unit.id`;
  }
}

export type SortBy = 'id' | 'userName' | 'familyName';

const sortColumns = { id: 'person.id', userName: 'person.user_name', familyName: 'person.sort_key' } as const;

export interface Found {
  readonly id: PersonId;
  /** Where the walk stands after them. */
  readonly key: string | number;
}

export interface People {
  readonly tenantId: TenantId;
  /** Whoever one of them finds; undefined for everybody. */
  readonly drivers: readonly Driver[] | undefined;
  /** '/' for the whole tenant. */
  readonly path: string;
}

/** "cross join" is what keeps SQLite from walking along everybody in search of the few that were driven to. */
function from(tx: Asked, { tenantId, drivers, path }: People): RawBuilder<unknown> {
  const isUnder =
    path === '/'
      ? sql`1 = 1`
      : sql`exists (select 1 from unit where unit.tenant_id = ${tenantId} and unit.id = person.unit_id
          and unit.path >= ${path} and unit.path < ${`${path.slice(0, -1)}0`})`;
  const wanted = sql`person.tenant_id = ${tenantId} and person.state <> 'closed' and ${isUnder}`;
  if (!drivers) return sql`from person where ${wanted}`;
  const each = sql.join(
    drivers.map((driver) => idsOf(tx, tenantId, driver)),
    sql` union `,
  );
  return sql`from (select distinct id from (${each}) as driven) as candidate cross join person
    where person.id = candidate.id and ${wanted}`;
}

type Asked = Pick<Tx, 'anyOf'>;

/**
 * Off the event loop, which walking over hundreds of thousands would hold up; but those known by one name are there sooner
 * than the thread is.
 */
function ask(store: Store, isLong: boolean, build: (tx: Asked) => RawBuilder<Row>): Promise<readonly Row[]> {
  return isLong ? heavyRead(store, build) : read(store, (tx) => rows(tx, build(tx)));
}

function areMany({ drivers }: People): boolean {
  return !drivers?.every((driver) => ('isWhole' in driver ? driver.isWhole : oneNames.has(driver.kind)));
}

const oneNames: ReadonlySet<Driver['kind']> = new Set(['id', 'externalId']);

/** In the order of `sortBy`, then by id; `skip` of them are passed over, or all up to a place. */
export async function selectIds(
  store: Store,
  people: People,
  page: {
    readonly sortBy: SortBy;
    readonly isDescending: boolean;
    readonly after: Found | undefined;
    readonly skip: number;
    readonly limit: number;
  },
): Promise<readonly Found[]> {
  const column = sql.ref(sortColumns[page.sortBy]);
  const direction = page.isDescending ? sql`desc` : sql`asc`;
  const { after } = page;
  const compare = page.isDescending ? sql`<` : sql`>`;
  const beyond = after ? sql`and (${column}, person.id) ${compare} (${after.key}, ${after.id})` : sql``;
  // Everybody's first page, and one that follows, is a short stretch of an index.
  const isLong = areMany(people) && (people.drivers !== undefined || page.skip > 0);
  const found = await ask(
    store,
    isLong,
    (tx) => sql`select person.id as id, ${column} as key
      ${from(tx, people)} ${beyond} order by ${column} ${direction}, person.id ${direction}
      limit ${page.limit} offset ${page.skip}`,
  );
  return found.map((row) => ({
    id: asId<PersonId>(Number(row['id'])),
    key: typeof row['key'] === 'string' ? row['key'] : Number(row['key']),
  }));
}

export async function countPeople(store: Store, people: People): Promise<number> {
  const [row] = await ask(store, areMany(people), (tx) => sql`select count(*) as count ${from(tx, people)}`);
  return Number(row?.['count'] ?? 0);
}
