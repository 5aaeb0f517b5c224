/** Statements: codes sent by mail, and what a person has said and accepted when they came in. */
import { type AccountId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import type { EntryCodeTable } from '#server/store/schema-people.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

export type Purpose = 'recover' | 'verify';

export interface PersonKey {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
}

export interface EntryCode {
  readonly who: PersonKey | undefined;
  readonly address: string | null;
  /** '' where there is no code. */
  readonly codeHash: string;
  readonly tries: number;
  readonly expiresAt: number;
}

export interface NewEntryCode {
  readonly tokenHash: string;
  readonly purpose: Purpose;
  readonly who: PersonKey | undefined;
  readonly address: string | null;
  readonly codeHash: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

const deleteExpired = statement<{ at: number }>()(({ q, p }) =>
  q.deleteFrom('entry_code').where('expires_at', '<=', p.at),
);
const deleteOne = statement<{ tokenHash: string }>()(({ q, p }) =>
  q.deleteFrom('entry_code').where('token_hash', '=', p.tokenHash),
);

export async function deleteEntryCode(tx: Tx, tokenHash: string): Promise<void> {
  await deleteOne.run(tx, { tokenHash });
}

/** Replaces the one of that token, and sweeps those that have ended. */
export async function insertEntryCode(tx: Tx, row: NewEntryCode): Promise<void> {
  await deleteExpired.run(tx, { at: row.createdAt });
  await deleteOne.run(tx, { tokenHash: row.tokenHash });
  await insertRows(tx, 'entry_code', [
    {
      token_hash: row.tokenHash,
      purpose: row.purpose,
      tenant_id: row.who?.tenantId ?? null,
      person_id: row.who?.personId ?? null,
      address: row.address,
      code_hash: row.codeHash,
      tries: 0,
      created_at: row.createdAt,
      expires_at: row.expiresAt,
    },
  ]);
}

const keyRow = 'key';

/** What the key is known by stands here too, for ever; the first one stays. */
export async function insertKeptHash(tx: Tx, hash: string, at: number): Promise<void> {
  const nobody = { tenant_id: null, person_id: null, address: null, tries: 0 };
  const row = {
    token_hash: keyRow,
    purpose: keyRow,
    code_hash: hash,
    created_at: at,
    expires_at: Number.MAX_SAFE_INTEGER,
  };
  await insertRows(tx, 'entry_code', [{ ...nobody, ...row }], 'ignore');
}

const selectKept = statement<object>()(({ q }) =>
  q.selectFrom('entry_code').select('code_hash').where('token_hash', '=', keyRow),
);

export async function selectKeptHash(tx: Tx): Promise<string | undefined> {
  return (await selectKept.first(tx, {}))?.code_hash;
}

const selectOne = statement<{ tokenHash: string; purpose: string }>()(({ q, p, dialect }) => {
  const query = q
    .selectFrom('entry_code')
    .selectAll()
    .where('token_hash', '=', p.tokenHash)
    .where('purpose', '=', p.purpose);
  // Two tries at once are two tries.
  return dialect === 'postgres' ? query.forUpdate() : query;
});

export async function lockEntryCode(tx: Tx, tokenHash: string, purpose: Purpose): Promise<EntryCode | undefined> {
  const row = await selectOne.first(tx, { tokenHash, purpose });
  return row && entryCode(row);
}

function entryCode(row: EntryCodeTable): EntryCode {
  const { tenant_id: tenantId, person_id: personId } = row;
  return {
    who:
      tenantId === null || personId === null
        ? undefined
        : { tenantId: asId<TenantId>(tenantId), personId: asId<PersonId>(personId) },
    address: row.address,
    codeHash: row.code_hash,
    tries: row.tries,
    expiresAt: row.expires_at,
  };
}

const countTry = statement<{ tokenHash: string }>()(({ q, p }) =>
  q
    .updateTable('entry_code')
    .set((eb) => ({ tries: eb('tries', '+', 1) }))
    .where('token_hash', '=', p.tokenHash),
);

export async function updateTries(tx: Tx, tokenHash: string): Promise<void> {
  await countTry.run(tx, { tokenHash });
}

const setCode = statement<{
  tokenHash: string;
  tenantId: number;
  personId: number;
  address: string;
  codeHash: string;
  at: number;
}>()(({ q, p }) =>
  q
    .updateTable('entry_code')
    .set({ tenant_id: p.tenantId, person_id: p.personId, address: p.address, code_hash: p.codeHash })
    .where('token_hash', '=', p.tokenHash)
    .where('expires_at', '>', p.at),
);

/** Gives what was asked for a code. @returns whether it was still there. */
export async function updateCode(
  tx: Tx,
  tokenHash: string,
  given: { readonly who: PersonKey; readonly address: string; readonly codeHash: string; readonly at: number },
): Promise<boolean> {
  const { who, address, codeHash, at } = given;
  return (await setCode.run(tx, { tokenHash, ...who, address, codeHash, at })) > 0;
}

export interface Person extends PersonKey {
  readonly accountId: AccountId;
  readonly unitId: UnitId | null;
  readonly name: string;
  readonly email: string;
  readonly language: 'fr' | 'en';
  /** `2001-12-31`. */
  readonly birthDate: string | null;
  /** As it was given; verified only where `isVerified`. */
  readonly recoveryEmail: string | null;
  readonly isVerified: boolean;
}

const selectPersonOf = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .innerJoin('account', 'account.id', 'person.account_id')
    .select([
      'person.account_id',
      'person.unit_id',
      'person.language',
      'person.birth_date',
      'person.recovery_email',
      'person.recovery_verified_at',
      'account.name',
      'account.email',
    ])
    .where('person.tenant_id', '=', p.tenantId)
    .where('person.id', '=', p.personId),
);

export async function selectPerson(tx: Tx, { tenantId, personId }: PersonKey): Promise<Person | undefined> {
  const row = await selectPersonOf.first(tx, { tenantId, personId });
  return (
    row && {
      tenantId,
      personId,
      accountId: asId<AccountId>(row.account_id),
      unitId: row.unit_id === null ? null : asId<UnitId>(row.unit_id),
      name: row.name,
      email: row.email,
      language: /^en/i.test(row.language) ? 'en' : 'fr',
      birthDate: row.birth_date,
      recoveryEmail: row.recovery_email,
      isVerified: row.recovery_verified_at !== null,
    }
  );
}

const setTerms = statement<{ tenantId: number; personId: number; version: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('person')
    .set({ terms_version: p.version, terms_accepted_at: p.at, updated_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId),
);

export async function updateTerms(tx: Tx, who: PersonKey, version: string, at: number): Promise<void> {
  const { tenantId, personId } = who;
  await setTerms.run(tx, { tenantId, personId, version, at });
}

const setRecovery = statement<{ tenantId: number; personId: number; address: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('person')
    .set({ recovery_email: p.address, recovery_verified_at: p.at, updated_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId),
);

/** Its holder has shown that they read what comes to the address. */
export async function updateRecoveryAddress(tx: Tx, who: PersonKey, address: string, at: number): Promise<void> {
  const { tenantId, personId } = who;
  await setRecovery.run(tx, { tenantId, personId, address, at });
}

const selectVerifiedAt = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person')
    .select('recovery_verified_at')
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId),
);

/** When the recovery address was confirmed; null where there is none that was. */
export async function selectRecoveryAt(tx: Tx, { tenantId, personId }: PersonKey): Promise<number | null> {
  return (await selectVerifiedAt.first(tx, { tenantId, personId }))?.recovery_verified_at ?? null;
}

const clearRecovery = statement<{ tenantId: number; personId: number; at: number }>()(({ q, p }) =>
  q
    .updateTable('person')
    .set({ recovery_email: null, recovery_verified_at: null, updated_at: p.at })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.personId),
);

export async function deleteRecoveryAddress(tx: Tx, { tenantId, personId }: PersonKey, at: number): Promise<void> {
  await clearRecovery.run(tx, { tenantId, personId, at });
}
