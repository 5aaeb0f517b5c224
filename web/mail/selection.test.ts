import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extend, goTo, pickAll, targets, toggle, without } from './selection.ts';

const rows = ['a', 'b', 'c', 'd', 'e'];

test('shift picks from the anchor to the row, both ways', () => {
  assert.deepEqual(targets(extend(goTo('b'), 'd', rows)), ['b', 'c', 'd']);
  assert.deepEqual(targets(extend(extend(goTo('d'), 'e', rows), 'b', rows)), ['b', 'c', 'd']);
});

test('control picks and lets go one by one', () => {
  assert.deepEqual(targets(toggle(toggle(goTo('a'), 'b'), 'd')), ['b', 'd']);
  assert.deepEqual(targets(toggle(toggle(goTo('a'), 'b'), 'b')), ['b']);
});

test('without a pick the row of the keyboard is meant', () => {
  assert.deepEqual(targets(goTo('c')), ['c']);
  assert.deepEqual(targets(goTo(undefined)), []);
  assert.equal(targets(pickAll(goTo('c'), rows)).length, 5);
});

test('when the active row goes the next one is active, at the end the one before', () => {
  assert.equal(without(goTo('b'), ['b', 'c'], rows).active, 'd');
  assert.equal(without(goTo('e'), ['e'], rows).active, 'd');
  assert.equal(without(goTo('a'), ['b'], rows).active, 'a');
  assert.equal(without(goTo('a'), rows, rows).active, undefined);
});
