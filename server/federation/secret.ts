/** What we prove ourselves with to providers, and what they told us in confidence, at rest (store/secret.ts). */
import { accessKey } from '#server/access/secret.ts';
import type { ProviderId, TenantId } from '#server/store/ids.ts';
import { openText, sealText } from '#server/store/secret.ts';
import type { Store } from '#server/store/store.ts';

/** `secret`: of the provider itself; `proof`, `session`: of one login or session, named by `of`. */
export interface SecretOwner {
  readonly tenantId: TenantId;
  readonly id: ProviderId;
  readonly use: 'secret' | 'proof' | 'session';
  readonly of?: string;
}

export function sealFor(store: Store, owner: SecretOwner, plain: string): string {
  return sealText(accessKey(store), ownerText(owner), plain);
}

/** @throws {Error} where the key of this installation is another one than that it was sealed with. */
export function openFor(store: Store, owner: SecretOwner, sealed: string): string {
  const plain = openText(accessKey(store), ownerText(owner), sealed);
  if (plain === undefined) throw new Error('a provider’s secret cannot be read: is the access-key file another one?');
  return plain;
}

function ownerText({ tenantId, id, use, of = '' }: SecretOwner): string {
  return `provider ${tenantId}.${id} ${use} ${of}`;
}
