/** Statements: identity providers, links, logins under way at a provider, and the sessions they vouched for. */
import { asId, type PersonId, type ProviderId, type TenantId } from '#server/store/ids.ts';
import type { FederatedSessionTable, IdentityProviderTable } from '#server/store/schema-federation.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

import { type ProviderKind, providerKinds, type ProviderSettings, readSettings } from './settings.ts';

export interface Provider {
  readonly tenantId: TenantId;
  readonly id: ProviderId;
  readonly kind: ProviderKind;
  /** On its button. */
  readonly name: string;
  readonly position: number;
  readonly isEnabled: boolean;
  readonly settings: ProviderSettings;
  /** Sealed; see secret.ts. */
  readonly secret: string | null;
  /** Milliseconds since 1970, as all times here. */
  readonly updatedAt: number;
}

function provider(row: IdentityProviderTable): Provider {
  const kind = providerKinds.find((one) => one === row.kind);
  if (kind === undefined) throw new Error(`no kind of provider this version knows: ${row.kind}`);
  const settings: unknown = JSON.parse(row.settings);
  return {
    tenantId: asId<TenantId>(row.tenant_id),
    id: asId<ProviderId>(row.id),
    kind,
    name: row.name,
    position: row.position,
    isEnabled: row.is_enabled === 1,
    settings: readSettings(kind, typeof settings === 'object' && settings !== null ? { ...settings } : {}),
    secret: row.secret,
    updatedAt: row.updated_at,
  };
}

const selectProvidersOf = statement<{ tenantId: number }>()(({ q, p }) =>
  q.selectFrom('identity_provider').selectAll().where('tenant_id', '=', p.tenantId).orderBy('position').orderBy('id'),
);

/** In the order of the buttons. */
export async function selectProviders(tx: Tx, tenantId: TenantId): Promise<readonly Provider[]> {
  return (await selectProvidersOf.all(tx, { tenantId })).map(provider);
}

const selectEnabledProviders = statement<object>()(({ q }) =>
  q
    .selectFrom('identity_provider')
    .selectAll()
    .where('is_enabled', '=', 1)
    .orderBy('tenant_id')
    .orderBy('position')
    .orderBy('id')
    .limit(200),
);

/** Of all tenants. */
export async function selectOpenProviders(tx: Tx): Promise<readonly Provider[]> {
  return (await selectEnabledProviders.all(tx, {})).map(provider);
}

const selectDirectoriesOf = statement<{ tenantId: number }>()(({ q, p }) =>
  q
    .selectFrom('identity_provider')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('kind', '=', 'ldap')
    .where('is_enabled', '=', 1)
    .orderBy('position')
    .orderBy('id'),
);

/** The directories of a tenant that are on, in order. */
export async function selectDirectories(tx: Tx, tenantId: TenantId): Promise<readonly Provider[]> {
  return (await selectDirectoriesOf.all(tx, { tenantId })).map(provider);
}

const selectProviderById = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q.selectFrom('identity_provider').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function selectProvider(tx: Tx, tenantId: TenantId, id: ProviderId): Promise<Provider | undefined> {
  const row = await selectProviderById.first(tx, { tenantId, id });
  return row && provider(row);
}

export async function insertProvider(tx: Tx, row: Provider, at: number): Promise<void> {
  await insertRows(tx, 'identity_provider', [
    {
      tenant_id: row.tenantId,
      id: row.id,
      kind: row.kind,
      name: row.name,
      position: row.position,
      is_enabled: row.isEnabled ? 1 : 0,
      settings: JSON.stringify(row.settings),
      secret: row.secret,
      created_at: at,
      updated_at: at,
    },
  ]);
}

const changeProviderById = statement<{
  tenantId: number;
  id: number;
  name: string;
  position: number;
  isEnabled: number;
  settings: string;
  secret: string | null;
  at: number;
}>()(({ q, p }) =>
  q
    .updateTable('identity_provider')
    .set({
      name: p.name,
      position: p.position,
      is_enabled: p.isEnabled,
      settings: p.settings,
      secret: p.secret,
      updated_at: p.at,
    })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

export async function updateProvider(tx: Tx, row: Provider, at: number): Promise<void> {
  const { tenantId, id, name, position, secret } = row;
  const settings = JSON.stringify(row.settings);
  await changeProviderById.run(tx, {
    tenantId,
    id,
    name,
    position,
    isEnabled: row.isEnabled ? 1 : 0,
    settings,
    secret,
    at,
  });
}

const deleteProviderById = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q.deleteFrom('identity_provider').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);
const deleteLinksOf = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q.deleteFrom('identity_link').where('tenant_id', '=', p.tenantId).where('provider_id', '=', p.id),
);

/** With all its links. */
export async function deleteProvider(tx: Tx, tenantId: TenantId, id: ProviderId): Promise<boolean> {
  await deleteLinksOf.run(tx, { tenantId, id });
  return (await deleteProviderById.run(tx, { tenantId, id })) > 0;
}

// ── links ────────────────────────────────────────────────────────────────────────────────────────────────────────

interface LinkKey {
  readonly tenantId: TenantId;
  readonly providerId: ProviderId;
  readonly subject: string;
}

