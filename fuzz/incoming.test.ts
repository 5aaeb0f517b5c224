import { test } from 'node:test';
import { incomingHolds } from './incoming.ts';

test('each command is answered once and in order, whatever its literals hold and however it is cut', () =>
  incomingHolds({ seed: 20_261_122, numRuns: 150 }));
