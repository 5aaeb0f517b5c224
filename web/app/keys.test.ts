import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyReader, keyName } from './keys.ts';

function setUp() {
  const pressed: string[] = [];
  let now = 0;
  const read = createKeyReader(() => now);
  const bindings = Object.fromEntries(['j', 'g i', 'i', 'Shift+u', '#'].map((key) => [key, () => pressed.push(key)]));
  return {
    pressed,
    press: (key: string) => read(key, bindings),
    wait: (ms: number) => (now += ms),
  };
}

test('a sequence wins over its last key', () => {
  const { press, pressed } = setUp();
  press('g');
  press('i');
  press('i');
  assert.deepEqual(pressed, ['g i', 'i']);
});

test('a sequence that takes too long is forgotten', () => {
  const { press, pressed, wait } = setUp();
  press('g');
  wait(2000);
  press('i');
  assert.deepEqual(pressed, ['i']);
});

test('a key without a binding is left to the browser', () => {
  const { press } = setUp();
  assert.equal(press('y'), false);
  assert.equal(press('j'), true);
});

test('shift is said for letters only: characters say it themselves', () => {
  assert.equal(keyName({ key: 'U', shiftKey: true }), 'Shift+u');
  assert.equal(keyName({ key: '#', shiftKey: true }), '#');
  assert.equal(keyName({ key: 'j', shiftKey: false }), 'j');
});
