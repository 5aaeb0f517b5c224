import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

import { type AccountId, asId, type ImportId } from '#server/store/ids.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';

import { openSecret, readSecretKey, sealSecret } from './secret.ts';

it('a password is opened by its key, for its import, and by nothing else', () => {
  const folder = temporaryFolder();
  const key = readSecretKey(folder);
  assert.deepEqual(readSecretKey(folder), key, 'made once');
  assert.equal(statSync(join(folder, 'import-key')).mode & 0o777, 0o600);
  const owner = { accountId: asId<AccountId>(3), importId: asId<ImportId>(4) };
  const sealed = sealSecret(key, owner, 'Motdepasse é');
  assert.notEqual(sealSecret(key, owner, 'Motdepasse é'), sealed, 'never the same twice');
  assert.equal(openSecret(key, owner, sealed), 'Motdepasse é');
  assert.equal(openSecret(key, { ...owner, importId: asId<ImportId>(5) }, sealed), undefined);
  assert.equal(openSecret(readSecretKey(temporaryFolder()), owner, sealed), undefined);
  assert.equal(openSecret(key, owner, `${sealed.slice(0, -2)}AA`), undefined);
  assert.equal(openSecret(key, owner, ''), undefined);
});
