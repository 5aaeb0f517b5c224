/** Quotas (RFC 9425): one a limited account, of octets; none where nothing limits it. */
import { aString } from '#formats/jmap/arguments.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { readUsage } from '#server/quota/read.ts';

import { quotaCapability } from '#server/protocols/jmap/capabilities.ts';
import type { AccountContext } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { windowOf } from '#server/protocols/jmap/engine/query.ts';
import type { IdForm } from '#server/protocols/jmap/engine/type.ts';

type QuotaId = 'octets';
const octets: QuotaId = 'octets';

const ids: IdForm<QuotaId> = { read: (text) => (text === octets ? octets : undefined), print: (id) => id };

/** Clients may warn from here on. */
const warnShare = 0.9;

async function quotasOf(ctx: AccountContext): Promise<{ readonly all: readonly JsonObject[]; readonly state: string }> {
  const { quotaOctets, usedOctets, states } = await readUsage(ctx.store, ctx.actor, ctx.accountId);
  const state = String(states.Quota ?? 0);
  if (quotaOctets === null) return { all: [], state };
  const quota = {
    id: octets,
    resourceType: 'octets',
    used: usedOctets,
    hardLimit: quotaOctets,
    warnLimit: Math.floor(quotaOctets * warnShare),
    softLimit: null,
    scope: 'account',
    name: ctx.account.email,
    types: ['Email'],
    description: null,
  };
  return { all: [quota], state };
}

export const quotaMethods = defineType<QuotaId>({
  name: 'Quota',
  capability: quotaCapability,
  state: 'Quota',
  ids,
  properties: Object.fromEntries(
    ['resourceType', 'used', 'hardLimit', 'warnLimit', 'softLimit', 'scope', 'name', 'types', 'description'].map(
      (name) => [name, { isServerSet: true }],
    ),
  ),
  get: {
    async run(ctx, wanted, properties) {
      const { all } = await quotasOf(ctx);
      const asked = wanted === null || wanted.includes(octets) ? all : [];
      return asked.map((quota) => Object.fromEntries(properties.map((name) => [name, quota[name] ?? null])));
    },
  },
  changes: {
    async run(ctx, since) {
      const { all, state } = await quotasOf(ctx);
      if (!/^\d{1,16}$/.test(since) || Number(since) > Number(state)) throw new Refusal('cannotCalculateChanges');
      const updated = since === state || all.length === 0 ? [] : [octets];
      // Nothing tells when a limit came or went; both are rare, and a client then reads the whole.
      const more = { updatedProperties: null };
      return { newState: state, hasMoreChanges: false, created: [], updated, destroyed: [], more };
    },
  },
  query: {
    conditions: { name: aString, scope: aString, resourceType: aString, type: aString },
    sorts: ['name', 'used'],
    async run(ctx, query) {
      if (query.filter?.kind === 'operator') throw new Refusal('unsupportedFilter');
      const { all, state } = await quotasOf(ctx);
      const condition = query.filter?.condition ?? {};
      const found = all.filter((quota) => fits(quota, condition)).map(() => octets);
      return { queryState: state, canCalculateChanges: true, ...windowOf(found, query) };
    },
    async changes(ctx, { filter, sinceQueryState }) {
      if (filter?.kind === 'operator') throw new Refusal('unsupportedFilter');
      const { all, state } = await quotasOf(ctx);
      if (!/^\d{1,16}$/.test(sinceQueryState)) throw new Refusal('cannotCalculateChanges');
      const found = all.filter((quota) => fits(quota, filter?.condition ?? {}));
      const isSame = sinceQueryState === state;
      return {
        newQueryState: state,
        removed: isSame ? [] : [octets],
        added: isSame ? [] : found.map((_, index) => ({ id: octets, index })),
        total: found.length,
      };
    },
  },
});

/** RFC 9425 §4.4.1. */
function fits(quota: JsonObject, condition: JsonObject): boolean {
  const { name, type, ...equal } = condition;
  const called = typeof quota['name'] === 'string' ? quota['name'].toLowerCase() : '';
  const isNamed = typeof name !== 'string' || called.includes(name.toLowerCase());
  const isOfType = type === undefined || type === 'Email';
  return isNamed && isOfType && Object.entries(equal).every(([member, value]) => quota[member] === value);
}
