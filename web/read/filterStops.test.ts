import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readFilterStops } from './filterStops.ts';

test('each action of a filter is a row, with its line and what became of it', () => {
  const stop = (details: object) => ({ at: '2026-11-23T08:00:00Z', stop: 'filter', details });
  const stops = [
    stop({ script: 'tri', action: 'fileinto', line: 2, mailbox: 'Classes' }),
    stop({ script: 'tri', action: 'redirect', line: 3, to: 'a@b.example', result: 'forbidden' }),
    stop({ script: '', action: 'vacation', line: 2, to: 'a@b.example', result: 'sent' }),
    stop({ script: 'tri', action: 'somethingNew' }),
    { at: '2026-11-23T08:00:00Z', stop: 'other', details: {} },
  ];
  assert.deepEqual(readFilterStops({ stops }), [
    ['Filtre « tri »', 'rangé dans « Classes » (ligne 2)'],
    ['Filtre « tri »', 'non transféré à a@b.example : l’établissement ne l’autorise pas (ligne 3)'],
    ['Réponse d’absence', 'réponse d’absence envoyée à a@b.example'],
    ['Filtre « tri »', 'somethingNew'],
  ]);
  assert.deepEqual(readFilterStops(undefined), []);
});
