/** Statements: under which name clients know a person, and what that person allowed them. */
import { asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import type { OpenidConsentTable } from '#server/store/schema-provider.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

import { type ClientScope, readScopes } from '#server/provider/scopes.ts';

import { listOf } from './clients.ts';

export interface PersonKey {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
}

const selectSubjectOf = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('openid_subject')
    .select('subject')
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId),
);

export async function selectSubject(tx: Tx, { tenantId, personId }: PersonKey): Promise<string | undefined> {
  return (await selectSubjectOf.first(tx, { tenantId, personId }))?.subject;
}

const selectBySubject = statement<{ subject: string }>()(({ q, p }) =>
  q.selectFrom('openid_subject').select(['tenant_id', 'person_id']).where('subject', '=', p.subject),
);

export async function selectPersonOf(tx: Tx, subject: string): Promise<PersonKey | undefined> {
  const row = await selectBySubject.first(tx, { subject });
  return row && { tenantId: asId<TenantId>(row.tenant_id), personId: asId<PersonId>(row.person_id) };
}

/** Nothing happens where they have one. */
export async function insertSubject(tx: Tx, who: PersonKey, subject: string, at: number): Promise<void> {
  const row = { tenant_id: who.tenantId, person_id: who.personId, subject, created_at: at };
  await insertRows(tx, 'openid_subject', [row], 'ignore');
}

export interface Consent extends PersonKey {
  readonly clientId: string;
  readonly scopes: readonly ClientScope[];
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly lastUsedFrom: string | null;
}

function consent(row: OpenidConsentTable): Consent {
  return {
    tenantId: asId<TenantId>(row.tenant_id),
    personId: asId<PersonId>(row.person_id),
    clientId: row.client_id,
    scopes: readScopes(listOf(row.scopes)),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    lastUsedFrom: row.last_used_from,
  };
}

const selectOne = statement<{ tenantId: number; personId: number; clientId: string }>()(({ q, p }) =>
  q
    .selectFrom('openid_consent')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('client_id', '=', p.clientId),
);

export async function selectConsent(
  tx: Tx,
  { tenantId, personId }: PersonKey,
  clientId: string,
): Promise<Consent | undefined> {
  const row = await selectOne.first(tx, { tenantId, personId, clientId });
  return row && consent(row);
}

const selectOf = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('openid_consent')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .orderBy('created_at'),
);

export async function selectConsents(tx: Tx, { tenantId, personId }: PersonKey): Promise<readonly Consent[]> {
  return (await selectOf.all(tx, { tenantId, personId })).map(consent);
}

const updateScopes = statement<{ tenantId: number; personId: number; clientId: string; scopes: string }>()(({ q, p }) =>
  q
    .updateTable('openid_consent')
    .set({ scopes: p.scopes })
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('client_id', '=', p.clientId),
);

export async function upsertConsent(
  tx: Tx,
  { tenantId, personId }: PersonKey,
  { clientId, scopes, at }: { readonly clientId: string; readonly scopes: readonly ClientScope[]; readonly at: number },
): Promise<void> {
  const given = JSON.stringify(scopes);
  if ((await updateScopes.run(tx, { tenantId, personId, clientId, scopes: given })) > 0) return;
  await insertRows(
    tx,
    'openid_consent',
    [
      {
        tenant_id: tenantId,
        person_id: personId,
        client_id: clientId,
        scopes: given,
        created_at: at,
        last_used_at: null,
        last_used_from: null,
      },
    ],
    'ignore',
  );
}

const touch = statement<{ tenantId: number; personId: number; clientId: string; at: number; from: string | null }>()(
  ({ q, p }) =>
    q
      .updateTable('openid_consent')
      .set({ last_used_at: p.at, last_used_from: p.from })
      .where('tenant_id', '=', p.tenantId)
      .where('person_id', '=', p.personId)
      .where('client_id', '=', p.clientId),
);

export async function updateConsentUsed(
  tx: Tx,
  { tenantId, personId }: PersonKey,
  clientId: string,
  { at, from }: { readonly at: number; readonly from: string | null },
): Promise<void> {
  await touch.run(tx, { tenantId, personId, clientId, at, from });
}

const deleteOne = statement<{ tenantId: number; personId: number; clientId: string }>()(({ q, p }) =>
  q
    .deleteFrom('openid_consent')
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('client_id', '=', p.clientId),
);

export async function deleteConsent(tx: Tx, { tenantId, personId }: PersonKey, clientId: string): Promise<boolean> {
  return (await deleteOne.run(tx, { tenantId, personId, clientId })) > 0;
}

const selectPeopleOf = statement<{ tenantId: number; clientId: string }>()(({ q, p }) =>
  q
    .selectFrom('openid_consent')
    .select('person_id')
    .where('tenant_id', '=', p.tenantId)
    .where('client_id', '=', p.clientId),
);

/** Who allowed a client anything. */
export async function selectPeopleOfClient(tx: Tx, tenantId: TenantId, clientId: string): Promise<readonly PersonId[]> {
  return (await selectPeopleOf.all(tx, { tenantId, clientId })).map((row) => asId<PersonId>(row.person_id));
}
