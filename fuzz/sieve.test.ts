import { test } from 'node:test';
import { readerHolds, runHolds } from './sieve.ts';

const seed = 20_261_122;

test('scripts of any shape are read or refused', () => readerHolds({ seed, numRuns: 3_000 }));
test('any script ends on any message, twice the same', () => runHolds({ seed, numRuns: 400 }));