const selectLinkBySubject = statement<{ tenantId: number; providerId: number; subject: string }>()(({ q, p }) =>
  q
    .selectFrom('identity_link')
    .select('person_id')
    .where('tenant_id', '=', p.tenantId)
    .where('provider_id', '=', p.providerId)
    .where('subject', '=', p.subject),
);

export async function selectLinked(tx: Tx, key: LinkKey): Promise<PersonId | undefined> {
  const row = await selectLinkBySubject.first(tx, { ...key });
  return row && asId<PersonId>(row.person_id);
}

const useLink = statement<{ tenantId: number; providerId: number; subject: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('identity_link')
    .set({ used_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('provider_id', '=', p.providerId)
    .where('subject', '=', p.subject),
);

/** Notes that a link was used, or makes it. @returns whether it is new. */
export async function putLink(tx: Tx, key: LinkKey, personId: PersonId, at: number): Promise<boolean> {
  const { tenantId, providerId, subject } = key;
  if ((await useLink.run(tx, { tenantId, providerId, subject, at })) > 0) return false;
  const row = { tenant_id: tenantId, provider_id: providerId, subject, person_id: personId };
  await insertRows(tx, 'identity_link', [{ ...row, created_at: at, used_at: at }]);
  return true;
}

export interface IdentityLink {
  readonly providerId: ProviderId;
  readonly providerName: string;
  readonly subject: string;
  readonly createdAt: number;
  readonly usedAt: number;
}

const selectLinksOfPerson = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('identity_link')
    .innerJoin('identity_provider', (join) =>
      join
        .onRef('identity_provider.tenant_id', '=', 'identity_link.tenant_id')
        .onRef('identity_provider.id', '=', 'identity_link.provider_id'),
    )
    .select([
      'identity_link.provider_id',
      'identity_provider.name',
      'identity_link.subject',
      'identity_link.created_at',
      'identity_link.used_at',
    ])
    .where('identity_link.tenant_id', '=', p.tenantId)
    .where('identity_link.person_id', '=', p.personId)
    .orderBy('identity_provider.position'),
);

export async function selectLinks(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
): Promise<readonly IdentityLink[]> {
  return (await selectLinksOfPerson.all(tx, { tenantId, personId })).map((row) => ({
    providerId: asId<ProviderId>(row.provider_id),
    providerName: row.name,
    subject: row.subject,
    createdAt: row.created_at,
    usedAt: row.used_at,
  }));
}

const deleteLinkOf = statement<{ tenantId: number; personId: number; providerId: number }>()(({ q, p }) =>
  q
    .deleteFrom('identity_link')
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('provider_id', '=', p.providerId),
);

export async function deleteLink(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
  providerId: ProviderId,
): Promise<boolean> {
  return (await deleteLinkOf.run(tx, { tenantId, personId, providerId })) > 0;
}

// ── logins under way ─────────────────────────────────────────────────────────────────────────────────────────────

export interface StateKey {
  readonly tenantId: TenantId;
  readonly tokenHash: string;
}

export interface UnderWay {
  readonly providerId: ProviderId;
  readonly browserHash: string;
  readonly returnTo: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly spentAt: number | null;
  readonly proof: string | null;
  readonly outcome: string | null;
}

const deleteOldLogins = statement<{ at: number }>()(({ q, p }) =>
  q.deleteFrom('federated_login').where('expires_at', '<=', p.at),
);

export async function insertUnderWay(
  tx: Tx,
  { tenantId, tokenHash }: StateKey,
  row: Pick<UnderWay, 'providerId' | 'browserHash' | 'returnTo' | 'createdAt' | 'expiresAt'>,
): Promise<void> {
  await deleteOldLogins.run(tx, { at: row.createdAt });
  await insertRows(tx, 'federated_login', [
    {
      tenant_id: tenantId,
      state_hash: tokenHash,
      provider_id: row.providerId,
      browser_hash: row.browserHash,
      return_to: row.returnTo,
      created_at: row.createdAt,
      expires_at: row.expiresAt,
      spent_at: null,
      proof: null,
      outcome: null,
    },
  ]);
}

const selectLoginByState = statement<{ tenantId: number; tokenHash: string }>()(({ q, p }) =>
  q.selectFrom('federated_login').selectAll().where('tenant_id', '=', p.tenantId).where('state_hash', '=', p.tokenHash),
);

export async function selectUnderWay(tx: Tx, key: StateKey): Promise<UnderWay | undefined> {
  const row = await selectLoginByState.first(tx, { ...key });
  return (
    row && {
      providerId: asId<ProviderId>(row.provider_id),
      browserHash: row.browser_hash,
      returnTo: row.return_to,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      spentAt: row.spent_at,
      proof: row.proof,
      outcome: row.outcome,
    }
  );
}

const spendLogin = statement<{ tenantId: number; tokenHash: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('federated_login')
    .set({ spent_at: p.at, proof: null })
    .where('tenant_id', '=', p.tenantId)
    .where('state_hash', '=', p.tokenHash)
    .where('spent_at', 'is', null),
);

/** @returns false when somebody was first. */
export async function spendUnderWay(tx: Tx, key: StateKey, at: number): Promise<boolean> {
  return (await spendLogin.run(tx, { ...key, at })) > 0;
}

const proveLogin = statement<{ tenantId: number; tokenHash: string; proof: string }>()(({ q, p }) =>
  q
    .updateTable('federated_login')
    .set({ proof: p.proof })
    .where('tenant_id', '=', p.tenantId)
    .where('state_hash', '=', p.tokenHash)
    .where('spent_at', 'is', null)
    .where('proof', 'is', null),
);

/** @returns false when it was proved before, or is over. */
export async function updateProof(tx: Tx, key: StateKey, proof: string): Promise<boolean> {
  return (await proveLogin.run(tx, { ...key, proof })) > 0;
}

const tellLogin = statement<{ tenantId: number; tokenHash: string; outcome: string }>()(({ q, p }) =>
  q
    .updateTable('federated_login')
    .set({ outcome: p.outcome })
    .where('tenant_id', '=', p.tenantId)
    .where('state_hash', '=', p.tokenHash),
);

export async function updateOutcome(tx: Tx, key: StateKey, outcome: string): Promise<void> {
  await tellLogin.run(tx, { ...key, outcome });
}

// ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface VouchedSession {
  readonly tenantId: TenantId;
  readonly sessionId: string;
  readonly providerId: ProviderId;
  readonly personId: PersonId;
  readonly subject: string;
  readonly sidHash: string;
  readonly level: string | null;
  readonly details: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

function vouched(row: FederatedSessionTable): VouchedSession {
  return {
    tenantId: asId<TenantId>(row.tenant_id),
    sessionId: row.session_id,
    providerId: asId<ProviderId>(row.provider_id),
    personId: asId<PersonId>(row.person_id),
    subject: row.subject,
    sidHash: row.sid_hash,
    level: row.level,
    details: row.details,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

const deleteOldSessions = statement<{ at: number }>()(({ q, p }) =>
  q.deleteFrom('federated_session').where('expires_at', '<=', p.at),
);

export async function insertVouched(tx: Tx, row: VouchedSession): Promise<void> {
  await deleteOldSessions.run(tx, { at: row.createdAt });
  await insertRows(tx, 'federated_session', [
    {
      tenant_id: row.tenantId,
      session_id: row.sessionId,
      provider_id: row.providerId,
      person_id: row.personId,
      subject: row.subject,
      sid_hash: row.sidHash,
      level: row.level,
      details: row.details,
      created_at: row.createdAt,
      expires_at: row.expiresAt,
    },
  ]);
}

const selectVouchedById = statement<{ tenantId: number; sessionId: string }>()(({ q, p }) =>
  q
    .selectFrom('federated_session')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('session_id', '=', p.sessionId),
);

export async function selectVouched(
  tx: Tx,
  tenantId: TenantId,
  sessionId: string,
): Promise<VouchedSession | undefined> {
  const row = await selectVouchedById.first(tx, { tenantId, sessionId });
  return row && vouched(row);
}

const selectVouchedBySid = statement<{ tenantId: number; providerId: number; sidHash: string }>()(({ q, p }) =>
  q
    .selectFrom('federated_session')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('provider_id', '=', p.providerId)
    .where('sid_hash', '=', p.sidHash)
    .limit(200),
);
const selectVouchedBySubject = statement<{ tenantId: number; providerId: number; subject: string }>()(({ q, p }) =>
  q
    .selectFrom('federated_session')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('provider_id', '=', p.providerId)
    .where('subject', '=', p.subject)
    .limit(200),
);

/** By the provider's name of its session, or all of a person by the provider's name of them. */
export async function selectVouchedBy(
  tx: Tx,
  { tenantId, id: providerId }: Pick<Provider, 'tenantId' | 'id'>,
  by: { readonly sidHash: string } | { readonly subject: string },
): Promise<readonly VouchedSession[]> {
  const rows =
    'sidHash' in by
      ? await selectVouchedBySid.all(tx, { tenantId, providerId, sidHash: by.sidHash })
      : await selectVouchedBySubject.all(tx, { tenantId, providerId, subject: by.subject });
  return rows.map(vouched);
}

const selectNamesOfSessions = statement<{ tenantId: number; personId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('session')
    .innerJoin('federated_session', (join) =>
      join
        .onRef('federated_session.tenant_id', '=', 'session.tenant_id')
        .onRef('federated_session.session_id', '=', 'session.id'),
    )
    .innerJoin('identity_provider', (join) =>
      join
        .onRef('identity_provider.tenant_id', '=', 'federated_session.tenant_id')
        .onRef('identity_provider.id', '=', 'federated_session.provider_id'),
    )
    .select(['session.id', 'identity_provider.name'])
    .where('session.tenant_id', '=', p.tenantId)
    .where('session.person_id', '=', p.personId)
    .where('session.expires_at', '>', p.at),
);

/** Of a person's sessions those that a provider vouched for, with its name. */
export async function selectProviderNames(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
  at: number,
): Promise<ReadonlyMap<string, string>> {
  const rows = await selectNamesOfSessions.all(tx, { tenantId, personId, at });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
