/** Who a comment is meant for, by a table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { planMentions } from './mentions.ts';

const members = [
  { id: 'p1', name: 'Marc Petit' },
  { id: 'p2', name: 'Marc Petit-Jean' },
  { id: 'p3', name: 'Élodie Faure' },
];

const cases: readonly { readonly text: string; readonly ids: readonly string[]; readonly because: string }[] = [
  { text: 'Voir @Marc Petit, merci', ids: ['p1'], because: 'the whole name stands after an @' },
  { text: '@Marc Petit-Jean', ids: ['p2'], because: 'the longer name goes first' },
  { text: '@elodie faure @Marc Petit', ids: ['p3', 'p1'], because: 'case and accents do not matter, the order does' },
  { text: 'Marc Petit', ids: [], because: 'without an @ it is but a name' },
  { text: '@Marc', ids: [], because: 'half a name may be somebody else' },
  { text: '@Marc Petits', ids: [], because: 'another word begins the same' },
  { text: '@Marc Petit @Marc Petit', ids: ['p1'], because: 'each is mentioned once' },
  { text: 'a@marc petit', ids: ['p1'], because: 'what stands before the @ says nothing' },
];

for (const { text, ids, because } of cases)
  test(`« ${text} »: ${because}`, () => assert.deepEqual(planMentions(text, members), ids));
