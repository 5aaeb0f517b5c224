/** The key that NUMEN and codes are hashed with: a file beside the database and never in it, the same for all processes. */
import { basename, dirname } from 'node:path';

import type { Config } from '#server/config/read.ts';
import { readKeyFile } from '#server/store/secret.ts';

const fileName = 'access-key';

/** @throws {Error} where the file is no key. */
export function accessKeyOf({ passwords, data }: Config): Buffer {
  if (passwords.key === '') return readKeyFile(data, fileName);
  return readKeyFile(dirname(passwords.key), basename(passwords.key));
}
