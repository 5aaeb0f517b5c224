import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialSaveState, isUnsaved, longestMs, nextSaveIn, nextSaveState, quietMs } from './saveState.ts';
import type { SaveEvent, SaveState } from './saveState.ts';

const after = (...events: readonly SaveEvent[]): SaveState => events.reduce(nextSaveState, initialSaveState);
const typed: SaveEvent = { kind: 'typed' };
const sent: SaveEvent = { kind: 'sent' };
const saved: SaveEvent = { kind: 'saved', atMs: 5, wasReplaced: true };

test('what is typed while a save is under way is not saved by it', () => {
  const state = after(typed, sent, typed, saved);
  assert.equal(isUnsaved(state), true);
  assert.equal(isUnsaved(nextSaveState(nextSaveState(state, sent), saved)), false);
});

test('a save waits for a pause, but not for ever', () => {
  const state = after(typed);
  assert.equal(nextSaveIn(state, { nowMs: 100, firstMs: 0, lastMs: 100 }), quietMs);
  assert.equal(nextSaveIn(state, { nowMs: longestMs - 50, firstMs: 0, lastMs: longestMs - 60 }), 50);
  assert.equal(nextSaveIn(state, { nowMs: 60_000, firstMs: 0, lastMs: 100 }), 0);
});

test('one save at a time, and none where nothing was typed', () => {
  const times = { nowMs: 0, firstMs: 0, lastMs: 0 };
  assert.equal(nextSaveIn(initialSaveState, times), undefined);
  assert.equal(nextSaveIn(after(typed, sent), times), undefined);
  assert.equal(nextSaveIn(after(typed, sent, saved), times), undefined);
});

test('a refused draft is tried again only after a change', () => {
  const state = after(typed, sent, { kind: 'refused', type: 'overQuota' });
  const times = { nowMs: 9_000, firstMs: 0, lastMs: 0 };
  assert.equal(nextSaveIn(state, times), undefined);
  assert.equal(nextSaveIn(nextSaveState(state, typed), times), 0);
});

test('a lost line leaves the draft unsaved', () => {
  const state = after(typed, sent, { kind: 'unreachable' });
  assert.equal(isUnsaved(state), true);
  assert.equal(state.activity.kind, 'offline');
});

test('a conflict stays until it is heeded', () => {
  const state = after(typed, sent, { ...saved, wasReplaced: false }, typed, sent, saved);
  assert.equal(state.hasConflict, true);
  assert.equal(nextSaveState(state, { kind: 'heeded' }).hasConflict, false);
});
