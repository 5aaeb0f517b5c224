/** Statements: the tokens by which other directories write to ours. */
import { asId, asUuid, type TenantId, type UnitId, type Uuid } from '#server/store/ids.ts';
import type { ScimTokenTable } from '#server/store/schema-groups.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

export interface ScimToken {
  readonly tenantId: TenantId;
  readonly id: Uuid;
  readonly name: string;
  /** Null: the whole tenant. */
  readonly unitId: UnitId | null;
  readonly unitName: string | null;
  /** '/' for the whole tenant. */
  readonly path: string;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  /** Null for never. */
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly lastUsedFrom: string | null;
}

type TokenRow = Omit<ScimTokenTable, 'token_hash' | 'author_person_id' | 'revoked_at'> & {
  readonly path: string | null;
  readonly unit_name: string | null;
};

/** A token of a unit that is gone is over nothing at all. */
const nowhere = '/0/';

const token = (row: TokenRow): ScimToken => ({
  tenantId: asId<TenantId>(row.tenant_id),
  id: asUuid(row.id),
  name: row.name,
  unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
  unitName: row.unit_name,
  path: row.unit_id === null ? '/' : (row.path ?? nowhere),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  lastUsedFrom: row.last_used_from,
});

export async function insertToken(
  tx: Tx,
  given: Pick<ScimToken, 'tenantId' | 'id' | 'name' | 'unitId' | 'createdAt' | 'expiresAt'>,
  { tokenHash, authorPersonId }: { readonly tokenHash: string; readonly authorPersonId: number | null },
): Promise<void> {
  await insertRows(tx, 'scim_token', [
    {
      tenant_id: given.tenantId,
      id: given.id,
      token_hash: tokenHash,
      name: given.name,
      unit_id: given.unitId,
      author_person_id: authorPersonId,
      created_at: given.createdAt,
      expires_at: given.expiresAt,
      last_used_at: null,
      last_used_from: null,
      revoked_at: null,
    },
  ]);
}

const columns = [
  'scim_token.tenant_id',
  'scim_token.id',
  'scim_token.name',
  'scim_token.unit_id',
  'scim_token.created_at',
  'scim_token.expires_at',
  'scim_token.last_used_at',
  'scim_token.last_used_from',
  'unit.path',
  'unit.name as unit_name',
] as const;

const selectByHash = statement<{ tenantId: number; tokenHash: string }>()(({ q, p }) =>
  q
    .selectFrom('scim_token')
    .leftJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'scim_token.tenant_id').onRef('unit.id', '=', 'scim_token.unit_id'),
    )
    .select(columns)
    .where('scim_token.tenant_id', '=', p.tenantId)
    .where('scim_token.token_hash', '=', p.tokenHash)
    .where('scim_token.revoked_at', 'is', null),
);

/** One that was not revoked. */
export async function selectToken(tx: Tx, tenantId: TenantId, tokenHash: string): Promise<ScimToken | undefined> {
  const row = await selectByHash.first(tx, { tenantId, tokenHash });
  return row && token(row);
}

const selectAll = statement<{ tenantId: number }>()(({ q, p }) =>
  q
    .selectFrom('scim_token')
    .leftJoin('unit', (join) =>
      join.onRef('unit.tenant_id', '=', 'scim_token.tenant_id').onRef('unit.id', '=', 'scim_token.unit_id'),
    )
    .select(columns)
    .where('scim_token.tenant_id', '=', p.tenantId)
    .where('scim_token.revoked_at', 'is', null)
    .orderBy('scim_token.created_at')
    .orderBy('scim_token.id'),
);

/** Those that were not revoked, the oldest first. */
export async function selectTokens(tx: Tx, tenantId: TenantId): Promise<readonly ScimToken[]> {
  return (await selectAll.all(tx, { tenantId })).map(token);
}

const revoke = statement<{ tenantId: number; id: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('scim_token')
    .set({ revoked_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('revoked_at', 'is', null),
);

/** @returns whether it still worked. */
export async function updateRevoked(tx: Tx, tenantId: TenantId, id: Uuid, at: number): Promise<boolean> {
  return (await revoke.run(tx, { tenantId, id, at })) > 0;
}

const noteUse = statement<{ tenantId: number; id: string; at: number; from: string }>()(({ q, p }) =>
  q
    .updateTable('scim_token')
    .set({ last_used_at: p.at, last_used_from: p.from })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

export async function updateUsed(tx: Tx, { tenantId, id }: ScimToken, at: number, from: string): Promise<void> {
  await noteUse.run(tx, { tenantId, id, at, from });
}
