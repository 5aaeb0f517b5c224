/** Statements: app passwords and bearer tokens. Only hashes are kept, and only hashes are asked for. */
import type { Scope } from '#server/access/actor.ts';
import { allScopes } from '#server/access/actor.ts';
import { asId, asUuid, type PersonId, type TenantId, type Uuid } from '#server/store/ids.ts';
import type { CredentialTable } from '#server/store/schema-people.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

export type CredentialKind = 'appPassword' | 'bearer';

export interface Credential {
  readonly id: Uuid;
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  readonly kind: CredentialKind;
  /** What its holder called it: "Thunderbird at home". */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly lastUsedFrom: string | null;
}

function credential(row: Omit<CredentialTable, 'token_hash' | 'revoked_at'>): Credential {
  const scopes: unknown = JSON.parse(row.scopes);
  return {
    id: asUuid(row.id),
    tenantId: asId<TenantId>(row.tenant_id),
    personId: asId<PersonId>(row.person_id),
    kind: row.kind === 'bearer' ? 'bearer' : 'appPassword',
    name: row.name,
    scopes: Array.isArray(scopes) ? allScopes.filter((scope) => scopes.includes(scope)) : [],
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    lastUsedFrom: row.last_used_from,
  };
}

const columns = [
  'tenant_id',
  'id',
  'person_id',
  'kind',
  'name',
  'scopes',
  'created_at',
  'expires_at',
  'last_used_at',
  'last_used_from',
] as const;

export async function insertCredential(tx: Tx, row: Credential, tokenHash: string): Promise<void> {
  await insertRows(tx, 'credential', [
    {
      tenant_id: row.tenantId,
      token_hash: tokenHash,
      id: row.id,
      person_id: row.personId,
      kind: row.kind,
      name: row.name,
      scopes: JSON.stringify(row.scopes),
      created_at: row.createdAt,
      expires_at: row.expiresAt,
      last_used_at: row.lastUsedAt,
      last_used_from: row.lastUsedFrom,
      revoked_at: null,
    },
  ]);
}

const selectByHash = statement<{ tenantId: number; tokenHash: string; at: number }>()(({ q, p }) =>
  q
    .selectFrom('credential')
    .select(columns)
    .where('tenant_id', '=', p.tenantId)
    .where('token_hash', '=', p.tokenHash)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', p.at)])),
);

/** @returns undefined too when it is revoked or expired. */
export async function selectCredential(
  tx: Tx,
  key: { tenantId: TenantId; tokenHash: string },
  at: number,
): Promise<Credential | undefined> {
  const row = await selectByHash.first(tx, { ...key, at });
  return row && credential(row);
}

const selectOf = statement<{ tenantId: number; personId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('credential')
    .select(columns)
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', p.at)]))
    .orderBy('created_at'),
);

export async function selectCredentials(
  tx: Tx,
  tenantId: TenantId,
  personId: PersonId,
  at: number,
): Promise<Credential[]> {
  return (await selectOf.all(tx, { tenantId, personId, at })).map(credential);
}

const touch = statement<{ tenantId: number; tokenHash: string; at: number; from: string }>()(({ q, p }) =>
  q
    .updateTable('credential')
    .set({ last_used_at: p.at, last_used_from: p.from })
    .where('tenant_id', '=', p.tenantId)
    .where('token_hash', '=', p.tokenHash),
);

export async function updateCredentialUsed(
  tx: Tx,
  key: { tenantId: TenantId; tokenHash: string },
  at: number,
  from: string,
): Promise<void> {
  await touch.run(tx, { ...key, at, from });
}

const revokeById = statement<{ tenantId: number; personId: number; id: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('credential')
    .set({ revoked_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('id', '=', p.id)
    .where('revoked_at', 'is', null),
);

export async function updateRevoked(
  tx: Tx,
  who: { tenantId: TenantId; personId: PersonId },
  id: string,
  at: number,
): Promise<boolean> {
  return (await revokeById.run(tx, { ...who, id, at })) > 0;
}

const revokeAll = statement<{ tenantId: number; personId: number; at: number }>()(({ q, p }) =>
  q
    .updateTable('credential')
    .set({ revoked_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('revoked_at', 'is', null),
);

/** @returns how many still worked. */
export function updateAllRevoked(
  tx: Tx,
  { tenantId, personId }: { tenantId: TenantId; personId: PersonId },
  at: number,
): Promise<number> {
  return revokeAll.run(tx, { tenantId, personId, at });
}

const deletePush = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q.deleteFrom('push_subscription').where('tenant_id', '=', p.tenantId).where('person_id', '=', p.personId),
);

/** Ends the pushes to every device. */
export async function deletePushOf(
  tx: Tx,
  { tenantId, personId }: { tenantId: TenantId; personId: PersonId },
): Promise<void> {
  await deletePush.run(tx, { tenantId, personId });
}
