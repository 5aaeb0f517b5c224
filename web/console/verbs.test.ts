import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isSource, listFiles, rootPath } from '#tools/source/files.ts';
import { speak } from '#web/words/language.ts';
import { knownVerbs, verbText } from './verbs.ts';

test('whatever the server writes into the trace, the audit log says in words', () => {
  const sources = listFiles('server', (path) => isSource(path) && !path.includes('.test'));
  const written = sources.flatMap((path) =>
    [...readFileSync(join(rootPath, path), 'utf8').matchAll(/recordTrace\([^;]*?\bverb: '(\w+)'/g)].map(
      ([, verb = '']) => verb,
    ),
  );
  assert.ok(written.length > 80, `${written.length} verbs found`);
  const wordless = written.filter((verb) => !knownVerbs.includes(verb));
  assert.deepEqual([...new Set(wordless)], []);
});

test('no two verbs are said alike: whoever filters the log by one finds that one', () => {
  for (const language of ['fr', 'en'] as const) {
    speak(language);
    const said = knownVerbs.map(verbText);
    assert.deepEqual(
      said.filter((words, index) => said.indexOf(words) !== index),
      [],
    );
  }
  speak('fr');
});
