/** The secrets of authenticator programs at rest: sealed, each for its own row (store/secret.ts). */
import { accessKey } from '#server/access/secret.ts';
import { openText, sealText } from '#server/store/secret.ts';
import type { Store } from '#server/store/store.ts';

import type { Factor } from './queries/factors.ts';

type Owner = Pick<Factor, 'tenantId' | 'personId' | 'id'>;

export function sealTotpKey(store: Store, owner: Owner, secret: Buffer): string {
  return sealText(accessKey(store), ownerText(owner), secret.toString('base64url'));
}

/** @throws {Error} where the key of this installation is another one than that it was sealed with. */
export function openTotpKey(store: Store, factor: Owner & Pick<Factor, 'key'>): Buffer {
  const secret = openText(accessKey(store), ownerText(factor), factor.key);
  if (secret === undefined) throw new Error('a second factor cannot be read: is the access-key file another one?');
  return Buffer.from(secret, 'base64url');
}

function ownerText({ tenantId, personId, id }: Owner): string {
  return `factor ${tenantId}.${personId} ${id}`;
}
