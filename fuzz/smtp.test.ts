import { test } from 'node:test';
import { addressesHold, dataHolds, engineHolds, readersHold, repliesHold } from './smtp.ts';

const runs = { seed: 20_261_122, numRuns: 3000 };

test('commands of any shape are read or refused', () => readersHold(runs));
test('an address with any local part reads back', () => addressesHold(runs));
test('data of any shape is read as a plain search would', () => dataHolds(runs));
test('replies with any words stay one reply', () => repliesHold({ ...runs, numRuns: 500 }));
test('the engine answers whatever is said to it', () => engineHolds({ ...runs, numRuns: 150 }));
