/** PushSubscription/get and /set (RFC 8620 §7.2): the person's own, in no account. */
import {
  anId,
  anObject,
  aString,
  aUtcDate,
  listOf,
  mapOf,
  nullable,
  optional,
  orNull,
  readArguments,
} from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError, type SetError } from '#formats/jmap/errors.ts';
import { isObject, type Json, type JsonObject } from '#formats/jmap/json.ts';
import { applyToProperty } from '#formats/jmap/patch.ts';
import { readPushKeys } from '#server/push/encrypt.ts';
import {
  changeSubscription,
  listSubscriptions,
  subscribe,
  type Subscription,
  type SubscriptionChange,
  unsubscribe,
} from '#server/push/subscriptions.ts';
import { asUuid } from '#server/store/ids.ts';

import { coreCapability } from '#server/protocols/jmap/capabilities.ts';
import { type CallContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { checkPatch, checkRecord } from '#server/protocols/jmap/engine/record.ts';
import { orNothing, printErrors, saidOfOne } from '#server/protocols/jmap/engine/set.ts';
import type { TypeHead } from '#server/protocols/jmap/engine/type.ts';

const head: TypeHead<string> = {
  name: 'PushSubscription',
  capability: coreCapability,
  state: 'none',
  ids: { read: (text) => text, print: (id) => id },
  properties: {
    deviceClientId: { read: aString, isRequired: true, isImmutable: true },
    url: { read: aString, isRequired: true, isImmutable: true },
    keys: { read: nullable(anObject), otherwise: null, isImmutable: true },
    verificationCode: { read: nullable(aString), otherwise: null },
    expires: { read: nullable(aUtcDate), otherwise: null },
    types: { read: nullable(listOf(aString)), otherwise: null },
  },
};

/** Never given back (RFC 8620 §7.2.1): whoever reads them could push in our stead. */
const secret = ['url', 'keys'];
const readable = ['id', 'deviceClientId', 'verificationCode', 'expires', 'types'];

const getTable = {
  ids: optional(nullable(listOf(anId)), null),
  properties: optional(nullable(listOf(aString)), null),
};

const get: Method = {
  name: 'PushSubscription/get',
  capability: coreCapability,
  async run(call, args) {
    const { ids, properties } = readArguments(getTable, args);
    if (properties?.some((name) => secret.includes(name))) throw new MethodError('forbidden');
    const unknown = properties?.find((name) => !readable.includes(name));
    if (unknown !== undefined) throw new MethodError('invalidArguments', `no property ${unknown}`);
    const all = await listSubscriptions(call.store, call.actor);
    const wanted = ids?.map((id) => call.created.resolve(id) ?? id);
    const found = wanted ? all.filter(({ id }) => wanted.includes(id)) : all;
    const asked = new Set(['id', ...(properties ?? readable)]);
    const list = found.map((one) =>
      Object.fromEntries(Object.entries(printSubscription(one)).filter(([name]) => asked.has(name))),
    );
    return { list, notFound: (wanted ?? []).filter((id) => !all.some((one) => one.id === id)) };
  },
};

function printSubscription({
  id,
  deviceClientId,
  isVerified,
  verificationCode,
  expiresAt,
  types,
}: Subscription): JsonObject {
  return {
    id,
    deviceClientId,
    verificationCode: isVerified ? verificationCode : null,
    expires: printUtcDate(expiresAt),
    types: types ?? null,
  };
}

const setTable = {
  create: orNull(mapOf(anObject, anId)),
  update: orNull(mapOf(anObject, anId)),
  destroy: orNull(listOf(anId)),
};

const set: Method = {
  name: 'PushSubscription/set',
  capability: coreCapability,
  async run(call, args) {
    const { create, update, destroy } = readArguments(setTable, args);
    const size = (create?.size ?? 0) + (update?.size ?? 0) + (destroy?.length ?? 0);
    if (size > call.limits.maxObjectsInSet) throw new MethodError('requestTooLarge');
    const created = new Map<string, JsonObject>();
    const updated = new Map<string, JsonObject | null>();
    const destroyed: string[] = [];
    const notCreated = await each(create ?? new Map<string, JsonObject>(), async (creationId, record) => {
      const one = await createOne(call, record);
      call.created.note(creationId, one.id);
      created.set(creationId, { id: one.id, keys: record['keys'] ?? null, expires: printUtcDate(one.expiresAt) });
    });
    const notUpdated = await each(update ?? new Map<string, JsonObject>(), async (text, patch) => {
      const id = asUuid(call.created.resolve(text) ?? text);
      updated.set(id, await updateOne(call, id, patch));
    });
    const notDestroyed = await each(new Map(destroy?.map((text) => [text, true])), async (text) => {
      const id = asUuid(call.created.resolve(text) ?? text);
      if (!(await unsubscribe(call.store, call.actor, id))) throw new SetFailure({ type: 'notFound' });
      destroyed.push(id);
    });
    return {
      created: orNothing(created),
      updated: orNothing(updated),
      destroyed: destroyed.length > 0 ? destroyed : null,
      notCreated: printErrors(notCreated),
      notUpdated: printErrors(notUpdated),
      notDestroyed: printErrors(notDestroyed),
    };
  },
};

async function each<T>(
  items: ReadonlyMap<string, T>,
  one: (key: string, item: T) => Promise<void>,
): Promise<ReadonlyMap<string, SetError>> {
  const errors = new Map<string, SetError>();
  for (const [key, item] of items) {
    try {
      await one(key, item);
    } catch (error) {
      errors.set(key, saidOfOne(error));
    }
  }
  return errors;
}

function createOne(call: CallContext, given: JsonObject): Promise<Subscription> {
  const record = checkRecord(head, given, call.created);
  if (record['verificationCode'] !== null) {
    throw new SetFailure({ type: 'invalidProperties', properties: ['verificationCode'] });
  }
  const keys = readKeys(record['keys'] ?? null);
  return subscribe(call.store, call.actor, {
    deviceClientId: aString(record['deviceClientId'] ?? null) ?? '',
    url: aString(record['url'] ?? null) ?? '',
    keys,
    types: listOf(aString)(record['types'] ?? null),
    expiresAt: aUtcDate(record['expires'] ?? null),
  });
}

function readKeys(value: Json) {
  if (value === null) return undefined;
  const { p256dh = null, auth = null } = isObject(value) ? value : {};
  const keys = typeof p256dh === 'string' && typeof auth === 'string' ? readPushKeys(p256dh, auth) : undefined;
  if (!keys) throw new SetFailure({ type: 'invalidProperties', properties: ['keys'] });
  return keys;
}

async function updateOne(call: CallContext, id: Subscription['id'], given: JsonObject): Promise<JsonObject | null> {
  const { patch, needs } = checkPatch(head, given, call.created);
  // Url, keys and device never change (RFC 8620 §7.2), and what is patched is given whole.
  if (needs.length > 0) throw new SetFailure({ type: 'invalidProperties', properties: needs });
  const valueOf = (name: string): Json => {
    const change = patch.get(name);
    return (change && applyToProperty(undefined, change)) ?? null;
  };
  const code = aString(valueOf('verificationCode'));
  const expires = aUtcDate(valueOf('expires'));
  const change: SubscriptionChange = {
    ...(code !== undefined && { verificationCode: code }),
    ...(patch.has('expires') && { expiresAt: expires }),
    ...(patch.has('types') && { types: listOf(aString)(valueOf('types')) }),
  };
  const changed = await changeSubscription(call.store, call.actor, id, change);
  if (!changed) throw new SetFailure({ type: 'notFound' });
  const { expiresAt } = changed;
  return patch.has('expires') && expiresAt !== expires ? { expires: printUtcDate(expiresAt) } : null;
}

export const pushSubscriptionMethods: readonly Method[] = [get, set];
