import assert from 'node:assert/strict';
import { it } from 'node:test';

import { planRecents } from './complete.ts';

const day = 86_400_000;
const recents = [
  { address: 'helene.girard@exemple.example', name: 'Hélène Girard', times: 1, lastAt: 200 * day },
  { address: 'henri@exemple.example', name: '', times: 9, lastAt: 199 * day },
  { address: 'vieux@exemple.example', name: 'Henri Vieux', times: 20, lastAt: 0 },
];

it('finds whom one wrote to by any word of name or address, accents or not, often and lately first', () => {
  const found = (typed: string) => planRecents(recents, typed).map(({ email }) => email.split('@')[0]);
  assert.deepEqual(found('he'), ['henri', 'helene.girard', 'vieux']);
  assert.deepEqual(found('HÉL'), ['helene.girard']);
  assert.deepEqual(found('girard hel'), ['helene.girard']);
  assert.deepEqual(found('henri@ex'), ['henri']);
  assert.deepEqual(found('zz'), []);
  assert.deepEqual(found('  '), []);
});
