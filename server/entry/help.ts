/** Whom somebody may call who does not get in. */
import { findHolder } from '#server/access/verify.ts';
import { contactOf, type SupportContact } from '#server/directory/contact.ts';
import type { TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectPerson } from './queries.ts';

/** Of the unit of a person who has proved who they are: it tells where they work. */
export async function helpFor(store: Store, name: string): Promise<SupportContact | undefined> {
  const holder = await findHolder(store, { userName: name });
  if (!holder) return undefined;
  return read(store, async (tx) => {
    const person = await selectPerson(tx, holder);
    return contactOf(tx, holder.tenantId, person?.unitId ?? null);
  });
}

/** For everybody who stands at the door of one institution; nobody's where several share it (`undefined`). */
export async function helpAtTheDoor(store: Store, tenantId: TenantId | undefined): Promise<SupportContact | undefined> {
  return tenantId === undefined ? undefined : read(store, (tx) => contactOf(tx, tenantId, null));
}
