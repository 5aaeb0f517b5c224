/** Statements: the browsers people logged in with, by the hash of their cookie. */
import { asUuid, type PersonId, type TenantId, type Uuid } from '#server/store/ids.ts';
import type { DeviceTable } from '#server/store/schema-people.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

interface Who {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
}

export interface Device {
  readonly id: Uuid;
  readonly tokenHash: string;
  readonly userAgent: string;
  readonly remoteAddress: string;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly seenAt: number;
  /** 0 where a second factor is always asked for. */
  readonly trustedUntil: number;
}

function device(row: DeviceTable): Device {
  return {
    id: asUuid(row.id),
    tokenHash: row.token_hash,
    userAgent: row.user_agent,
    remoteAddress: row.remote_address,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    trustedUntil: row.trusted_until,
  };
}

/** @returns false where it is known already. */
export async function insertDevice(tx: Tx, { tenantId, personId }: Who, row: Device): Promise<boolean> {
  const inserted = await insertRows(
    tx,
    'device',
    [
      {
        tenant_id: tenantId,
        person_id: personId,
        token_hash: row.tokenHash,
        id: row.id,
        user_agent: row.userAgent,
        remote_address: row.remoteAddress,
        created_at: row.createdAt,
        seen_at: row.seenAt,
        trusted_until: row.trustedUntil,
      },
    ],
    'ignore',
  );
  return inserted > 0;
}

const selectOf = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('device')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .orderBy('seen_at', 'desc'),
);

/** The last used first. */
export async function selectDevices(tx: Tx, { tenantId, personId }: Who): Promise<readonly Device[]> {
  return (await selectOf.all(tx, { tenantId, personId })).map(device);
}

const selectOne = statement<{ tenantId: number; personId: number; tokenHash: string }>()(({ q, p }) =>
  q
    .selectFrom('device')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('token_hash', '=', p.tokenHash),
);

export async function selectDevice(
  tx: Tx,
  { tenantId, personId }: Who,
  tokenHash: string,
): Promise<Device | undefined> {
  const row = await selectOne.first(tx, { tenantId, personId, tokenHash });
  return row && device(row);
}

const seeOne = statement<{
  tenantId: number;
  personId: number;
  tokenHash: string;
  at: number;
  from: string;
  userAgent: string;
}>()(({ q, p }) =>
  q
    .updateTable('device')
    .set({ seen_at: p.at, remote_address: p.from, user_agent: p.userAgent })
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('token_hash', '=', p.tokenHash),
);

export async function updateDeviceSeen(
  tx: Tx,
  { tenantId, personId }: Who,
  tokenHash: string,
  { at, from, userAgent }: { readonly at: number; readonly from: string; readonly userAgent: string },
): Promise<void> {
  await seeOne.run(tx, { tenantId, personId, tokenHash, at, from, userAgent });
}

const trustOne = statement<{ tenantId: number; personId: number; tokenHash: string; until: number }>()(({ q, p }) =>
  q
    .updateTable('device')
    .set({ trusted_until: p.until })
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('token_hash', '=', p.tokenHash),
);

export async function updateDeviceTrust(
  tx: Tx,
  { tenantId, personId }: Who,
  tokenHash: string,
  until: number,
): Promise<void> {
  await trustOne.run(tx, { tenantId, personId, tokenHash, until });
}

const distrust = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .updateTable('device')
    .set({ trusted_until: 0 })
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('trusted_until', '>', 0),
);

/** Ends the trust in all of them. @returns in how many. */
export function updateDevicesDistrusted(tx: Tx, { tenantId, personId }: Who): Promise<number> {
  return distrust.run(tx, { tenantId, personId });
}

const deleteById = statement<{ tenantId: number; personId: number; id: string }>()(({ q, p }) =>
  q.deleteFrom('device').where('tenant_id', '=', p.tenantId).where('person_id', '=', p.personId).where('id', '=', p.id),
);

export async function deleteDevice(tx: Tx, { tenantId, personId }: Who, id: string): Promise<boolean> {
  return (await deleteById.run(tx, { tenantId, personId, id })) > 0;
}
