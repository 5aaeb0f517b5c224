/** Push subscriptions, as rows. */
import { asId, asUuid, type PersonId, type TenantId, type Uuid } from '#server/store/ids.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';
import type { PushSubscriptionTable } from '#server/store/schema.ts';

import type { PushKeys } from './encrypt.ts';

export interface Subscription {
  readonly tenantId: TenantId;
  readonly id: Uuid;
  readonly personId: PersonId;
  readonly deviceClientId: string;
  readonly url: string;
  readonly keys: PushKeys | undefined;
  readonly verificationCode: string;
  readonly isVerified: boolean;
  /** undefined: all. */
  readonly types: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** In a row, since the last push that was taken. */
  readonly failures: number;
}

export async function insertSubscription(tx: Tx, subscription: Subscription): Promise<void> {
  const { keys, types } = subscription;
  await insertRows(tx, 'push_subscription', [
    {
      tenant_id: subscription.tenantId,
      id: subscription.id,
      person_id: subscription.personId,
      device_client_id: subscription.deviceClientId,
      url: subscription.url,
      keys: keys ? JSON.stringify(keys) : null,
      verification_code: subscription.verificationCode,
      is_verified: subscription.isVerified ? 1 : 0,
      types: types ? JSON.stringify(types) : null,
      expires_at: subscription.expiresAt,
      failures: subscription.failures,
    },
  ]);
}

const selectOfPerson = statement<{ tenantId: number; personId: number; now: number }>()(({ q, p }) =>
  q
    .selectFrom('push_subscription')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('expires_at', '>', p.now)
    .orderBy('id'),
);

export async function selectSubscriptions(
  tx: Tx,
  owner: { readonly tenantId: TenantId; readonly personId: PersonId },
  now: number,
): Promise<readonly Subscription[]> {
  const { tenantId, personId } = owner;
  return (await selectOfPerson.all(tx, { tenantId, personId, now })).map(shape);
}

const selectVerified = statement<{ now: number }>()(({ q, p }) =>
  q.selectFrom('push_subscription').selectAll().where('is_verified', '=', 1).where('expires_at', '>', p.now),
);

export async function selectPushable(tx: Tx, now: number): Promise<readonly Subscription[]> {
  return (await selectVerified.all(tx, { now })).map(shape);
}

const updateOne = statement<{
  tenantId: number;
  id: string;
  isVerified: number;
  types: string | null;
  expiresAt: number;
  failures: number;
}>()(({ q, p }) =>
  q
    .updateTable('push_subscription')
    .set({ is_verified: p.isVerified, types: p.types, expires_at: p.expiresAt, failures: p.failures })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

export async function updateSubscription(tx: Tx, subscription: Subscription): Promise<void> {
  await updateOne.run(tx, {
    tenantId: subscription.tenantId,
    id: subscription.id,
    isVerified: subscription.isVerified ? 1 : 0,
    types: subscription.types ? JSON.stringify(subscription.types) : null,
    expiresAt: subscription.expiresAt,
    failures: subscription.failures,
  });
}

const deleteOne = statement<{ tenantId: number; id: string }>()(({ q, p }) =>
  q.deleteFrom('push_subscription').where('tenant_id', '=', p.tenantId).where('id', '=', p.id),
);

export async function deleteSubscription(tx: Tx, tenantId: TenantId, id: Uuid): Promise<void> {
  await deleteOne.run(tx, { tenantId, id });
}

const deleteOld = statement<{ now: number }>()(({ q, p }) =>
  q.deleteFrom('push_subscription').where('expires_at', '<=', p.now),
);

export async function deleteExpired(tx: Tx, now: number): Promise<void> {
  await deleteOld.run(tx, { now });
}

function shape(row: PushSubscriptionTable): Subscription {
  return {
    tenantId: asId<TenantId>(row.tenant_id),
    id: asUuid(row.id),
    personId: asId<PersonId>(row.person_id),
    deviceClientId: row.device_client_id,
    url: row.url,
    keys: row.keys === null ? undefined : (JSON.parse(row.keys) as PushKeys),
    verificationCode: row.verification_code,
    isVerified: row.is_verified === 1,
    types: row.types === null ? undefined : (JSON.parse(row.types) as readonly string[]),
    expiresAt: row.expires_at,
    failures: row.failures,
  };
}
