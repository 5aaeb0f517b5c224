/** The session object (RFC 8620 §2): the accounts a person may reach, by every mandate, and where to ask. */
import { createHash } from 'node:crypto';

import type { JsonObject } from '#formats/jmap/json.ts';
import type { ReachableAccount } from '#server/access/accounts.ts';
import type { PersonActor } from '#server/access/actor.ts';
import type { Store } from '#server/store/store.ts';

import { isOpenTo, type Limits } from '#server/protocols/jmap/capabilities.ts';
import { printAccountId } from '#server/protocols/jmap/engine/context.ts';
import type { Capability } from './capability.ts';

export async function sessionObject(
  store: Store,
  capabilities: readonly Capability[],
  limits: Limits,
  actor: PersonActor,
  accounts: readonly ReachableAccount[],
  baseUrl: string,
): Promise<JsonObject> {
  const open = capabilities.filter(({ urn }) => isOpenTo(urn, actor.scopes));
  const ofAccounts = open.filter((capability) => capability.account);
  const own = accounts.find(({ isOwn }) => isOwn);
  const said = await Promise.all(
    accounts.map(async (account) => {
      const all = ofAccounts.map(async ({ urn, account: say }) => [urn, await say?.(account, store, actor)] as const);
      const known = (await Promise.all(all)).flatMap(([urn, value]) => (value ? [[urn, value] as const] : []));
      return { account, accountCapabilities: Object.fromEntries(known) };
    }),
  );
  const ofOwn = said.find(({ account }) => account.isOwn)?.accountCapabilities ?? {};
  return {
    capabilities: Object.fromEntries(
      open.flatMap(({ urn, session }) => (session ? [[urn, session(baseUrl, limits)]] : [])),
    ),
    accounts: Object.fromEntries(
      said.map(({ account, accountCapabilities }) => [
        printAccountId(account.accountId),
        { name: account.name, isPersonal: account.isOwn, isReadOnly: account.isReadOnly, accountCapabilities },
      ]),
    ),
    primaryAccounts: own
      ? Object.fromEntries(Object.keys(ofOwn).map((urn) => [urn, printAccountId(own.accountId)]))
      : {},
    username: own?.email ?? '',
    apiUrl: `${baseUrl}/jmap/api`,
    downloadUrl: `${baseUrl}/jmap/download/{accountId}/{blobId}/{name}?accept={type}`,
    uploadUrl: `${baseUrl}/jmap/upload/{accountId}/`,
    eventSourceUrl: `${baseUrl}/jmap/eventsource/?types={types}&closeafter={closeafter}&ping={ping}`,
    state: sessionState(actor, accounts),
  };
}

/** Changes when anything the session object says of this person does; the rest changes with the program only. */
export function sessionState(actor: PersonActor, accounts: readonly ReachableAccount[]): string {
  const said = accounts.map(({ accountId, name, isReadOnly, rights }) => [accountId, name, isReadOnly, rights]);
  return createHash('sha256')
    .update(JSON.stringify([actor.scopes, said]))
    .digest('base64url')
    .slice(0, 16);
}
