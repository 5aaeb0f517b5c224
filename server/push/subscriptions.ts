/**
 * Push subscriptions (RFC 8620 §7.2): where a person's device wants to be told. An address is believed only once the code
 * we sent there has come back by the person's own hand, so nobody makes us call strangers.
 */
import { randomBytes, randomUUIDv7 } from 'node:crypto';

import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { asUuid, type Uuid } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import type { PushKeys } from './encrypt.ts';
import {
  deleteSubscription,
  insertSubscription,
  selectSubscriptions,
  type Subscription,
  updateSubscription,
} from './queries.ts';
import { isPushUrl } from './send.ts';
import { tellPushers } from './wake.ts';

export type { Subscription } from './queries.ts';

const longestMs = 30 * 86_400_000;
const perPerson = 30;

export interface NewSubscription {
  readonly deviceClientId: string;
  readonly url: string;
  readonly keys: PushKeys | undefined;
  readonly types: readonly string[] | undefined;
  /** Milliseconds since 1970; as long as we allow without it. */
  readonly expiresAt: number | undefined;
}

export function listSubscriptions(store: Store, actor: PersonActor): Promise<readonly Subscription[]> {
  return read(store, (tx) => selectSubscriptions(tx, actor, store.now()));
}

/** Makes one that is not verified yet; the code goes out at once. @throws {Refusal} `invalidProperties`, `rateLimited`. */
export async function subscribe(store: Store, actor: PersonActor, given: NewSubscription): Promise<Subscription> {
  if (!isPushUrl(given.url)) throw new Refusal('invalidProperties', { properties: ['url'] });
  const now = store.now();
  if (given.expiresAt !== undefined && given.expiresAt <= now) {
    throw new Refusal('invalidProperties', { properties: ['expires'] });
  }
  const subscription: Subscription = {
    ...given,
    tenantId: actor.tenantId,
    personId: actor.personId,
    id: asUuid(randomUUIDv7()),
    verificationCode: randomBytes(24).toString('base64url'),
    isVerified: false,
    expiresAt: Math.min(given.expiresAt ?? Infinity, now + longestMs),
    failures: 0,
  };
  await write(store, async (tx) => {
    const known = await selectSubscriptions(tx, actor, now);
    if (known.length >= perPerson) throw new Refusal('rateLimited', { description: `no more than ${perPerson}` });
    await insertSubscription(tx, subscription);
  });
  tellPushers(store, { kind: 'verify', subscription });
  return subscription;
}

export interface SubscriptionChange {
  readonly verificationCode?: string;
  readonly types?: readonly string[] | undefined;
  readonly expiresAt?: number | undefined;
}

/** @returns undefined when the actor has none by that id. @throws {Refusal} `invalidProperties` for a wrong code. */
export async function changeSubscription(
  store: Store,
  actor: PersonActor,
  id: Uuid,
  change: SubscriptionChange,
): Promise<Subscription | undefined> {
  const now = store.now();
  const changed = await write(store, async (tx) => {
    const known = (await selectSubscriptions(tx, actor, now)).find((one) => one.id === id);
    if (!known) return undefined;
    const { verificationCode } = change;
    if (verificationCode !== undefined && verificationCode !== known.verificationCode) {
      throw new Refusal('invalidProperties', { properties: ['verificationCode'] });
    }
    const expiresAt = 'expiresAt' in change ? Math.min(change.expiresAt ?? Infinity, now + longestMs) : known.expiresAt;
    const isVerified = known.isVerified || verificationCode !== undefined;
    const updated: Subscription = {
      ...known,
      isVerified,
      expiresAt,
      types: 'types' in change ? change.types : known.types,
    };
    await updateSubscription(tx, updated);
    return updated;
  });
  if (changed) tellPushers(store, { kind: 'changed' });
  return changed;
}

/** @returns whether the actor had one by that id. */
export async function unsubscribe(store: Store, actor: PersonActor, id: Uuid): Promise<boolean> {
  const wasThere = await write(store, async (tx) => {
    const known = (await selectSubscriptions(tx, actor, store.now())).find((one) => one.id === id);
    if (known) await deleteSubscription(tx, actor.tenantId, id);
    return known !== undefined;
  });
  if (wasThere) tellPushers(store, { kind: 'changed' });
  return wasThere;
}
