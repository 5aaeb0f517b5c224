/**
 * Statements: finding people among hundreds of thousands. Each way of finding is a walk along one index from where the
 * page before ended, and looks at a bounded stretch of it: what a search costs does not grow with the tenant.
 */
import { type RawBuilder, sql, type SqlBool } from 'kysely';

import { asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { rows, type Tx } from '#server/store/statement.ts';

/** What everybody found must fulfil. */
export interface Wanted {
  readonly tenantId: TenantId;
  /** Paths of units, one of which they are under; undefined: the whole tenant. */
  readonly paths: readonly string[] | undefined;
  readonly state: string | undefined;
  /** Folded words, each the beginning of one of theirs; or, for one typed word, of their user name. */
  readonly words: readonly string[];
  /** The beginning of one of their addresses, in lower case. */
  readonly address: string | undefined;
}

/** The index a walk goes along. */
export type Walk =
  /** Everybody, by name. */
  | { readonly kind: 'name' }
  /** Those in one state, by name. */
  | { readonly kind: 'state'; readonly state: string }
  /** Everybody in the subtrees, by name: for few. */
  | { readonly kind: 'units' }
  /** By the word of theirs that begins so. */
  | { readonly kind: 'word'; readonly prefix: string }
  | { readonly kind: 'userName'; readonly prefix: string }
  | { readonly kind: 'address'; readonly prefix: string };

/** A place on a walk: after it the next page begins. */
export interface Place {
  readonly key: string;
  readonly id: number;
}

interface Candidate {
  readonly id: number;
  readonly key: string;
  readonly place: number;
}

/** After every text that begins with `prefix`: keys compare by their octets, and no UTF-8 text holds this one. */
function afterPrefix(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

function isUnder(paths: readonly string[]): RawBuilder<SqlBool> {
  const each = paths.map((path) => sql`(unit.path >= ${path} and unit.path < ${`${path.slice(0, -1)}0`})`);
  return sql<SqlBool>`(${sql.join(each, sql` or `)})`;
}

/**
 * Looked for among the few words of one account: `|| ''` keeps planners from the index on words, of which thousands of
 * people have one that begins so.
 */
function hasWord(tenantId: TenantId, word: string, account: RawBuilder<unknown>): RawBuilder<SqlBool> {
  return sql<SqlBool>`exists (select 1 from directory_word where directory_word.tenant_id = ${tenantId}
    and directory_word.account_id = ${account}
    and directory_word.word || '' >= ${word} and directory_word.word || '' < ${afterPrefix(word)})`;
}

function conditionsOf(walk: Walk, { tenantId, paths, state, words, address }: Wanted): RawBuilder<SqlBool> {
  const all: RawBuilder<SqlBool>[] = [];
  // Of the stretch where there is one: whoever lacks a word is passed over before anything else of theirs is read.
  const account = walk.kind === 'units' ? sql`person.account_id` : sql`stretch.id`;
  if (paths) all.push(isUnder(paths));
  if (state !== undefined && walk.kind !== 'state') all.push(sql<SqlBool>`person.state = ${state}`);
  const others = walk.kind === 'word' ? words.filter((word) => word !== walk.prefix) : words;
  if (walk.kind === 'userName') {
    // Who is found by a word was found before.
    for (const word of words) all.push(sql<SqlBool>`not ${hasWord(tenantId, word, account)}`);
  } else if (walk.kind !== 'word' && others.length === 1) {
    const [word = ''] = others;
    const isName = sql`(person.user_name >= ${word} and person.user_name < ${afterPrefix(word)})`;
    all.push(sql<SqlBool>`(${hasWord(tenantId, word, account)} or ${isName})`);
  } else for (const word of others) all.push(hasWord(tenantId, word, account));
  if (address !== undefined && walk.kind !== 'address')
    all.push(
      sql<SqlBool>`exists (select 1 from address where address.tenant_id = ${tenantId}
        and address.account_id = person.account_id
        and address.address || '' >= ${address} and address.address || '' < ${afterPrefix(address)})`,
    );
  return all.length === 0 ? sql<SqlBool>`1 = 1` : sql<SqlBool>`${sql.join(all, sql` and `)}`;
}

/** The stretch of the index that is looked at: `id`, `key` and `place` of up to `within` entries after `after`. */
function stretchOf(walk: Walk, tenantId: TenantId, after: Place, within: number): RawBuilder<Candidate> {
  switch (walk.kind) {
    case 'word': {
      // One lower bound alone: beside another one, PostgreSQL would begin its walk at the first word of all.
      const { key, id } = after.key === '' ? { key: walk.prefix, id: 0 } : after;
      return sql<Candidate>`select account_id as id, word as key, account_id as place from directory_word
        where tenant_id = ${tenantId} and word < ${afterPrefix(walk.prefix)} and (word, account_id) > (${key}, ${id})
        order by word, account_id limit ${within}`;
    }
    case 'address':
      return sql<Candidate>`select account_id as id, address as key, account_id as place from address
        where tenant_id = ${tenantId} and address >= ${walk.prefix} and address < ${afterPrefix(walk.prefix)}
          and address > ${after.key} order by address limit ${within}`;
    case 'userName':
      return sql<Candidate>`select account_id as id, user_name as key, id as place from person
        where tenant_id = ${tenantId} and user_name >= ${walk.prefix} and user_name < ${afterPrefix(walk.prefix)}
          and user_name > ${after.key} order by user_name limit ${within}`;
    case 'state':
      return sql<Candidate>`select account_id as id, sort_key as key, id as place from person
        where tenant_id = ${tenantId} and state = ${walk.state}
          and (sort_key, id) > (${after.key}, ${after.id}) order by sort_key, id limit ${within}`;
    case 'name':
    case 'units':
      return sql<Candidate>`select account_id as id, sort_key as key, id as place from person
        where tenant_id = ${tenantId} and (sort_key, id) > (${after.key}, ${after.id})
        order by sort_key, id limit ${within}`;
  }
}

/** Somebody with several words or addresses that begin so is found by the first of them alone. */
function isFirst(walk: Walk, tenantId: TenantId): RawBuilder<SqlBool> {
  if (walk.kind === 'word')
    return sql<SqlBool>`not exists (select 1 from directory_word as earlier where earlier.tenant_id = ${tenantId}
      and earlier.account_id = stretch.id and earlier.word || '' >= ${walk.prefix}
      and earlier.word || '' < stretch.key)`;
  if (walk.kind === 'address')
    return sql<SqlBool>`not exists (select 1 from address as earlier where earlier.tenant_id = ${tenantId}
      and earlier.account_id = stretch.id and earlier.address || '' >= ${walk.prefix}
      and earlier.address || '' < stretch.key)`;
  return sql<SqlBool>`1 = 1`;
}

/** Those of the next `within` entries that are wanted, in the order of the walk; `limit` at most. */
export async function selectStretch(
  tx: Tx,
  walk: Walk,
  wanted: Wanted,
  { after, within, limit }: { readonly after: Place; readonly within: number; readonly limit: number },
): Promise<readonly PersonId[]> {
  const { tenantId } = wanted;
  if (walk.kind === 'units') return selectInUnits(tx, wanted, after, limit);
  const found = await rows(
    tx,
    // "cross join" is what keeps SQLite from walking along everybody in search of the stretch.
    sql<{ readonly id: number }>`select person.id from (${stretchOf(walk, tenantId, after, within)}) as stretch
      cross join person left join unit on unit.tenant_id = person.tenant_id and unit.id = person.unit_id
      where person.tenant_id = ${tenantId} and person.account_id = stretch.id
        and ${isFirst(walk, tenantId)} and ${conditionsOf(walk, wanted)}
      order by stretch.key, stretch.place limit ${limit}`,
  );
  return found.map(({ id }) => asId<PersonId>(id));
}

async function selectInUnits(tx: Tx, wanted: Wanted, after: Place, limit: number): Promise<readonly PersonId[]> {
  const found = await rows(
    tx,
    sql<{ readonly id: number }>`select person.id from unit
      join person on person.tenant_id = unit.tenant_id and person.unit_id = unit.id
      where unit.tenant_id = ${wanted.tenantId} and ${conditionsOf({ kind: 'units' }, wanted)}
        and (person.sort_key, person.id) > (${after.key}, ${after.id})
      order by person.sort_key, person.id limit ${limit}`,
  );
  return found.map(({ id }) => asId<PersonId>(id));
}

/** Where a stretch of `within` entries ends; undefined when the walk is at its end before. */
export async function selectEnd(
  tx: Tx,
  walk: Walk,
  tenantId: TenantId,
  after: Place,
  within: number,
): Promise<Place | undefined> {
  const stretch = stretchOf(walk, tenantId, after, within);
  const [last] = await rows(
    tx,
    sql<Candidate>`select key, place from (${stretch}) as stretch order by key desc, place desc limit 1`,
  );
  const [counted] = await rows(
    tx,
    sql<{ readonly count: number }>`select count(*) as count from (${stretch}) as stretch`,
  );
  return last && counted && counted.count >= within ? { key: last.key, id: last.place } : undefined;
}

/** How many entries a walk has, up to `most`. */
export async function countEntries(tx: Tx, walk: Walk, tenantId: TenantId, most: number): Promise<number> {
  const stretch = stretchOf(walk, tenantId, { key: '', id: 0 }, most);
  const [row] = await rows(tx, sql<{ readonly count: number }>`select count(*) as count from (${stretch}) as stretch`);
  return row?.count ?? 0;
}

/** Where on the walk somebody stands; undefined when the walk does not pass them. */
export async function selectPlace(
  tx: Tx,
  walk: Walk,
  tenantId: TenantId,
  personId: PersonId,
): Promise<Place | undefined> {
  const person = tx.q.selectFrom('person').select(['account_id', 'sort_key', 'user_name', 'id', 'state']);
  const [row] = await rows(tx, person.where('tenant_id', '=', tenantId).where('id', '=', personId));
  if (!row) return undefined;
  switch (walk.kind) {
    case 'name':
    case 'units':
    case 'state':
      return { key: row.sort_key, id: row.id };
    case 'userName':
      return row.user_name.startsWith(walk.prefix) ? { key: row.user_name, id: row.id } : undefined;
    case 'word':
    case 'address': {
      const [first] = await rows(
        tx,
        walk.kind === 'word'
          ? sql<{ readonly key: string | null }>`select min(word) as key from directory_word
              where tenant_id = ${tenantId} and account_id = ${row.account_id}
                and word >= ${walk.prefix} and word < ${afterPrefix(walk.prefix)}`
          : sql<{ readonly key: string | null }>`select min(address) as key from address
              where tenant_id = ${tenantId} and account_id = ${row.account_id}
                and address >= ${walk.prefix} and address < ${afterPrefix(walk.prefix)}`,
      );
      return typeof first?.key === 'string' ? { key: first.key, id: row.account_id } : undefined;
    }
  }
}

/** Whether the subtrees hold more than `most` people. */
export async function hasMoreThan(
  tx: Tx,
  tenantId: TenantId,
  paths: readonly string[],
  most: number,
): Promise<boolean> {
  const [row] = await rows(
    tx,
    sql<{ readonly count: number }>`select count(*) as count from (select 1 from unit
      join person on person.tenant_id = unit.tenant_id and person.unit_id = unit.id
      where unit.tenant_id = ${tenantId} and ${isUnder(paths)} limit ${most + 1}) as those`,
  );
  return (row?.count ?? 0) > most;
}

/** The path of the unit that has this code. */
export async function selectPathByCode(tx: Tx, tenantId: TenantId, code: string): Promise<string | undefined> {
  const query = tx.q.selectFrom('unit').select('path').where('tenant_id', '=', tenantId).where('code', '=', code);
  return (await rows(tx, query))[0]?.path;
}
