import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from './random.ts';
import { compileTemplate } from './template.ts';

const SLOTS = new Set(['who'] as const);
const fill = (): string => 'Zoé';

test('a choice takes one of its sides, empty ones too, and nests', () => {
  const template = compileTemplate('[Bonjour|Salut[ !|]] {who}', SLOTS);
  const seen = new Set<string>();
  for (let seed = 0; seed < 200; seed += 1) seen.add(template.render(randomFrom(seed), fill));
  assert.deepEqual([...seen].sort(), ['Bonjour Zoé', 'Salut ! Zoé', 'Salut Zoé']);
});

for (const source of ['[a|b', 'a]', 'a|b', '{whom}', '{who', 'a}'])
  test(`a template that cannot be read is refused when compiled: ${source}`, () => {
    assert.throws(() => compileTemplate(source, SLOTS), SyntaxError);
  });
