import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pauseMs } from './connection.ts';
import { readStateChange } from './push.ts';
import { applyPatch, readers } from './records.ts';
import { expand, readSession } from './session.ts';
import { ShapeError } from './shape.ts';

test('a patch reaches into sets, escapes names, and leaves the original alone', () => {
  const before = { id: 'e', keywords: { $seen: true, 'a/b': true }, parentId: 'x' };
  const after = applyPatch(before, {
    'keywords/$seen': null,
    'keywords/a~1b': null,
    'mailboxIds/m': true,
    parentId: null,
  });
  assert.deepEqual(after, { id: 'e', keywords: {}, mailboxIds: { m: true }, parentId: null });
  assert.deepEqual(before.keywords, { $seen: true, 'a/b': true });
});

test('an email without the least property is still an email, one without id is not', () => {
  assert.equal(readers.Email({ id: 'e' }).subject, '');
  assert.throws(() => readers.Email({ subject: 'x' }), ShapeError);
});

test('addresses of the session are those of our own origin', () => {
  const session = readSession({
    accounts: {},
    primaryAccounts: {},
    capabilities: {},
    apiUrl: 'https://other.example:8443/jmap/api',
    downloadUrl: 'https://other.example/jmap/download/{accountId}/{blobId}/{name}?type={type}',
    uploadUrl: '/up',
    eventSourceUrl: '/es',
  });
  assert.equal(session.apiUrl, '/jmap/api');
  assert.equal(
    expand(session.downloadUrl, { accountId: 'a', blobId: 'b', name: 'été & co.pdf', type: 'application/pdf' }),
    '/jmap/download/a/b/%C3%A9t%C3%A9%20%26%20co.pdf?type=application%2Fpdf',
  );
});

test('pauses double up to twenty seconds', () => {
  assert.deepEqual(
    [0, 1, 2, 5, 6, 60].map((attempt) => pauseMs(attempt, 0)),
    [500, 1000, 2000, 16_000, 20_000, 20_000],
  );
  assert.ok(pauseMs(3, 1) < pauseMs(3, 0));
});

test('a state event that is none is ignored', () => {
  assert.equal(readStateChange('not json'), undefined);
  assert.equal(readStateChange('{"x":1}'), undefined);
  assert.deepEqual(readStateChange('{"@type":"StateChange","changed":{"a":{"Email":"7","Bad":3}}}'), {
    a: { Email: '7' },
  });
});
