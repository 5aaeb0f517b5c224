/**
 * What was asked for, whole, as it waits: sealed by the key that is not in the database (store/secret.ts), because
 * among it may be passwords and addresses of services, and opened for the row it was sealed for alone.
 */
import type { PersonRef } from '#server/access/credential.ts';
import type { RoleId } from '#server/access/powers.ts';
import type { NewRole } from '#server/access/role.ts';
import { accessKey } from '#server/access/secret.ts';
import type { Act } from '#server/administration/act.ts';
import type { NewBulk } from '#server/administration/bulk/start.ts';
import type { NewDomain } from '#server/directory/domain.ts';
import type { GroupRef } from '#server/directory/groups/read.ts';
import type { FederationPolicy } from '#server/federation/policy.ts';
import type { NewProvider, ProviderChange } from '#server/federation/providers.ts';
import type { Values } from '#server/policies/policies.ts';
import type { ClientFields, NewClient } from '#server/provider/clients.ts';
import type { NewScimToken } from '#server/provisioning/tokens.ts';
import type { ApprovalId, ProviderId, TenantId, Uuid } from '#server/store/ids.ts';
import { openText, sealText } from '#server/store/secret.ts';
import type { Store } from '#server/store/store.ts';

export type Deed =
  | { readonly verb: 'act'; readonly who: PersonRef; readonly act: Act }
  | { readonly verb: 'grantRole'; readonly given: NewRole }
  | { readonly verb: 'revokeRole'; readonly tenantId: TenantId; readonly id: RoleId }
  | { readonly verb: 'startBulk'; readonly given: NewBulk }
  /** What is set back to its default stands in `reset`: JSON knows no undefined. */
  | {
      readonly verb: 'changePolicy';
      readonly tenantId: TenantId;
      readonly group: string;
      readonly set: Values;
      readonly reset: readonly string[];
    }
  | {
      readonly verb: 'changePopulation';
      readonly tenantId: TenantId;
      readonly name: string;
      readonly set: Values;
      readonly reset: readonly string[];
    }
  | { readonly verb: 'giveBack'; readonly who: PersonRef; readonly rest: 'release' | 'drop' }
  | { readonly verb: 'changeFederation'; readonly tenantId: TenantId; readonly change: Partial<FederationPolicy> }
  | { readonly verb: 'addDomain'; readonly given: NewDomain }
  | { readonly verb: 'removeDomain'; readonly tenantId: TenantId; readonly given: string }
  | { readonly verb: 'addHostname' | 'removeHostname'; readonly tenantId: TenantId; readonly given: string }
  | { readonly verb: 'removeGroup'; readonly who: GroupRef }
  | { readonly verb: 'addProvider'; readonly tenantId: TenantId; readonly given: NewProvider }
  | {
      readonly verb: 'changeProvider';
      readonly tenantId: TenantId;
      readonly id: ProviderId;
      readonly change: ProviderChange;
    }
  | { readonly verb: 'removeProvider'; readonly tenantId: TenantId; readonly id: ProviderId }
  | { readonly verb: 'addClient'; readonly tenantId: TenantId; readonly given: NewClient }
  | {
      readonly verb: 'changeClient';
      readonly tenantId: TenantId;
      readonly id: string;
      readonly change: Partial<ClientFields>;
    }
  | { readonly verb: 'renewClientSecret'; readonly tenantId: TenantId; readonly id: string }
  | { readonly verb: 'removeClient'; readonly tenantId: TenantId; readonly id: string }
  | { readonly verb: 'addScimToken'; readonly tenantId: TenantId; readonly given: NewScimToken }
  | { readonly verb: 'revokeScimToken'; readonly tenantId: TenantId; readonly id: Uuid };

interface Owner {
  readonly tenantId: TenantId;
  readonly id: ApprovalId;
}

export function sealDeed(store: Store, owner: Owner, deed: Deed): string {
  return sealText(accessKey(store), ownerText(owner, 'deed'), JSON.stringify(deed));
}

/** @throws {Error} where the key of this installation is another one than that it was sealed with. */
export function openDeed(store: Store, owner: Owner, sealed: string): Deed {
  const plain = openText(accessKey(store), ownerText(owner, 'deed'), sealed);
  if (plain === undefined) throw new Error('an act that waits cannot be read: is the access-key file another one?');
  return asDeed(plain);
}

/** Ours alone write it, and nobody else can. */
function asDeed(text: string): Deed {
  return JSON.parse(text) as Deed;
}

/** What it made, for its author. */
export function sealOutcome(store: Store, owner: Owner, secret: string): string {
  return sealText(accessKey(store), ownerText(owner, 'outcome'), secret);
}

/** @returns undefined where the key is another one. */
export function openOutcome(store: Store, owner: Owner, sealed: string): string | undefined {
  return openText(accessKey(store), ownerText(owner, 'outcome'), sealed);
}

function ownerText({ tenantId, id }: Owner, use: 'deed' | 'outcome'): string {
  return `approval ${tenantId}.${id} ${use}`;
}
