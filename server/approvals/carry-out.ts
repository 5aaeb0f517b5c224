/** Doing what two have agreed to: the verb that was stopped, as its author with the second one beside them (gate.ts). */
import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { grantRole, revokeRole } from '#server/access/role.ts';
import { actOnPerson } from '#server/administration/act.ts';
import { startBulk } from '#server/administration/bulk/start.ts';
import { giveBack } from '#server/administration/compromise/settle.ts';
import { addHostname, removeHostname } from '#server/brand/hostnames.ts';
import { addDomain, removeDomain } from '#server/directory/domain.ts';
import { removeGroup } from '#server/directory/groups/change.ts';
import { changeFederationPolicy } from '#server/federation/policy.ts';
import { addProvider, changeProvider, removeProvider } from '#server/federation/providers.ts';
import { type Change, changePolicy, changePopulation, type Values } from '#server/policies/policies.ts';
import { addClient, changeClient, removeClient, renewClientSecret } from '#server/provider/clients.ts';
import { addScimToken, revokeScimToken } from '#server/provisioning/tokens.ts';
import type { Store } from '#server/store/store.ts';

import type { Deed } from './deed.ts';

/** @throws {Refusal} whatever the verb refuses, and as its gate does. */
export async function carryOut(store: Store, author: PersonActor, deed: Deed, reason: string): Promise<void> {
  switch (deed.verb) {
    case 'act':
      await actOnPerson(store, author, deed.who, deed.act, reason);
      return;
    case 'grantRole':
      await grantRole(store, author, deed.given);
      return;
    case 'revokeRole':
      await revokeRole(store, author, deed.tenantId, deed.id, reason);
      return;
    case 'startBulk':
      await startBulk(store, author, deed.given);
      return;
    case 'giveBack':
      await giveBack(store, author, deed.who, { rest: deed.rest, reason });
      return;
    case 'changePolicy':
      await changePolicy(store, author, deed.tenantId, deed.group, changeOf(deed));
      return;
    case 'changePopulation':
      await changePopulation(store, author, deed.tenantId, deed.name, changeOf(deed));
      return;
    case 'changeFederation':
      await changeFederationPolicy(store, author, deed.tenantId, deed.change);
      return;
    case 'addDomain':
      await addDomain(store, author, deed.given);
      return;
    case 'removeDomain': {
      const { addresses } = await removeDomain(store, author, deed.tenantId, deed.given);
      // Somebody got an address of it in the meantime.
      if (addresses > 0) throw new Refusal('overtaken', { description: 'changed' });
      return;
    }
    case 'addHostname':
      await addHostname(store, author, deed.tenantId, deed.given);
      return;
    case 'removeHostname':
      await removeHostname(store, author, deed.tenantId, deed.given);
      return;
    case 'removeGroup':
      await removeGroup(store, author, deed.who, reason);
      return;
    case 'addProvider':
      await addProvider(store, author, deed.tenantId, deed.given);
      return;
    case 'changeProvider':
      await changeProvider(store, author, deed.tenantId, deed.id, deed.change);
      return;
    case 'removeProvider':
      await removeProvider(store, author, deed.tenantId, deed.id);
      return;
    case 'addClient':
      await addClient(store, author, deed.tenantId, deed.given);
      return;
    case 'changeClient':
      await changeClient(store, author, deed, deed.change);
      return;
    case 'renewClientSecret':
      await renewClientSecret(store, author, deed);
      return;
    case 'removeClient':
      await removeClient(store, author, deed);
      return;
    case 'addScimToken':
      await addScimToken(store, author, deed.tenantId, deed.given);
      return;
    case 'revokeScimToken':
      await revokeScimToken(store, author, deed.tenantId, deed.id);
      return;
  }
}

/** What is set back to its default, or inherited, is undefined again. */
function changeOf({ set, reset }: { readonly set: Values; readonly reset: readonly string[] }): Change {
  return { ...set, ...Object.fromEntries(reset.map((name) => [name, undefined])) };
}
