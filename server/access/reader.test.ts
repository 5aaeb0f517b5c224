/** Since when a reader reads, told by a table of mandates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { asId, type PersonId } from '#server/store/ids.ts';

import { type Held, readerOf } from './reader.ts';

const day = 86_400_000;
const held = (from: number, until = Infinity): Held => ({ from: from * day, until: until * day });

/** Days: of the mandates, since when `$seen` is each reader's, today, and before which day all counts as read. */
const cases: readonly { has: readonly Held[]; since: number; at: number; seenBefore: number; because: string }[] = [
  { has: [held(10)], since: 20, at: 30, seenBefore: 0, because: 'who was there sees what all saw' },
  { has: [held(25)], since: 20, at: 30, seenBefore: 25, because: 'a newcomer' },
  { has: [held(10, 22), held(22)], since: 20, at: 30, seenBefore: 0, because: 'renewed' },
  { has: [held(40), held(10, 22)], since: 20, at: 45, seenBefore: 0, because: 'renewed late' },
  { has: [held(10, 22), held(60)], since: 20, at: 70, seenBefore: 60, because: 'long away: a newcomer again' },
  { has: [held(25), held(80)], since: 20, at: 90, seenBefore: 25, because: 'two at a time are one stay' },
  { has: [held(25, 30), held(90)], since: 20, at: 28, seenBefore: 25, because: 'what begins later does not count yet' },
  {
    has: [held(30, 20), held(60)],
    since: 10,
    at: 70,
    seenBefore: 60,
    because: 'one revoked before it began never was',
  },
];

for (const { has, since, at, seenBefore, because } of cases) {
  test(`${because}: read before day ${seenBefore}`, () => {
    const reader = readerOf(asId<PersonId>(7), has, since * day, at * day);
    assert.equal(reader.seenBefore / day, seenBefore);
  });
}
