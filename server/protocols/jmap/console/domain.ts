/**
 * Domain, our own type, by five methods: `Domain/get` with what DNS must say of each, `Domain/check` what it says now,
 * `Domain/add`, `Domain/makeDefault`, and `Domain/remove`, which answers how many addresses stand in its way.
 */
import { aString, readArguments, required } from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import { systemResolver } from '#server/delivery/authenticate.ts';
import { addDomain, type Domain, listDomains, makeDefault, removeDomain } from '#server/directory/domain.ts';
import { examineRecords } from '#server/setup/examine.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { type AccountContext, type CallContext, openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';

import { tenantOf } from './ids.ts';

const getTable = { accountId: required(aString) };
const oneTable = { accountId: required(aString), name: required(aString) };

function print({ house }: CallContext, domain: Domain): JsonObject {
  const { name, isDefault } = domain;
  const records = house.recordsOf(domain).map(({ type, name: at, value }) => ({ type, name: at, value }));
  return { name, isDefault, records };
}

/** A method about one domain, named by `name`. */
function aboutOne(verb: string, work: (ctx: AccountContext, name: string) => Promise<JsonObject>): Method {
  return {
    name: `Domain/${verb}`,
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, name } = readArguments(oneTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, verb === 'check' ? 'read' : 'write');
      return { accountId, name, ...(await work(ctx, name)) };
    },
  };
}

export const domainMethods: readonly Method[] = [
  {
    name: 'Domain/get',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId } = readArguments(getTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'read');
      const all = await listDomains(ctx.store, ctx.actor, tenantOf(ctx));
      return { accountId, list: all.map((domain) => print(ctx, domain)) };
    },
  },
  aboutOne('check', async (ctx, name) => {
    const all = await listDomains(ctx.store, ctx.actor, tenantOf(ctx));
    const domain = all.find((one) => one.name === name);
    if (!domain) throw new MethodError('invalidArguments', 'noSuchDomain');
    const findings = await examineRecords(ctx.house.recordsOf(domain), systemResolver());
    return { findings: findings.map(({ state }) => ({ state })) };
  }),
  aboutOne('add', async (ctx, name) =>
    print(ctx, await addDomain(ctx.store, ctx.actor, { tenantId: tenantOf(ctx), name })),
  ),
  aboutOne('makeDefault', async (ctx, name) => {
    await makeDefault(ctx.store, ctx.actor, tenantOf(ctx), name);
    return {};
  }),
  aboutOne('remove', async (ctx, name) => ({ ...(await removeDomain(ctx.store, ctx.actor, tenantOf(ctx), name)) })),
];
