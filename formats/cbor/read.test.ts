import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workedMs } from '#tools/testing/worked.ts';

import { BadCbor, type Cbor, readCbor } from './read.ts';

const octets = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

test('the examples of RFC 8949, appendix A, that we take', () => {
  const rows: readonly (readonly [string, Cbor])[] = [
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['20', -1],
    ['3903e7', -1000],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['40', new Uint8Array()],
    ['4401020304', octets('01020304')],
    ['6449455446', 'IETF'],
    ['62c3bc', 'ü'],
    ['80', []],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a26161016162820203',
      new Map<string, Cbor>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
  ];
  for (const [hex, value] of rows) assert.deepEqual(readCbor(octets(hex)), { value, end: hex.length / 2 }, hex);
});

test('what is broken, endless, strange or too deep is refused with its place', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['', 0],
    ['18', 0],
    ['4401', 0],
    ['62c328', 0],
    ['82', 1],
    ['8201', 2],
    ['9f01ff', 0],
    ['5bffffffffffffffff', 0],
    ['ba7fffffff', 5],
    ['a20102', 3],
    ['a201020102', 3],
    ['a1400102', 1],
    ['fb3ff199999999999a', 0],
    ['f7', 0],
    ['c074323031332d30332d32315432303a30343a30305a', 0],
    ['81'.repeat(20) + '01', 9],
  ];
  for (const [hex, offset] of rows)
    assert.throws(
      () => readCbor(octets(hex)),
      (error: unknown) => error instanceof BadCbor && error.offset === offset,
      hex,
    );
});

test('no octets make it throw anything else, or take long', () => {
  let seed = 7;
  const next = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) >> 16;
  const startedAt = workedMs();
  for (let round = 0; round < 5_000; round += 1) {
    const random = Uint8Array.from({ length: next() % 40 }, () => next() % 256);
    try {
      assert.ok(readCbor(random).end <= random.length);
    } catch (error) {
      assert.ok(error instanceof BadCbor);
    }
  }
  assert.ok(workedMs() - startedAt < 3_000);
});
