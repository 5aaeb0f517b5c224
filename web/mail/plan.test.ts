import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyPatch, readers } from '#web/sync/records.ts';
import { inPieces, planJunk, planKeyword, planMove, planUndo } from './plan.ts';

const email = (id: string, mailboxes: readonly string[], keywords: readonly string[] = []) =>
  readers.Email({
    id,
    mailboxIds: Object.fromEntries(mailboxes.map((name) => [name, true])),
    keywords: Object.fromEntries(keywords.map((name) => [name, true])),
  });

test('only emails that change are patched', () => {
  const emails = [email('a', ['in'], ['$seen']), email('b', ['in'])];
  assert.deepEqual(planKeyword(emails, '$seen', true), { b: { 'keywords/$seen': true } });
  assert.deepEqual(planKeyword(emails, '$seen', false), { a: { 'keywords/$seen': null } });
});

test('a move from one mailbox leaves the others', () => {
  assert.deepEqual(planMove([email('a', ['in', 'x'])], 'in', 'to'), {
    a: { 'mailboxIds/in': null, 'mailboxIds/to': true },
  });
  assert.deepEqual(planMove([email('a', ['in', 'x'])], undefined, 'x'), { a: { 'mailboxIds/in': null } });
});

test('what is done and undone is as before', () => {
  for (const before of [email('a', ['in', 'x/y'], ['$notjunk']), email('a', ['junk'], ['$junk', '$seen'])]) {
    for (const isJunk of [true, false]) {
      const done = planJunk([before], isJunk ? 'junk' : 'in', isJunk);
      const back = planUndo([before], done);
      const after = applyPatch(applyPatch(before, done['a'] ?? {}), back['a'] ?? {});
      assert.deepEqual(after, before);
    }
  }
});

test('many updates go in pieces', () => {
  const all = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`e${n}`, {}]));
  assert.deepEqual(
    inPieces(all, 2).map((piece) => Object.keys(piece).length),
    [2, 2, 1],
  );
});
