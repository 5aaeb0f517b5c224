/** Passwords that were sealed with the key of another machine: several serve one database, and their keys differ. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { read, type Store } from '#server/store/store.ts';

import { selectSecrets } from './queries.ts';
import { openSecret, readSecretKey } from './secret.ts';

/** How many of the imports under way, the first thousand, a machine with this data folder cannot carry on. Makes no key. */
export async function countForeignSecrets(store: Store, dataFolder: string): Promise<number> {
  const sealed = await read(store, selectSecrets);
  const key = existsSync(join(dataFolder, 'import-key')) ? readSecretKey(dataFolder) : undefined;
  return sealed.filter(({ secret, ...owner }) => !key || openSecret(key, owner, secret) === undefined).length;
}
