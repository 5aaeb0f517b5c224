/**
 * IdentityProvider, our own type: the identity providers a tenant believes, for the administrators of all of it. A secret
 * goes in and never out. With it FederationPolicy, what the tenant decided about them all.
 */
import {
  aBoolean,
  anInt,
  anObject,
  aString,
  nullable,
  oneOf,
  optional,
  readArguments,
  required,
} from '#formats/jmap/arguments.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { changeFederationPolicy, federationPolicy } from '#server/federation/policy.ts';
import {
  addProvider,
  changeProvider,
  listProviders,
  type Provider,
  removeProvider,
} from '#server/federation/providers.ts';
import { providerKinds } from '#server/federation/settings.ts';
import { placeOf } from '#server/federation/site.ts';
import type { ProviderId } from '#server/store/ids.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';

import { tenantOf } from './ids.ts';

const providerIds = numberedIds<ProviderId>('i');

const printers: Readonly<Record<string, (provider: Provider) => Json>> = {
  id: ({ id }) => providerIds.print(id),
  kind: ({ kind }) => kind,
  name: ({ name }) => name,
  position: ({ position }) => position,
  isEnabled: ({ isEnabled }) => isEnabled,
  settings: ({ settings }): JsonObject => ({ ...settings, kind: settings.kind }),
  hasSecret: ({ secret }) => secret !== null,
  // What the provider must be told of us; paths, because the administrator knows by which name it reaches us.
  callbackPath: (provider) => placeOf({ baseUrl: '' }, provider.kind, provider, 'callback'),
};

const isServerSet = { isServerSet: true } as const;

export const identityProviderMethods = defineType<ProviderId>({
  name: 'IdentityProvider',
  capability: consoleCapability,
  state: 'none',
  ids: providerIds,
  properties: {
    kind: { read: oneOf(...providerKinds), isRequired: true, isImmutable: true },
    name: { read: aString, isRequired: true },
    position: { read: anInt, otherwise: 0 },
    isEnabled: { read: aBoolean, otherwise: true },
    settings: { read: anObject, isRequired: true },
    /** Goes in, and is null whenever it is asked for. */
    secret: { read: nullable(aString), otherwise: null },
    hasSecret: isServerSet,
    callbackPath: isServerSet,
  },
  get: {
    async run(ctx, ids: readonly ProviderId[] | null, names) {
      const all = await listProviders(ctx.store, ctx.actor, tenantOf(ctx));
      const asked = ids ? all.filter(({ id }) => ids.includes(id)) : all;
      return asked.map((provider) =>
        Object.fromEntries(['id', ...names].map((name): [string, Json] => [name, printers[name]?.(provider) ?? null])),
      );
    },
  },
  set: {
    async create(ctx, record) {
      const kind = providerKinds.find((one) => one === record['kind']);
      if (kind === undefined) throw new Refusal('invalidProperties', { properties: ['kind'] });
      const added = await addProvider(ctx.store, ctx.actor, tenantOf(ctx), {
        kind,
        name: aString(record['name'] ?? null) ?? '',
        isEnabled: record['isEnabled'] !== false,
        settings: anObject(record['settings'] ?? null) ?? {},
        secret: aString(record['secret'] ?? null),
      });
      return { id: added.id, properties: { position: added.position } };
    },
    update: (ctx, updates) =>
      eachUpdate(updates, async (id, patch) => {
        const given = (name: string): Json => {
          const change = patch.get(name);
          return change?.kind === 'replace' ? change.value : null;
        };
        await changeProvider(ctx.store, ctx.actor, tenantOf(ctx), id, {
          name: aString(given('name')),
          position: anInt(given('position')),
          isEnabled: aBoolean(given('isEnabled')),
          settings: anObject(given('settings')),
          secret: aString(given('secret')),
        });
        return null;
      }),
    destroy: (ctx, ids) => eachDestroy(ids, (id) => removeProvider(ctx.store, ctx.actor, tenantOf(ctx), id)),
  },
});

/** FederationPolicy/get and FederationPolicy/change: one object a tenant, without an id. */
export const federationPolicyMethods: readonly Method[] = [
  {
    name: 'FederationPolicy/get',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId } = readArguments({ accountId: required(aString) }, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'read');
      return { accountId, ...(await federationPolicy(ctx.store, ctx.actor, tenantOf(ctx))) };
    },
  },
  {
    name: 'FederationPolicy/change',
    capability: consoleCapability,
    async run(call, args) {
      const table = {
        accountId: required(aString),
        isSamlOpen: optional(nullable(aBoolean), null),
        isDirectHidden: optional(nullable(aBoolean), null),
      };
      const { accountId, isSamlOpen, isDirectHidden } = readArguments(table, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'write');
      const policy = await changeFederationPolicy(ctx.store, ctx.actor, tenantOf(ctx), {
        ...(isSamlOpen !== null && { isSamlOpen }),
        ...(isDirectHidden !== null && { isDirectHidden }),
      });
      return { accountId, ...policy };
    },
  },
];
