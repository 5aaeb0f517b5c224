/**
 * The audit log: the trace as administrators read it, page by page or as a whole. An administrator of a unit sees the
 * lines about accounts of that unit and below; lines about nobody's account are for those of the whole tenant.
 */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireAnyRole, requireRole, requireRoleOver } from '#server/access/require-role.ts';
import type { AccountId, PersonId, TenantId, UnitId, Uuid } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { type AuditEntry, selectAccountOf, selectAccountsUnder, selectAudit } from './queries/audit.ts';
import { recordTrace } from './trace.ts';

export type { AuditEntry };

export interface AuditFilter {
  /** Who did it. */
  readonly actorPersonId?: PersonId | undefined;
  /** Whose account it was done to. */
  readonly personId?: PersonId | undefined;
  readonly verbs?: readonly string[] | undefined;
  /** Milliseconds since 1970: from the first, before the second. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Accounts of this unit and below. */
  readonly unitId?: UnitId | undefined;
}

export interface AuditPage {
  /** The last line of the page before: its id. */
  readonly after?: Uuid | undefined;
  /** At most 1000. */
  readonly limit?: number;
}

const pageAtMost = 1_000;

/**
 * The lines that fit, the newest first.
 * @throws {Refusal} `mayNot`; `noSuchPerson`, `noSuchUnit` for those outside the actor's subtrees; `anchorNotFound`.
 */
export async function listAudit(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  filter: AuditFilter = {},
  page: AuditPage = {},
): Promise<readonly AuditEntry[]> {
  const scope = await openScope(store, actor, tenantId, filter);
  const limit = Math.min(page.limit ?? 100, pageAtMost);
  const after = page.after === undefined ? undefined : await lineOf(store, tenantId, scope, page.after);
  return selectAudit(store, tenantId, { ...scope, ...filterOf(filter), ids: undefined, after, limit });
}

/** Those of `ids` the actor may see. @throws {Refusal} `mayNot`. */
export async function readAudit(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<readonly AuditEntry[]> {
  const { paths } = await openScope(store, actor, tenantId, {});
  const wanted = { paths, accountIds: undefined, ...filterOf({}), after: undefined };
  return selectAudit(store, tenantId, { ...wanted, ids, limit: Math.max(ids.length, 1) });
}

/**
 * All lines that fit, in pages; that it was exported is itself in the trace, and not in the export.
 * @throws {Refusal} as `listAudit`, before the first page.
 */
export async function exportAudit(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  filter: AuditFilter,
): Promise<AsyncGenerator<readonly AuditEntry[]>> {
  const scope = await openScope(store, actor, tenantId, filter);
  const at = store.now();
  const until = Math.min(filter.until ?? Infinity, at);
  const details = { from: filter.from ?? null, until };
  await write(store, (tx) => recordTrace(tx, { tenantId, actor, verb: 'exportAudit', at, details }));
  return pagesOf(store, tenantId, { ...scope, ...filterOf({ ...filter, until }) });
}

type Scope = Pick<Parameters<typeof selectAudit>[2], 'paths' | 'accountIds'>;
type Narrowed = Scope & ReturnType<typeof filterOf>;

async function* pagesOf(store: Store, tenantId: TenantId, selection: Narrowed): AsyncGenerator<readonly AuditEntry[]> {
  for (let after: AuditEntry | undefined; ;) {
    const page = await selectAudit(store, tenantId, { ...selection, ids: undefined, after, limit: pageAtMost });
    if (page.length > 0) yield page;
    after = page.at(-1);
    if (page.length < pageAtMost) return;
  }
}

function filterOf({ actorPersonId, verbs, from, until }: AuditFilter) {
  return { actorPersonId, verbs, from, until };
}

/** A subtree of so few accounts is asked for account by account. */
const fewAccounts = 2_000;

/** What of the trace the actor may see, and the filter leaves of it. */
function openScope(store: Store, actor: Actor, tenantId: TenantId, filter: AuditFilter): Promise<Scope> {
  return read(store, async (tx): Promise<Scope> => {
    const at = store.now();
    const { personId, unitId } = filter;
    if (personId !== undefined) {
      await requireRoleOver(tx, actor, 'audit', { tenantId, personId }, at);
      const accountId = await selectAccountOf(tx, tenantId, personId);
      return { paths: undefined, accountIds: accountId === undefined ? [] : [accountId] };
    }
    const paths =
      unitId === undefined
        ? pathsOf(await requireAnyRole(tx, actor, 'audit', tenantId, at))
        : [(await requireRole(tx, actor, 'audit', { tenantId, unitId }, at)).path];
    if (!paths) return { paths: undefined, accountIds: undefined };
    const accountIds: readonly AccountId[] | undefined = await selectAccountsUnder(tx, tenantId, paths, fewAccounts);
    return { paths, accountIds };
  });
}

/** undefined for the whole tenant. */
function pathsOf(held: Held): readonly string[] | undefined {
  const isWhole = held.some(({ kind, path }) => kind === 'platform' || path === '/');
  return isWhole ? undefined : held.map(({ path }) => path);
}

async function lineOf(store: Store, tenantId: TenantId, scope: Scope, id: Uuid): Promise<AuditEntry> {
  const wanted = { ...scope, ...filterOf({}), after: undefined };
  const [line] = await selectAudit(store, tenantId, { ...wanted, ids: [id], limit: 1 });
  if (!line) throw new Refusal('anchorNotFound');
  return line;
}
