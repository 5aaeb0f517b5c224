/**
 * The name under which clients know a person: random, for ever the same, and of no use elsewhere. It is no number of the
 * database, tells nothing of its holder, and stays when name, address or unit change.
 */
import { randomUUID } from 'node:crypto';

import { read, type Store, write } from '#server/store/store.ts';

import { insertSubject, type PersonKey, selectPersonOf, selectSubject } from './queries/consents.ts';

/** Made at the first need. */
export async function subjectOf(store: Store, who: PersonKey): Promise<string> {
  const known = await read(store, (tx) => selectSubject(tx, who));
  if (known !== undefined) return known;
  return write(store, async (tx) => {
    // Two may need it at once: whoever comes second takes the first one's.
    await insertSubject(tx, who, randomUUID(), store.now());
    const made = await selectSubject(tx, who);
    if (made === undefined) throw new Error('a subject was not kept');
    return made;
  });
}

export function personOf(store: Store, subject: string): Promise<PersonKey | undefined> {
  return read(store, (tx) => selectPersonOf(tx, subject));
}
