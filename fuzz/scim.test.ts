import { test } from 'node:test';
import { filtersHold, patchesHold } from './scim.ts';

const seed = 20_261_122;

test('filters and paths of any shape are read or refused', () => filtersHold({ seed, numRuns: 3_000 }));
test('patches of any shape are applied or refused', () => patchesHold({ seed, numRuns: 1_000 }));
