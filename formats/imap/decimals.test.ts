import assert from 'node:assert/strict';
import { test } from 'node:test';

import { printDecimals } from './decimals.ts';

test('numbers in decimal, few and many, from the least to the greatest', () => {
  const edges = [0, 1, 9, 10, 11, 99, 100, 101, 999_999, 1_000_000, 2 ** 31 - 1, 2 ** 31, 4_294_967_294, 4_294_967_295];
  const many = Array.from({ length: 3_000 }, (_, at) => Math.floor(2 ** (at % 33)) - (at % 2));
  for (const numbers of [[], [7], edges, [...edges, ...many], [...many, ...edges]]) {
    const array = Uint32Array.from(numbers);
    assert.equal(printDecimals(array), [...array].map((number) => ` ${number}`).join(''));
  }
});
