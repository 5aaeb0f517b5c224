/**
 * Principal (RFC 9670 §2): people, and functional mailboxes as resources, of one's own institution. Found by what one
 * knows of them; there is no list of all, and what changed among them is not told.
 */
import { aString, listOf, oneOf } from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { findPrincipals, type Principal, type PrincipalFilter, readPrincipals } from '#server/directory/principals.ts';
import type { AccountId } from '#server/store/ids.ts';

import { mailCapability, principalsCapability } from '#server/protocols/jmap/capabilities.ts';
import { type AccountContext, printAccountId, readAccountId } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { windowOf } from '#server/protocols/jmap/engine/query.ts';
import { principalIds } from './ids.ts';

const isServerSet = { isServerSet: true } as const;

export const principalMethods = defineType<AccountId>({
  name: 'Principal',
  capability: principalsCapability,
  state: 'none',
  ids: principalIds,
  properties: {
    type: isServerSet,
    name: isServerSet,
    description: isServerSet,
    email: isServerSet,
    timeZone: isServerSet,
    capabilities: isServerSet,
    accounts: isServerSet,
  },
  get: {
    async run(ctx, ids, names) {
      requireOwn(ctx);
      if (ids === null) throw new MethodError('requestTooLarge', 'ask for principals by their ids');
      const reachable = new Set((await ctx.accounts()).map(({ accountId }) => accountId));
      return (await readPrincipals(ctx.store, ctx.actor, ids)).map((one) => {
        const printed = printPrincipal(one, reachable.has(one.accountId));
        return Object.fromEntries(['id', ...names].map((name) => [name, printed[name] ?? null]));
      });
    },
  },
  changes: {
    run(ctx) {
      requireOwn(ctx);
      return Promise.reject(new Refusal('cannotCalculateChanges'));
    },
  },
  // Whatever is asked is forbidden (RFC 9670 §2.4): who is in the directory is for those who keep it.
  set: {},
  query: {
    conditions: {
      accountIds: listOf(aString),
      email: aString,
      name: aString,
      text: aString,
      type: oneOf('individual', 'group', 'resource', 'location', 'other'),
      timeZone: aString,
    },
    sorts: [],
    async run(ctx, query) {
      requireOwn(ctx);
      if (query.filter?.kind === 'operator') throw new Refusal('unsupportedFilter');
      const filter = filterOf(query.filter?.condition ?? {}, await ctx.accounts());
      const found = filter ? await findPrincipals(ctx.store, ctx.actor, filter) : [];
      const ids = found.map(({ accountId }) => accountId);
      return { queryState: '', canCalculateChanges: false, ...windowOf(ids, query) };
    },
    changes(ctx) {
      requireOwn(ctx);
      return Promise.reject(new Refusal('cannotCalculateChanges'));
    },
  },
});

/** @throws {MethodError} `accountNotSupportedByMethod`: principals are looked for in one's own account. */
function requireOwn({ account }: AccountContext): void {
  if (!account.isOwn) throw new MethodError('accountNotSupportedByMethod');
}

/** undefined where nothing can fit. An account one may not reach has no principal here (RFC 9670 §2.5). */
function filterOf(
  { accountIds, email, name, text, type, timeZone }: JsonObject,
  reachable: readonly { readonly accountId: AccountId }[],
): PrincipalFilter | undefined {
  if (timeZone !== undefined || (type !== undefined && type !== 'individual' && type !== 'resource')) return undefined;
  const wanted = listOf(aString)(accountIds ?? null)?.map(readAccountId);
  const words = [text, name].filter((one) => typeof one === 'string');
  return {
    text: words.length === 0 ? undefined : words.join(' '),
    email: typeof email === 'string' ? email : undefined,
    accountIds: wanted?.flatMap((id) =>
      reachable.filter(({ accountId }) => accountId === id).map((one) => one.accountId),
    ),
    isPerson: type === undefined ? undefined : type === 'individual',
  };
}

function printPrincipal({ accountId, kind, name, email }: Principal, isReachable: boolean): Record<string, Json> {
  const account = { name, isPersonal: false, isReadOnly: false, accountCapabilities: { [mailCapability]: {} } };
  return {
    id: principalIds.print(accountId),
    type: kind === 'person' ? 'individual' : 'resource',
    name,
    description: null,
    email,
    timeZone: null,
    capabilities: {},
    accounts: isReachable ? { [printAccountId(accountId)]: account } : null,
  };
}
