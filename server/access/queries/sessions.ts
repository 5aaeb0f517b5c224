/** Statements: browser sessions. */
import { type AccountId, asId, asUuid, type PersonId, type TenantId, type Uuid } from '#server/store/ids.ts';
import type { SessionTable } from '#server/store/schema-people.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

import { asPersonState, type PersonState } from './people.ts';

export interface Session {
  readonly id: Uuid;
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  readonly remoteAddress: string;
  readonly userAgent: string;
  /** How its holder last proved who they are, and when: see access/factors/fresh.ts. */
  readonly proof: string;
  readonly provedAt: number;
  /** Of the browser it is in; empty where there is none. See access/factors/device.ts. */
  readonly deviceHash: string;
}

export interface NewSession extends Session {
  /** What is left to do before it is open; see access/steps.ts. */
  readonly steps: readonly string[];
}

function session(row: Omit<SessionTable, 'token_hash' | 'steps'>): Session {
  return {
    id: asUuid(row.id),
    tenantId: asId<TenantId>(row.tenant_id),
    personId: asId<PersonId>(row.person_id),
    createdAt: row.created_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
    remoteAddress: row.remote_address,
    userAgent: row.user_agent,
    proof: row.proof,
    provedAt: row.proved_at,
    deviceHash: row.device_hash,
  };
}

const sessionColumns = [
  'session.tenant_id',
  'session.id',
  'session.person_id',
  'session.created_at',
  'session.seen_at',
  'session.expires_at',
  'session.remote_address',
  'session.user_agent',
  'session.proof',
  'session.proved_at',
  'session.device_hash',
] as const;

export async function insertSession(tx: Tx, row: NewSession, tokenHash: string): Promise<void> {
  await insertRows(tx, 'session', [
    {
      tenant_id: row.tenantId,
      token_hash: tokenHash,
      id: row.id,
      person_id: row.personId,
      created_at: row.createdAt,
      seen_at: row.seenAt,
      expires_at: row.expiresAt,
      remote_address: row.remoteAddress,
      user_agent: row.userAgent,
      steps: JSON.stringify(row.steps),
      proof: row.proof,
      proved_at: row.provedAt,
      device_hash: row.deviceHash,
    },
  ]);
}

const selectSessionByToken = statement<{ tenantId: number; tokenHash: string }>()(({ q, p }) =>
  q
    .selectFrom('session')
    .innerJoin('person', (join) =>
      join.onRef('person.tenant_id', '=', 'session.tenant_id').onRef('person.id', '=', 'session.person_id'),
    )
    .select([...sessionColumns, 'person.state', 'person.account_id', 'session.steps'])
    .where('session.tenant_id', '=', p.tenantId)
    .where('session.token_hash', '=', p.tokenHash),
);

export interface OpenSession extends Session {
  readonly state: PersonState;
  readonly accountId: AccountId;
  /** JSON. */
  readonly steps: string;
}

export async function selectSession(tx: Tx, tenantId: TenantId, tokenHash: string): Promise<OpenSession | undefined> {
  const row = await selectSessionByToken.first(tx, { tenantId, tokenHash });
  return (
    row && {
      ...session(row),
      state: asPersonState(row.state),
      accountId: asId<AccountId>(row.account_id),
      steps: row.steps,
    }
  );
}

const touchSession = statement<{ tenantId: number; tokenHash: string; at: number; from: string }>()(({ q, p }) =>
  q
    .updateTable('session')
    .set({ seen_at: p.at, remote_address: p.from })
    .where('tenant_id', '=', p.tenantId)
    .where('token_hash', '=', p.tokenHash),
);

export async function updateSessionSeen(
  tx: Tx,
  key: { tenantId: TenantId; tokenHash: string },
  at: number,
  from: string,
): Promise<void> {
  await touchSession.run(tx, { ...key, at, from });
}

const stepSession = statement<{
  tenantId: number;
  tokenHash: string;
  newHash: string;
  steps: string;
  expiresAt: number;
}>()(({ q, p }) =>
  q
    .updateTable('session')
    .set({ token_hash: p.newHash, steps: p.steps, expires_at: p.expiresAt })
    .where('tenant_id', '=', p.tenantId)
    .where('token_hash', '=', p.tokenHash),
);

/** Gives a session another token and what is left to do. @returns whether it was still there. */
export async function updateSessionSteps(
  tx: Tx,
  { tenantId, tokenHash }: { tenantId: TenantId; tokenHash: string },
  next: { readonly tokenHash: string; readonly steps: readonly string[]; readonly expiresAt: number },
): Promise<boolean> {
  const { tokenHash: newHash, steps, expiresAt } = next;
  const changed = await stepSession.run(tx, { tenantId, tokenHash, newHash, steps: JSON.stringify(steps), expiresAt });
  return changed > 0;
}

const selectSessionsOf = statement<{ tenantId: number; personId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('session')
    .select(sessionColumns)
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('expires_at', '>', p.at)
    .where('steps', '=', '[]')
    .orderBy('seen_at', 'desc')
    .limit(200),
);

export async function selectSessions(tx: Tx, tenantId: TenantId, personId: PersonId, at: number): Promise<Session[]> {
  return (await selectSessionsOf.all(tx, { tenantId, personId, at })).map(session);
}

const proveSession = statement<{ tenantId: number; personId: number; id: string; proof: string; at: number }>()(
  ({ q, p }) =>
    q
      .updateTable('session')
      .set({ proof: p.proof, proved_at: p.at })
      .where('tenant_id', '=', p.tenantId)
      .where('person_id', '=', p.personId)
      .where('id', '=', p.id),
);

/** Notes that the holder of a session proved who they are. */
export async function updateSessionProof(
  tx: Tx,
  who: { tenantId: TenantId; personId: PersonId },
  id: string,
  { proof, at }: { readonly proof: string; readonly at: number },
): Promise<void> {
  await proveSession.run(tx, { ...who, id, proof, at });
}

const selectSessionById = statement<{ tenantId: number; personId: number; id: string }>()(({ q, p }) =>
  q
    .selectFrom('session')
    .select(sessionColumns)
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('id', '=', p.id),
);

export async function selectOwnSession(
  tx: Tx,
  who: { tenantId: TenantId; personId: PersonId },
  id: string,
): Promise<Session | undefined> {
  const row = await selectSessionById.first(tx, { ...who, id });
  return row && session(row);
}

const deleteSessionById = statement<{ tenantId: number; personId: number; id: string }>()(({ q, p }) =>
  q
    .deleteFrom('session')
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('id', '=', p.id),
);

export async function deleteSession(
  tx: Tx,
  who: { tenantId: TenantId; personId: PersonId },
  id: string,
): Promise<boolean> {
  return (await deleteSessionById.run(tx, { ...who, id })) > 0;
}

const deleteSessionsBut = statement<{ tenantId: number; personId: number; keep: string }>()(({ q, p }) =>
  q
    .deleteFrom('session')
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('id', '<>', p.keep),
);

/** Ends all sessions of a person but `keep`. @returns how many ended. */
export function deleteSessions(
  tx: Tx,
  who: { tenantId: TenantId; personId: PersonId },
  keep?: string,
): Promise<number> {
  return deleteSessionsBut.run(tx, { ...who, keep: keep ?? '' });
}

const deleteExpired = statement<{ at: number }>()(({ q, p }) =>
  q.deleteFrom('session').where('expires_at', '<=', p.at),
);

export function deleteExpiredSessions(tx: Tx, at: number): Promise<number> {
  return deleteExpired.run(tx, { at });
}
