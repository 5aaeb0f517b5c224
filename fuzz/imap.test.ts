import { test } from 'node:test';
import { patternsHold, printersHold, readersHold, setsHold, stringsHold, threadsHold } from './imap.ts';

const runs = { seed: 20_261_122, numRuns: 3000 };

test('commands of any shape are read or refused', () => readersHold(runs));
test('strings and names read back as they were printed', () => stringsHold(runs));
test('patterns fit what a regular expression fits', () => patternsHold(runs));
test('sets name what they are written to name', () => setsHold(runs));
test('envelopes and structures of any message are well formed', () => printersHold({ ...runs, numRuns: 500 }));
test('each email stands in one thread, whatever it refers to', () => threadsHold(runs));
