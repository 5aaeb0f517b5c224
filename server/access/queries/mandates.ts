/** Statements: mandates as they are given, agreed to, shown and ended. Whether one is valid now is asked in rights.ts. */
import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import type { MandateTable } from '#server/store/schema-people.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

import { type MandateId, parseRights, type Right } from '#server/access/rights.ts';

export interface Mandate {
  readonly id: MandateId;
  readonly tenantId: TenantId;
  /** What it is on … */
  readonly accountId: AccountId;
  /** … and to whom. */
  readonly personId: PersonId;
  readonly rights: readonly Right[];
  /** Milliseconds since 1970, as all times here. */
  readonly startsAt: number;
  readonly endsAt: number | null;
  /** From when on it gives anything; null while its holder or an administrator still has to agree. */
  readonly validFrom: number | null;
  readonly acceptedAt: number | null;
  readonly declinedAt: number | null;
  /** Whether an administrator has to agree besides, and who did. */
  readonly asksApproval: boolean;
  readonly approverPersonId: PersonId | null;
  readonly approvedAt: number | null;
  /** Who decided it; null for the operator. */
  readonly authorPersonId: PersonId | null;
  readonly reason: string | null;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

const personOrNull = (id: number | null): PersonId | null => (id === null ? null : asId<PersonId>(id));

const mandate = (row: Omit<MandateTable, 'reminded_at' | 'ended_reason'>): Mandate => ({
  id: asId<MandateId>(row.id),
  tenantId: asId<TenantId>(row.tenant_id),
  accountId: asId<AccountId>(row.account_id),
  personId: asId<PersonId>(row.person_id),
  rights: parseRights(row.rights),
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  validFrom: row.valid_from,
  acceptedAt: row.accepted_at,
  declinedAt: row.declined_at,
  asksApproval: row.asked_approval === 1,
  approverPersonId: personOrNull(row.approver_person_id),
  approvedAt: row.approved_at,
  authorPersonId: personOrNull(row.author_person_id),
  reason: row.reason,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
});

export async function insertMandate(tx: Tx, given: Mandate): Promise<void> {
  await insertRows(tx, 'mandate', [
    {
      tenant_id: given.tenantId,
      id: given.id,
      account_id: given.accountId,
      person_id: given.personId,
      rights: JSON.stringify(given.rights),
      starts_at: given.startsAt,
      ends_at: given.endsAt,
      valid_from: given.validFrom,
      accepted_at: given.acceptedAt,
      declined_at: given.declinedAt,
      asked_approval: given.asksApproval ? 1 : 0,
      approver_person_id: given.approverPersonId,
      approved_at: given.approvedAt,
      author_person_id: given.authorPersonId,
      reason: given.reason,
      created_at: given.createdAt,
      revoked_at: given.revokedAt,
      reminded_at: null,
      ended_reason: null,
    },
  ]);
}

const selectOne = statement<{ tenantId: number; id: number }>()(({ q, p }) =>
  q.selectFrom('mandate').selectAll().where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function selectMandate(tx: Tx, tenantId: TenantId, id: MandateId): Promise<Mandate | undefined> {
  const row = await selectOne.first(tx, { tenantId, id });
  return row && mandate(row);
}

/** A mandate with the names of those it concerns. */
export interface ListedMandate extends Mandate {
  readonly account: { readonly name: string; readonly email: string };
  readonly holder: { readonly name: string; readonly email: string };
  readonly authorName: string | null;
  readonly endedReason: string | null;
}

const selectListed = statement<{ tenantId: number; accountId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('mandate')
    .innerJoin('account', 'account.id', 'mandate.account_id')
    .innerJoin('person as holder', (join) =>
      join.onRef('holder.tenant_id', '=', 'mandate.tenant_id').onRef('holder.id', '=', 'mandate.person_id'),
    )
    .innerJoin('account as theirs', 'theirs.id', 'holder.account_id')
    .leftJoin('person as author', (join) =>
      join.onRef('author.tenant_id', '=', 'mandate.tenant_id').onRef('author.id', '=', 'mandate.author_person_id'),
    )
    .selectAll('mandate')
    .select([
      'account.name as account_name',
      'account.email as account_email',
      'theirs.name as holder_name',
      'theirs.email as holder_email',
      'author.given_name as author_given_name',
      'author.family_name as author_family_name',
    ])
    .where('mandate.tenant_id', '=', p.tenantId)
    .where((eb) => eb.or([eb('mandate.account_id', '=', p.accountId), eb('mandate.person_id', '=', p.personId)]))
    .orderBy('mandate.id', 'desc')
    .limit(1000),
);

/** Those on an account, and those a person holds, newest first; 0 for none of either kind. */
export async function selectListedMandates(
  tx: Tx,
  tenantId: TenantId,
  of: { readonly accountId: AccountId | 0; readonly personId: PersonId | 0 },
): Promise<readonly ListedMandate[]> {
  const rows = await selectListed.all(tx, { tenantId, ...of });
  return rows.map((row) => ({
    ...mandate(row),
    account: { name: row.account_name, email: row.account_email },
    holder: { name: row.holder_name, email: row.holder_email },
    authorName:
      row.author_family_name === null ? null : `${row.author_given_name ?? ''} ${row.author_family_name}`.trim(),
    endedReason: row.ended_reason,
  }));
}

const selectUnitOf = statement<{ tenantId: number; accountId: number }>()(({ q, p }) =>
  q.selectFrom('account').select('unit_id').where('tenant_id', '=', p.tenantId).where('id', '=', p.accountId),
);

/** Under which unit an account stands; null for the tenant itself. */
export async function selectAccountUnit(tx: Tx, tenantId: TenantId, accountId: AccountId): Promise<UnitId | null> {
  const unitId = (await selectUnitOf.first(tx, { tenantId, accountId }))?.unit_id ?? null;
  return unitId === null ? null : asId<UnitId>(unitId);
}

const selectNamesOf = statement<{ tenantId: number; accountId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.tenant_id', 'person.tenant_id')
    .innerJoin('account as theirs', 'theirs.id', 'person.account_id')
    .select(['account.name as account', 'theirs.name as holder', 'person.account_id as holder_account_id'])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId)
    .where('account.id', '=', p.accountId),
);

export interface MandateNames {
  /** Of what it is on, and of who holds it. */
  readonly account: string;
  readonly holder: string;
  readonly holderAccountId: AccountId;
}

export async function selectNames(
  tx: Tx,
  { tenantId, accountId, personId }: Pick<Mandate, 'tenantId' | 'accountId' | 'personId'>,
): Promise<MandateNames> {
  const row = await selectNamesOf.first(tx, { tenantId, accountId, personId });
  if (!row) throw new Error('a mandate without its account or its holder');
  return { account: row.account, holder: row.holder, holderAccountId: asId<AccountId>(row.holder_account_id) };
}

const selectNameOf = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .select(['given_name', 'family_name'])
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId),
);

