/** Statements: the programs and services that may ask us who somebody is. */
import { asId, type TenantId } from '#server/store/ids.ts';
import type { OpenidClientTable } from '#server/store/schema-provider.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

import { type ClientScope, readScopes } from '#server/provider/scopes.ts';

export interface Client {
  /** The `client_id`. */
  readonly id: string;
  readonly tenantId: TenantId;
  /** As the consent page says it. */
  readonly name: string;
  /** A service of the house itself: nobody is asked. */
  readonly isFirstParty: boolean;
  /** Keyed; null of a public client, which has none. */
  readonly secretHash: string | null;
  /** Compared octet by octet (RFC 9700 §4.1.3). */
  readonly redirectUris: readonly string[];
  readonly postLogoutUris: readonly string[];
  /** Where it is told that a session ended (OpenID Connect Back-Channel Logout §2.2). */
  readonly logoutUri: string | null;
  readonly scopes: readonly ClientScope[];
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

function client(row: OpenidClientTable): Client {
  return {
    id: row.id,
    tenantId: asId<TenantId>(row.tenant_id),
    name: row.name,
    isFirstParty: row.is_first_party === 1,
    secretHash: row.secret_hash,
    redirectUris: listOf(row.redirect_uris),
    postLogoutUris: listOf(row.post_logout_uris),
    logoutUri: row.logout_uri,
    scopes: readScopes(listOf(row.scopes)),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function listOf(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function rowOf(given: Client): OpenidClientTable {
  return {
    tenant_id: given.tenantId,
    id: given.id,
    name: given.name,
    is_first_party: given.isFirstParty ? 1 : 0,
    secret_hash: given.secretHash,
    redirect_uris: JSON.stringify(given.redirectUris),
    post_logout_uris: JSON.stringify(given.postLogoutUris),
    logout_uri: given.logoutUri,
    scopes: JSON.stringify(given.scopes),
    created_at: given.createdAt,
    updated_at: given.updatedAt,
  };
}

export async function insertClient(tx: Tx, given: Client): Promise<void> {
  await insertRows(tx, 'openid_client', [rowOf(given)]);
}

const update = statement<OpenidClientTable>()(({ q, p }) =>
  q
    .updateTable('openid_client')
    .set({
      name: p.name,
      is_first_party: p.is_first_party,
      secret_hash: p.secret_hash,
      redirect_uris: p.redirect_uris,
      post_logout_uris: p.post_logout_uris,
      logout_uri: p.logout_uri,
      scopes: p.scopes,
      updated_at: p.updated_at,
    })
    .where('tenant_id', '=', p.tenant_id)
    .where('id', '=', p.id),
);

export async function updateClient(tx: Tx, given: Client): Promise<void> {
  await update.run(tx, rowOf(given));
}

const selectById = statement<{ id: string }>()(({ q, p }) =>
  q.selectFrom('openid_client').selectAll().where('id', '=', p.id),
);

export async function selectClient(tx: Tx, id: string): Promise<Client | undefined> {
  const row = await selectById.first(tx, { id });
  return row && client(row);
}

const selectOf = statement<{ tenantId: number }>()(({ q, p }) =>
  q.selectFrom('openid_client').selectAll().where('tenant_id', '=', p.tenantId).orderBy('name').orderBy('id'),
);

export async function selectClients(tx: Tx, tenantId: TenantId): Promise<readonly Client[]> {
  return (await selectOf.all(tx, { tenantId })).map(client);
}

const selectAny = statement<object>()(({ q }) => q.selectFrom('openid_client').select('id').limit(1));

/** Whether any tenant has one: without, there is no provider at all. */
export async function selectHasClient(tx: Tx): Promise<boolean> {
  return (await selectAny.first(tx, {})) !== undefined;
}

const deleteById = statement<{ tenantId: number; id: string }>()(({ q, p }) =>
  q.deleteFrom('openid_client').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function deleteClient(tx: Tx, tenantId: TenantId, id: string): Promise<boolean> {
  return (await deleteById.run(tx, { tenantId, id })) > 0;
}
