/**
 * OpenidClient, our own type: a program or service that may ask us who somebody is (server/provider/clients.ts). Its
 * `secret` is in the answer to the creation, or to `renewSecret: true`, and nowhere else.
 */
import { aBoolean, aString, listOf, nullable, oneOf, type Reader } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import type { Json } from '#formats/jmap/json.ts';
import {
  addClient,
  changeClient,
  type Client,
  type ClientFields,
  listClients,
  removeClient,
  renewClientSecret,
} from '#server/provider/clients.ts';
import { allClientScopes, type ClientScope } from '#server/provider/scopes.ts';
import { asUuid, type Uuid } from '#server/store/ids.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';

import { tenantOf, uuids } from './ids.ts';

const printers: Readonly<Record<string, (client: Client) => Json>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  isConfidential: ({ secretHash }) => secretHash !== null,
  isFirstParty: ({ isFirstParty }) => isFirstParty,
  redirectUris: ({ redirectUris }) => [...redirectUris],
  postLogoutUris: ({ postLogoutUris }) => [...postLogoutUris],
  logoutUri: ({ logoutUri }) => logoutUri,
  scopes: ({ scopes }) => [...scopes],
  createdAt: ({ createdAt }) => printUtcDate(createdAt),
  updatedAt: ({ updatedAt }) => printUtcDate(updatedAt),
};

const strings: Reader<readonly string[]> = listOf(aString);
const someScopes: Reader<readonly ClientScope[]> = listOf(oneOf(...allClientScopes));
const isServerSet = { isServerSet: true } as const;

export const openidClientMethods = defineType<Uuid>({
  name: 'OpenidClient',
  capability: consoleCapability,
  state: 'none',
  ids: uuids,
  properties: {
    name: { read: aString, isRequired: true },
    isConfidential: { read: aBoolean, isImmutable: true, otherwise: true },
    isFirstParty: { read: aBoolean, otherwise: false },
    redirectUris: { read: strings, isRequired: true },
    postLogoutUris: { read: strings, otherwise: [] },
    logoutUri: { read: nullable(aString), otherwise: null },
    scopes: { read: someScopes, otherwise: ['openid', 'profile', 'email'] },
    // Never read: `true` makes another one.
    renewSecret: { read: aBoolean, otherwise: false },
    createdAt: isServerSet,
    updatedAt: isServerSet,
  },
  get: {
    async run(ctx, ids, names) {
      const all = await listClients(ctx.store, ctx.actor, tenantOf(ctx));
      const asked = ids ? all.filter(({ id }) => ids.some((one) => one === id)) : all;
      return asked.map((client) =>
        Object.fromEntries(['id', ...names].map((name): [string, Json] => [name, printers[name]?.(client) ?? null])),
      );
    },
  },
  set: {
    async create(ctx, record) {
      const { name = '', redirectUris = [], ...rest } = fieldsOf((property) => record[property]);
      const isConfidential = record['isConfidential'] !== false;
      const given = { ...rest, name, redirectUris, isConfidential };
      const { id, secret } = await addClient(ctx.store, ctx.actor, tenantOf(ctx), given);
      return { id: asUuid(id), properties: { secret, createdAt: printUtcDate(ctx.store.now()) } };
    },
    update: (ctx, updates) => {
      const tenantId = tenantOf(ctx);
      return eachUpdate(updates, async (id, patch) => {
        const change = fieldsOf((property) => {
          const given = patch.get(property);
          return given?.kind === 'replace' ? given.value : undefined;
        });
        await changeClient(ctx.store, ctx.actor, { tenantId, id }, change);
        const renewed = patch.get('renewSecret');
        if (renewed?.kind !== 'replace' || renewed.value !== true) return null;
        const { secret } = await renewClientSecret(ctx.store, ctx.actor, { tenantId, id });
        return { secret };
      });
    },
    destroy: (ctx, ids) => {
      const tenantId = tenantOf(ctx);
      return eachDestroy(ids, (id) => removeClient(ctx.store, ctx.actor, { tenantId, id }));
    },
  },
});

/** What is given; the properties were read before. */
function fieldsOf(of: (property: string) => Json | undefined): Partial<ClientFields> {
  const name = aString(of('name') ?? null);
  const isFirstParty = aBoolean(of('isFirstParty') ?? null);
  const redirectUris = strings(of('redirectUris') ?? null);
  const postLogoutUris = strings(of('postLogoutUris') ?? null);
  const logoutUri = of('logoutUri');
  const scopes = someScopes(of('scopes') ?? null);
  return {
    ...(name !== undefined && { name }),
    ...(isFirstParty !== undefined && { isFirstParty }),
    ...(redirectUris && { redirectUris }),
    ...(postLogoutUris && { postLogoutUris }),
    ...(logoutUri !== undefined && { logoutUri: aString(logoutUri) ?? null }),
    ...(scopes && { scopes }),
  };
}