export async function selectPersonName(tx: Tx, tenantId: TenantId, personId: PersonId): Promise<string | null> {
  const row = await selectNameOf.first(tx, { tenantId, personId });
  return row ? `${row.given_name} ${row.family_name}`.trim() : null;
}

const agree = statement<{
  tenantId: number;
  id: number;
  validFrom: number | null;
  acceptedAt: number | null;
  declinedAt: number | null;
  approver: number | null;
  approvedAt: number | null;
}>()(({ q, p }) =>
  q
    .updateTable('mandate')
    .set({
      valid_from: p.validFrom,
      accepted_at: p.acceptedAt,
      declined_at: p.declinedAt,
      approver_person_id: p.approver,
      approved_at: p.approvedAt,
    })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

/** Notes who agreed, or did not, and from when on it holds. */
export async function updateAgreement(tx: Tx, given: Mandate): Promise<void> {
  const { tenantId, id, validFrom, acceptedAt, declinedAt, approverPersonId: approver, approvedAt } = given;
  await agree.run(tx, { tenantId, id, validFrom, acceptedAt, declinedAt, approver, approvedAt });
}

const moveEnd = statement<{ tenantId: number; id: number; endsAt: number | null }>()(({ q, p }) =>
  q
    .updateTable('mandate')
    .set({ ends_at: p.endsAt, reminded_at: null })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

export async function updateMandateEnd(
  tx: Tx,
  tenantId: TenantId,
  id: MandateId,
  endsAt: number | null,
): Promise<void> {
  await moveEnd.run(tx, { tenantId, id, endsAt });
}

const revokeOne = statement<{ tenantId: number; id: number; at: number; reason: string | null }>()(({ q, p }) =>
  q
    .updateTable('mandate')
    .set({ revoked_at: p.at, ended_reason: p.reason })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('revoked_at', 'is', null),
);

/** @returns whether it was still standing. */
export async function updateMandateRevoked(
  tx: Tx,
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: MandateId },
  at: number,
  reason: string | null,
): Promise<boolean> {
  return (await revokeOne.run(tx, { tenantId, id, at, reason })) > 0;
}

const selectEnding = statement<{ tenantId: number; from: number; to: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('mandate')
    .select(['id'])
    .where('tenant_id', '=', p.tenantId)
    .where('ends_at', '>', p.from)
    .where('ends_at', '<=', p.to)
    .where('reminded_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('valid_from', 'is not', null)
    .orderBy('ends_at')
    .limit(p.limit),
);

/** Standing ones that end between two times and of which nobody was reminded, the next to end first. */
export async function selectEndingMandates(
  tx: Tx,
  tenantId: TenantId,
  given: { readonly from: number; readonly to: number; readonly limit: number },
): Promise<readonly MandateId[]> {
  const rows = await selectEnding.all(tx, { tenantId, ...given });
  return rows.map(({ id }) => asId<MandateId>(id));
}

const selectAllTenants = statement<object>()(({ q }) => q.selectFrom('tenant').select('id').orderBy('id'));

export async function selectTenantIds(tx: Tx): Promise<readonly TenantId[]> {
  return (await selectAllTenants.all(tx, {})).map(({ id }) => asId<TenantId>(id));
}

const remindOne = statement<{ tenantId: number; id: number; at: number }>()(({ q, p }) =>
  q
    .updateTable('mandate')
    .set({ reminded_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id)
    .where('reminded_at', 'is', null),
);

/** @returns whether nobody else did. */
export async function updateReminded(tx: Tx, tenantId: TenantId, id: MandateId, at: number): Promise<boolean> {
  return (await remindOne.run(tx, { tenantId, id, at })) > 0;
}

const selectHoldersOn = statement<{ tenantId: number; accountId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('mandate')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'mandate.tenant_id').onRef('person.id', '=', 'mandate.person_id'),
    )
    .innerJoin('account', 'account.id', 'person.account_id')
    .select(['account.email', 'mandate.rights'])
    .where('mandate.tenant_id', '=', p.tenantId)
    .where('mandate.account_id', '=', p.accountId)
    .where('mandate.revoked_at', 'is', null)
    .where('mandate.valid_from', '<=', p.at)
    .where((eb) => eb.or([eb('mandate.ends_at', 'is', null), eb('mandate.ends_at', '>', p.at)]))
    .orderBy('account.email'),
);

/** Who holds a mandate that is valid at `at` (milliseconds since 1970), by address; one row a mandate. */
export async function selectHoldersOf(
  tx: Tx,
  tenantId: TenantId,
  accountId: AccountId,
  at: number,
): Promise<readonly { readonly email: string; readonly rights: readonly Right[] }[]> {
  const found = await selectHoldersOn.all(tx, { tenantId, accountId, at });
  return found.map(({ email, rights }) => ({ email, rights: parseRights(rights) }));
}

const selectHung = statement<{
  tenantId: number;
  personId: number;
  accountId: number;
  from: string;
  to: string;
  at: number;
}>()(({ q, p }) =>
  q
    .selectFrom('mandate')
    .innerJoin('account', 'account.id', 'mandate.account_id')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'mandate.tenant_id').onRef('person.id', '=', 'mandate.person_id'),
    )
    .leftJoin('unit as place', (join) =>
      join.onRef('place.tenant_id', '=', 'account.tenant_id').onRef('place.id', '=', 'account.unit_id'),
    )
    .leftJoin('unit as theirs', (join) =>
      join.onRef('theirs.tenant_id', '=', 'person.tenant_id').onRef('theirs.id', '=', 'person.unit_id'),
    )
    .select(['mandate.id', 'mandate.account_id', 'place.path as place_path', 'theirs.path as their_path'])
    .where('mandate.tenant_id', '=', p.tenantId)
    .where('mandate.revoked_at', 'is', null)
    .where((eb) => eb.or([eb('mandate.ends_at', 'is', null), eb('mandate.ends_at', '>', p.at)]))
    .where((eb) =>
      eb.or([
        eb.and([eb('mandate.person_id', '=', p.personId), eb('place.path', '>=', p.from), eb('place.path', '<', p.to)]),
        eb.and([
          eb('mandate.account_id', '=', p.accountId),
          eb('theirs.path', '>=', p.from),
          eb('theirs.path', '<', p.to),
        ]),
      ]),
    )
    .orderBy('mandate.id'),
);

/** Those somebody holds on mailboxes of a unit (and below), and those its people hold on theirs; with the other's path. */
export async function selectHungOn(
  tx: Tx,
  {
    tenantId,
    personId,
    accountId,
  }: { readonly tenantId: TenantId; readonly personId: PersonId; readonly accountId: AccountId },
  path: string,
  at: number,
): Promise<readonly { readonly id: MandateId; readonly path: string }[]> {
  const found = await selectHung.all(tx, {
    tenantId,
    personId,
    accountId,
    from: path,
    to: `${path.slice(0, -1)}0`,
    at,
  });
  return found.map((row) => ({
    id: asId<MandateId>(row.id),
    path: (row.account_id === accountId ? row.their_path : row.place_path) ?? '/',
  }));
}
