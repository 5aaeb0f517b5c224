/**
 * Pushes state changes to verified subscriptions (RFC 8620 §7.2). One a process; several processes tell a device the
 * same state each, which it takes for one. A push that fails is tried again with the newest states, later and later;
 * an address that is gone, or fails for days, is forgotten.
 */
import type { Logger } from 'pino';

import { allScopes, type PersonActor } from '#server/access/actor.ts';
import { type Changed, watchAccounts, type Watching } from '#server/changes/watch.ts';
import type { States } from '#server/store/changes.ts';
import type { AccountId, Uuid } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { deleteExpired, deleteSubscription, selectPushable, type Subscription, updateSubscription } from './queries.ts';
import { type SendOptions, sendPush } from './send.ts';
import { onPushNews } from './wake.ts';

export interface PusherOptions extends SendOptions {
  /** The body of a push: a head's business, since it prints ids. */
  readonly printChange: (changed: Changed) => string;
  readonly printVerification: (id: Uuid, verificationCode: string) => string;
}

export interface Pusher {
  close(): void;
}

interface Followed {
  subscription: Subscription;
  readonly watching: Watching;
  readonly waiting: Map<AccountId, States>;
  timer: NodeJS.Timeout | undefined;
  isSending: boolean;
}

/** Changes by other processes, expiry, and mandates are seen this late. */
const reloadMs = 30_000;
/** A device is woken at most this often. */
const gapMs = 200;
const retryMs = [2_000, 10_000, 60_000, 600_000, 3_600_000];
const maxFailures = 60;

export function startPusher(store: Store, log: Logger, options: PusherOptions): Pusher {
  const followed = new Map<Uuid, Followed>();
  let isClosed = false;
  let loading: Promise<void> | undefined;
  let isStale = false;

  const load = async (): Promise<void> => {
    const rows = await read(store, (tx) => selectPushable(tx, store.now()));
    const current = new Map(rows.map((row) => [row.id, row]));
    for (const [id, one] of followed) if (!current.has(id)) forget(id, one);
    for (const [id, subscription] of current) {
      const known = followed.get(id);
      if (!known) await follow(subscription);
      else if (String(known.subscription.types) === String(subscription.types)) {
        known.subscription = { ...subscription, failures: known.subscription.failures };
        await known.watching.refresh();
      } else {
        forget(id, known);
        await follow(subscription);
      }
    }
  };
  const reload = (): void => {
    if (isClosed) return;
    if (loading) {
      isStale = true;
      return;
    }
    loading = load()
      .catch((error: unknown) => log.warn({ err: error }, 'push subscriptions could not be read'))
      .finally(() => {
        loading = undefined;
        if (isStale) {
          isStale = false;
          reload();
        }
      });
  };

  const follow = async (subscription: Subscription): Promise<void> => {
    const waiting = new Map<AccountId, States>();
    const types = subscription.types && new Set(subscription.types);
    const watching = await watchAccounts(store, actorOf(subscription), {
      types,
      hear(changed) {
        for (const [accountId, states] of changed) waiting.set(accountId, { ...waiting.get(accountId), ...states });
        schedule(one, 0);
      },
    });
    const one: Followed = { subscription, watching, waiting, timer: undefined, isSending: false };
    if (isClosed) watching.close();
    else followed.set(subscription.id, one);
  };
  const forget = (id: Uuid, one: Followed): void => {
    one.watching.close();
    clearTimeout(one.timer);
    followed.delete(id);
  };
  const schedule = (one: Followed, afterMs: number): void => {
    if (one.timer || one.isSending || isClosed) return;
    one.timer = setTimeout(() => {
      one.timer = undefined;
      void push(one).catch((error: unknown) => log.error({ err: error }, 'a push failed'));
    }, afterMs);
    one.timer.unref();
  };

  const push = async (one: Followed): Promise<void> => {
    const { subscription, waiting } = one;
    const changed = new Map(waiting);
    if (changed.size === 0 || !followed.has(subscription.id)) return;
    waiting.clear();
    one.isSending = true;
    const urgency = [...changed.values()].some((states) => states.EmailDelivery !== undefined) ? 'high' : 'normal';
    const body = options.printChange(changed);
    const sent = await sendPush(subscription.url, subscription.keys, body, urgency, options);
    one.isSending = false;
    if (sent.kind === 'taken') {
      if (subscription.failures > 0) await note(one, 0);
      if (waiting.size > 0) schedule(one, gapMs);
      return;
    }
    const failures = subscription.failures + 1;
    if (sent.kind === 'gone' || failures >= maxFailures) {
      log.info({ subscription: subscription.id, sent }, 'a push subscription is forgotten');
      forget(subscription.id, one);
      await write(store, (tx) => deleteSubscription(tx, subscription.tenantId, subscription.id));
      return;
    }
    log.debug({ subscription: subscription.id, sent }, 'a push was not taken');
    // Newer states that came meanwhile win over those that did not arrive.
    for (const [accountId, states] of changed) waiting.set(accountId, { ...states, ...waiting.get(accountId) });
    await note(one, failures);
    schedule(one, (sent.retryAfterSeconds ?? 0) * 1000 || (retryMs[failures - 1] ?? retryMs.at(-1) ?? gapMs));
  };
  const note = async (one: Followed, failures: number): Promise<void> => {
    one.subscription = { ...one.subscription, failures };
    await write(store, (tx) => updateSubscription(tx, one.subscription));
  };

  const verify = async (subscription: Subscription): Promise<void> => {
    const body = options.printVerification(subscription.id, subscription.verificationCode);
    for (const afterMs of [0, ...retryMs.slice(0, 2)]) {
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      const sent = await sendPush(subscription.url, subscription.keys, body, 'high', options);
      if (sent.kind !== 'failed' || isClosed) return;
      log.debug({ subscription: subscription.id, sent }, 'a verification was not taken');
    }
  };

  const stopHearing = onPushNews(store, (news) => {
    if (news.kind === 'changed') reload();
    else void verify(news.subscription).catch((error: unknown) => log.error({ err: error }, 'a verification failed'));
  });
  const timer = setInterval(() => {
    write(store, (tx) => deleteExpired(tx, store.now())).catch(() => undefined);
    reload();
  }, reloadMs);
  timer.unref();
  reload();
  return {
    close() {
      isClosed = true;
      clearInterval(timer);
      stopHearing();
      for (const [id, one] of followed) forget(id, one);
    },
  };
}

/** The person themselves, as far as watching goes: what they may not reach is not told. */
function actorOf({ tenantId, personId }: Subscription): PersonActor {
  return { kind: 'person', tenantId, personId, by: 'session', scopes: allScopes, from: 'push' };
}
