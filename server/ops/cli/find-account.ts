/** The account a command means: by an address that leads to it, or by a person's user name. */
import { Refusal } from '#server/access/refusal.ts';
import { findAccountByAddress } from '#server/directory/address.ts';
import { findPerson } from '#server/directory/people.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read } from '#server/store/store.ts';

import { findTenant, type Session } from './context.ts';

/** @throws {Refusal} `noSuchAccount`, `noSuchPerson`. */
export async function findAccount(session: Session, name: string, tenant?: string): Promise<AccountId> {
  const { store, actor } = session;
  if (name.includes('@')) {
    const route = await read(store, (tx) => findAccountByAddress(tx, name));
    if (route.kind !== 'account') throw new Refusal('noSuchAccount', { description: `nobody here has ${name}` });
    return route.accountId;
  }
  const tenantId = tenant === undefined ? undefined : (await findTenant(session, { slug: tenant })).id;
  return (await findPerson(store, actor, name, tenantId)).accountId;
}
