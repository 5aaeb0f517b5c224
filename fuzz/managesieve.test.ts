import { test } from 'node:test';
import { readerHolds, stringsHold } from './managesieve.ts';

const runs = { seed: 20_261_122, numRuns: 5000 };

test('lines of any shape are commands or faults', () => readerHolds(runs));
test('strings read back as they were printed', () => stringsHold(runs));
