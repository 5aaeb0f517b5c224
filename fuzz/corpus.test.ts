import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeCorpus } from './corpus/messages.ts';
import { checkMessage } from './message.ts';

/** Checking reads every part many times: the largest messages are for the whole server's test. */
const largestOctets = 3_000_000;

test('mail as the world writes it is read within its bounds, and none throws', () => {
  for (const { name, octets } of writeCorpus(20_261_122, 600))
    if (octets.length <= largestOctets) assert.equal(checkMessage(octets), null, name);
});

test('the same seed writes the same corpus', () => {
  const [first, second] = [1, 2].map(() => [...writeCorpus(7, 120)].slice(0, 120));
  assert.deepEqual(first, second);
});
