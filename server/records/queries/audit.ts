/** Statements: the trace as those who audit it read it, with the names of who did it and to whom. */
import { type RawBuilder, sql, type SqlBool } from 'kysely';

import type { Row } from '#server/store/connection.ts';
import { type AccountId, asId, asUuid, type PersonId, type TenantId, type Uuid } from '#server/store/ids.ts';
import { rows, type Tx } from '#server/store/statement.ts';
import { heavyRead, type Store } from '#server/store/store.ts';

export interface AuditEntry {
  readonly id: Uuid;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** How the person proved who they are, or which part of the house it was. */
  readonly by: string;
  readonly actorPersonId: PersonId | null;
  readonly actorName: string | null;
  readonly accountId: AccountId | null;
  readonly accountName: string | null;
  readonly accountEmail: string | null;
  readonly verb: string;
  readonly reason: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly remoteAddress: string | null;
  readonly isSealed: boolean;
}

export interface AuditSelection {
  /** Only lines about accounts in these subtrees (paths of units); undefined for every line. */
  readonly paths: readonly string[] | undefined;
  /** Only lines about these accounts. */
  readonly accountIds: readonly AccountId[] | undefined;
  readonly actorPersonId: PersonId | undefined;
  readonly verbs: readonly string[] | undefined;
  /** Milliseconds since 1970: from the first, before the second. */
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly ids: readonly string[] | undefined;
  /** The last line of the page before. */
  readonly after: { readonly at: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** The newest first. Off the event loop: a filter may let few lines of many through. */
export async function selectAudit(
  store: Store,
  tenantId: TenantId,
  selection: AuditSelection,
): Promise<readonly AuditEntry[]> {
  const { accountIds, actorPersonId, ids, limit } = selection;
  // Few lines at all: they are found by whom they are about, and sorted, instead of the other way round.
  const isFew = accountIds !== undefined || actorPersonId !== undefined || ids !== undefined;
  const found = await heavyRead(store, ({ anyOf }) => {
    const wanted = conditionsOf(tenantId, selection, anyOf);
    const order = isFew ? sql`+trace.at desc, trace.id desc` : sql`trace.at desc, trace.id desc`;
    return sql`with page as (select * from trace where ${sql.join(wanted, sql` and `)} order by ${order} limit ${limit})
      select page.id, page.at, page.actor, page.person_id, page.account_id, page.verb, page.details,
        page.remote_address, page.seal, author.given_name, author.family_name, account.name, account.email
      from page
      left join person as author on author.tenant_id = page.tenant_id and author.id = page.person_id
      left join account on account.id = page.account_id and account.tenant_id = page.tenant_id
      order by page.at desc, page.id desc`;
  });
  return found.map(entryOf);
}

function conditionsOf(
  tenantId: TenantId,
  { paths, accountIds, actorPersonId, verbs, from, until, ids, after }: AuditSelection,
  anyOf: Tx['anyOf'],
): readonly (RawBuilder<SqlBool> | ReturnType<Tx['anyOf']>)[] {
  const inSubtrees = paths?.map((path) => sql`(unit.path >= ${path} and unit.path < ${afterPath(path)})`);
  return [
    sql<SqlBool>`trace.tenant_id = ${tenantId}`,
    ...(accountIds ? [anyOf('trace.account_id', accountIds)] : []),
    ...(ids ? [anyOf('trace.id', ids)] : []),
    ...(actorPersonId === undefined ? [] : [sql<SqlBool>`trace.person_id = ${actorPersonId}`]),
    ...(verbs ? [anyOf('trace.verb', verbs)] : []),
    ...(from === undefined ? [] : [sql<SqlBool>`trace.at >= ${from}`]),
    ...(until === undefined ? [] : [sql<SqlBool>`trace.at < ${until}`]),
    ...(after ? [sql<SqlBool>`(trace.at, trace.id) < (${after.at}, ${after.id})`] : []),
    ...(inSubtrees
      ? [
          sql<SqlBool>`exists (select 1 from account
            join unit on unit.tenant_id = account.tenant_id and unit.id = account.unit_id
            where account.id = trace.account_id and account.tenant_id = trace.tenant_id
              and (${sql.join(inSubtrees, sql` or `)}))`,
        ]
      : []),
  ];
}

/** '0' is the character after '/': a path's subtree is what begins with it. */
function afterPath(path: string): string {
  return `${path.slice(0, -1)}0`;
}

function entryOf(row: Row): AuditEntry {
  const details: unknown = JSON.parse(String(row['details']));
  const known = typeof details === 'object' && details !== null ? { ...details } : {};
  const reason = 'reason' in known && typeof known.reason === 'string' ? known.reason : null;
  const family = row['family_name'];
  return {
    id: asUuid(String(row['id'])),
    at: Number(row['at']),
    by: String(row['actor']),
    actorPersonId: row['person_id'] === null ? null : asId<PersonId>(Number(row['person_id'])),
    actorName: typeof family === 'string' ? `${String(row['given_name'])} ${family}`.trim() : tokenOf(known),
    accountId: row['account_id'] === null ? null : asId<AccountId>(Number(row['account_id'])),
    accountName: textOrNull(row['name']),
    accountEmail: textOrNull(row['email']),
    verb: String(row['verb']),
    reason,
    details: known,
    remoteAddress: textOrNull(row['remote_address']),
    isSealed: row['seal'] !== null,
  };
}

/** Another directory is called by the name of its token. */
function tokenOf(details: Readonly<Record<string, unknown>>): string | null {
  return textOrNull(details['token']);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Accounts of these subtrees; undefined where there are more than `most`. */
export async function selectAccountsUnder(
  tx: Tx,
  tenantId: TenantId,
  paths: readonly string[],
  most: number,
): Promise<readonly AccountId[] | undefined> {
  const inSubtrees = paths.map((path) => sql`(unit.path >= ${path} and unit.path < ${afterPath(path)})`);
  const found = await rows(
    tx,
    sql<{ readonly id: number }>`select account.id from unit
      join account on account.tenant_id = unit.tenant_id and account.unit_id = unit.id
      where unit.tenant_id = ${tenantId} and (${sql.join(inSubtrees, sql` or `)}) limit ${most + 1}`,
  );
  return found.length > most ? undefined : found.map(({ id }) => asId<AccountId>(id));
}

/** The account of a person, to ask for the lines about them. */
export async function selectAccountOf(tx: Tx, tenantId: TenantId, personId: PersonId): Promise<AccountId | undefined> {
  const query = tx.q.selectFrom('person').select('account_id').where('tenant_id', '=', tenantId);
  const [row] = await rows(tx, query.where('id', '=', personId));
  return row && asId<AccountId>(row.account_id);
}
