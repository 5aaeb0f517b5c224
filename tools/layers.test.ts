import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findOffence } from './layers.ts';
import { isSource, listFiles, rootPath } from './source/files.ts';
import { findImports } from './source/imports.ts';

const trees = ['formats', 'server', 'web', 'tools', 'conversations', 'bench', 'e2e', 'fuzz'];

test('every import of the tree points down', () => {
  const offences = trees
    .flatMap((tree) => listFiles(tree, isSource))
    .flatMap((path) => judge(path, readFileSync(join(rootPath, path), 'utf8')));
  assert.equal(offences.join('\n'), '');
});

const offending = [
  {
    path: 'formats/imap/a.ts',
    source: `import { a } from '#server/mail/a.ts';`,
    because: 'a format imports the server',
  },
  { path: 'formats/imap/a.ts', source: `import { a } from '#web/ui/a.ts';`, because: 'a format imports the client' },
  { path: 'formats/imap/a.ts', source: `import { a } from 'node:fs';`, because: 'a format needs Node' },
  { path: 'server/store/a.ts', source: `import { a } from '#server/mail/a.ts';`, because: 'the store imports a noun' },
  {
    path: 'server/mail/a.ts',
    source: `import type { A } from '#server/protocols/imap/a.ts';`,
    because: 'a noun imports a head',
  },
  {
    path: 'server/mail/a.ts',
    source: `import { a } from '#server/config/a.ts';`,
    because: 'a noun imports the options',
  },
  {
    path: 'server/mail/a.ts',
    source: `import { a } from '#server/directory/queries.ts';`,
    because: "a noun reaches another noun's queries",
  },
  {
    path: 'server/mail/a.ts',
    source: `import { a } from '#server/directory/queries/people.ts';`,
    because: 'queries in a folder are queries',
  },
  {
    path: 'server/protocols/jmap/a.ts',
    source: `import { a } from '#server/mail/queries.ts';`,
    because: 'a head reaches queries',
  },
  {
    path: 'server/protocols/jmap/a.ts',
    source: `import { a } from '#server/protocols/imap/a.ts';`,
    because: 'a head imports a head',
  },
  {
    path: 'server/protocols/jmap/a.ts',
    source: `export { a } from '#server/main.ts';`,
    because: 'a head imports the composition',
  },
  { path: 'server/mail/a.ts', source: `import { a } from '../store/a.ts';`, because: 'an import climbs' },
  { path: 'server/mail/a.ts', source: `import { a } from './../store/a.ts';`, because: 'an import climbs after ./' },
  { path: 'server/main.ts', source: `import { a } from './mail/a.ts';`, because: '`./` leaves its unit' },
  {
    path: 'server/mail/a.ts',
    source: `const a = await import('#web/ui/a.ts');`,
    because: 'the server imports the client',
  },
  { path: 'server/mail/a.ts', source: `import { a } from '#tools/lab.ts';`, because: 'the product imports a tool' },
  { path: 'server/mail/a.ts', source: `import 'react';`, because: 'the server draws' },
  {
    path: 'web/mail/a.tsx',
    source: `import { a } from '#server/mail/a.ts';`,
    because: 'the client imports the server',
  },
  {
    path: 'web/mail/a.tsx',
    source: `import { a } from '#web/main.tsx';`,
    because: 'a feature imports the composition',
  },
  { path: 'web/mail/a.tsx', source: `import { a } from 'node:fs';`, because: 'the client needs Node' },
  { path: 'web/ui/a.tsx', source: `import { a } from '#web/mail/a.tsx';`, because: 'a part imports a feature' },
  { path: 'web/ui/a.tsx', source: `import { a } from '#web/sync/a.ts';`, because: 'a part imports the record store' },
  { path: 'web/sync/a.ts', source: `import { a } from 'react';`, because: 'the record store knows React' },
  {
    path: 'web/sync/a.ts',
    source: `import { a } from '#web/mail/a.ts';`,
    because: 'the record store imports a feature',
  },
  { path: 'web/words/a.ts', source: `import { a } from '#web/ui/a.ts';`, because: 'words import parts' },
  { path: 'attic/a.ts', source: `import 'x';`, because: 'a folder nobody knows' },
];

for (const { path, source, because } of offending) {
  test(`an import offends when ${because}`, () => assert.equal(judge(path, source).length, 1));
}

const orderly = [
  { path: 'formats/jmap/a.ts', source: `import { a } from '#formats/message/a.ts';` },
  { path: 'formats/imap/a.test.ts', source: `import { test } from 'node:test';` },
  { path: 'server/store/a.ts', source: `import { a } from './blobs/a.ts'; import 'node:fs'; import 'kysely';` },
  { path: 'server/mail/a.ts', source: `import { a } from './queries.ts'; import { b } from '#server/access/b.ts';` },
  { path: 'server/mail/a.test.ts', source: `import { a } from '#tools/testing/databases.ts';` },
  {
    path: 'server/protocols/smtp/a.ts',
    source: `import { a } from '#server/protocols/a.ts'; import { b } from '#server/mail/b.ts';`,
  },
  {
    path: 'server/main.ts',
    source: `import { a } from '#server/protocols/imap/a.ts'; import { b } from '#server/config/b.ts';`,
  },
  {
    path: 'web/mail/a.tsx',
    source: `import { a } from '#web/sync/a.ts'; import b from './a.module.css'; import 'react';`,
  },
  { path: 'web/main.tsx', source: `import { a } from '#web/mail/a.tsx'; import { b } from '#formats/jmap/b.ts';` },
];

for (const { path, source } of orderly) {
  test(`an import is in order in ${path}: ${source}`, () => assert.deepEqual(judge(path, source), []));
}

function judge(path: string, source: string): readonly string[] {
  return findImports(source).flatMap(({ specifier, line }) => {
    const offence = findOffence(path, specifier);
    return offence ? [`${path}:${line} '${specifier}' ${offence}`] : [];
  });
}
