import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readers } from '#web/sync/records.ts';
import { flatten, isWithin, mailboxTree } from './mailboxTree.ts';

const box = (id: string, role: string | null = null, parentId: string | null = null) =>
  readers.Mailbox({ id, name: id, role, parentId });

test('roles come first in their order, then names as a dictionary has them, children under their parents', () => {
  const boxes = [
    box('Zèbre'),
    box('t', 'trash'),
    box('éléments'),
    box('10'),
    box('9'),
    box('in', 'inbox'),
    box('sub', null, 'Zèbre'),
  ];
  assert.deepEqual(
    flatten(mailboxTree(boxes)).map(({ mailbox, depth }) => `${depth} ${mailbox.id}`),
    ['0 in', '0 t', '0 9', '0 10', '0 éléments', '0 Zèbre', '1 sub'],
  );
});

test('a mailbox whose parent is unknown is still shown', () => {
  assert.equal(flatten(mailboxTree([box('a', null, 'gone')])).length, 1);
});

test('a mailbox lies within itself and its ancestors, a loop does not hang', () => {
  const boxes = [box('a'), box('b', null, 'a'), box('c', null, 'b'), box('x', null, 'y'), box('y', null, 'x')];
  assert.equal(isWithin('c', 'a', boxes), true);
  assert.equal(isWithin('a', 'c', boxes), false);
  assert.equal(isWithin('x', 'a', boxes), false);
});
