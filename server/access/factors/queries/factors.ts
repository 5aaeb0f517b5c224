/** Statements: second factors. */
import { asId, asUuid, type PersonId, type TenantId, type Uuid } from '#server/store/ids.ts';
import type { FactorTable } from '#server/store/schema-people.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

export type FactorKind = 'totp' | 'passkey';

interface Who {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
}

export interface Factor extends Who {
  readonly id: Uuid;
  readonly kind: FactorKind;
  /** What its holder calls it. */
  readonly name: string;
  readonly createdAt: number;
  /** Null while no code was right yet: it then counts for nothing. */
  readonly confirmedAt: number | null;
  readonly lastUsedAt: number | null;
  /** Of totp the sealed secret, of a passkey the public key (COSE, base64url). */
  readonly key: string;
  /** Of totp the last time step used, of a passkey the last signature counter. */
  readonly counter: number;
  readonly credentialId: string | null;
  readonly transports: readonly string[];
  /** A passkey that says by itself whose it is: it serves instead of a password too. */
  readonly isDiscoverable: boolean;
}

function factor(row: FactorTable): Factor {
  const details: unknown = JSON.parse(row.details);
  const { transports = [], isDiscoverable = false } = details as {
    transports?: readonly string[];
    isDiscoverable?: boolean;
  };
  return {
    id: asUuid(row.id),
    tenantId: asId<TenantId>(row.tenant_id),
    personId: asId<PersonId>(row.person_id),
    kind: row.kind === 'totp' ? 'totp' : 'passkey',
    name: row.name,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    lastUsedAt: row.last_used_at,
    key: row.key,
    counter: row.counter,
    credentialId: row.credential_id,
    transports,
    isDiscoverable,
  };
}

export async function insertFactor(tx: Tx, row: Factor): Promise<void> {
  await insertRows(tx, 'factor', [
    {
      tenant_id: row.tenantId,
      id: row.id,
      person_id: row.personId,
      kind: row.kind,
      name: row.name,
      created_at: row.createdAt,
      confirmed_at: row.confirmedAt,
      last_used_at: row.lastUsedAt,
      key: row.key,
      counter: row.counter,
      credential_id: row.credentialId,
      details: JSON.stringify({ transports: row.transports, isDiscoverable: row.isDiscoverable }),
    },
  ]);
}

const selectOf = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('factor')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .orderBy('created_at')
    .orderBy('id'),
);

/** Drafts too, the oldest first. */
export async function selectFactors(tx: Tx, { tenantId, personId }: Who): Promise<readonly Factor[]> {
  return (await selectOf.all(tx, { tenantId, personId })).map(factor);
}

const selectAny = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('factor')
    .select('id')
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('confirmed_at', 'is not', null)
    .limit(1),
);

/** Whether the person has one that works. */
export async function selectHasFactor(tx: Tx, { tenantId, personId }: Who): Promise<boolean> {
  return (await selectAny.first(tx, { tenantId, personId })) !== undefined;
}

const selectByCredential = statement<{ tenantId: number; credentialId: string }>()(({ q, p }) =>
  q.selectFrom('factor').selectAll().where('tenant_id', '=', p.tenantId).where('credential_id', '=', p.credentialId),
);

export async function selectPasskey(tx: Tx, tenantId: TenantId, credentialId: string): Promise<Factor | undefined> {
  const row = await selectByCredential.first(tx, { tenantId, credentialId });
  return row && factor(row);
}

const useOne = statement<{ tenantId: number; id: string; from: number; to: number; at: number }>()(({ q, p }) =>
  q
    .updateTable('factor')
    .set({ counter: p.to, last_used_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('counter', '=', p.from),
);

/** Moves the counter on. @returns false when another request was first. */
export async function updateFactorUsed(
  tx: Tx,
  { tenantId, id, counter: from }: Pick<Factor, 'tenantId' | 'id' | 'counter'>,
  counter: number,
  at: number,
): Promise<boolean> {
  return (await useOne.run(tx, { tenantId, id, from, to: counter, at })) > 0;
}

const confirmOne = statement<{ tenantId: number; id: string; name: string; counter: number; at: number }>()(
  ({ q, p }) =>
    q
      .updateTable('factor')
      .set({ name: p.name, counter: p.counter, confirmed_at: p.at })
      .where('tenant_id', '=', p.tenantId)
      .where('id', '=', p.id)
      .where('confirmed_at', 'is', null),
);

/** @returns false when it was confirmed, or is gone. */
export async function updateFactorConfirmed(
  tx: Tx,
  { tenantId, id }: Pick<Factor, 'tenantId' | 'id'>,
  { name, counter, at }: { readonly name: string; readonly counter: number; readonly at: number },
): Promise<boolean> {
  return (await confirmOne.run(tx, { tenantId, id, name, counter, at })) > 0;
}

const renameOne = statement<{ tenantId: number; personId: number; id: string; name: string }>()(({ q, p }) =>
  q
    .updateTable('factor')
    .set({ name: p.name })
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('id', '=', p.id),
);

export async function updateFactorName(tx: Tx, { tenantId, personId }: Who, id: string, name: string): Promise<void> {
  await renameOne.run(tx, { tenantId, personId, id, name });
}

const deleteOne = statement<{ tenantId: number; personId: number; id: string }>()(({ q, p }) =>
  q.deleteFrom('factor').where('tenant_id', '=', p.tenantId).where('person_id', '=', p.personId).where('id', '=', p.id),
);

export async function deleteFactor(tx: Tx, { tenantId, personId }: Who, id: string): Promise<boolean> {
  return (await deleteOne.run(tx, { tenantId, personId, id })) > 0;
}

const deleteAll = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q.deleteFrom('factor').where('tenant_id', '=', p.tenantId).where('person_id', '=', p.personId),
);

/** @returns how many there were, drafts too. */
export function deleteFactors(tx: Tx, { tenantId, personId }: Who): Promise<number> {
  return deleteAll.run(tx, { tenantId, personId });
}

const selectPopulationOf = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q.selectFrom('person').select('population').where('tenant_id', '=', p.tenantId).where('id', '=', p.personId),
);

/** Empty for nobody. */
export async function selectPopulation(tx: Tx, { tenantId, personId }: Who): Promise<string> {
  return (await selectPopulationOf.first(tx, { tenantId, personId }))?.population ?? '';
}

const selectNamesOf = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .select(['tenant.name as tenantName', 'account.email', 'account.name as displayName'])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

export interface Names {
  readonly tenantName: string;
  readonly email: string;
  readonly displayName: string;
}

/** What authenticator programs and browsers call the factor. */
export async function selectNames(tx: Tx, { tenantId, personId }: Who): Promise<Names> {
  return (await selectNamesOf.first(tx, { tenantId, personId })) ?? { tenantName: '', email: '', displayName: '' };
}
