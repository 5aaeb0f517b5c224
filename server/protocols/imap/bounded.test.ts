/** What one client may ask again and again, and what it costs the others: memory that stays bounded. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import type { SearchKey } from '#formats/imap/search-key.ts';
import { emptyColumns, putRows } from '#server/mail/view/columns.ts';
import { takeSight } from '#server/mail/view/search/sight.ts';
import { type AccountId, asId, asModseq } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';

import { keepPrinted, printedOf } from './fetch/printed.ts';
import { criterionOf } from './search/criteria.ts';

const length = 50_000;

function sightOfMany() {
  const columns = emptyColumns(length);
  const rest = { flags: 0, keywords: [], modseq: 1, receivedAt: 0, sizeOctets: 1 };
  for (let uid = 1; uid <= length; uid += 1) putRows(columns, [{ uid: uid * 2, emailId: uid, ...rest }]);
  return takeSight({ accountId: asId(1), mailboxId: asId(1), modseq: asModseq(1), columns });
}

test('a thousand sets of everything take no more than their ends', () => {
  const sight = sightOfMany();
  const all: SearchKey = { kind: 'numbers', set: { kind: 'ranges', pairs: Uint32Array.of(1, 0) } };
  const saved: SearchKey = { kind: 'uids', set: { kind: 'saved' } };
  const keys = Array.from({ length: 1_000 }, (_, nth) => (nth % 2 === 0 ? all : saved));
  const criterion = criterionOf({ kind: 'and', keys }, { sight, saved: sight.uids.slice(), nowMs: 0 });
  assert.ok(criterion.kind === 'and');
  const arrays = new Set(criterion.of.map((each) => (each.kind === 'places' ? each.spans : undefined)));
  const octets = [...arrays].reduce((sum, spans) => sum + (spans?.byteLength ?? 0), 0);
  assert.ok(octets < 2 * length * 8, `${octets} octets`);
});

const spans: readonly (readonly [key: SearchKey, expected: readonly number[]])[] = [
  [{ kind: 'numbers', set: { kind: 'ranges', pairs: Uint32Array.of(2, 3, 9, 0) } }, [1, 3, 8, length]],
  [{ kind: 'numbers', set: { kind: 'ranges', pairs: Uint32Array.of(length + 5, length + 9) } }, [length, length]],
  [{ kind: 'uids', set: { kind: 'ranges', pairs: Uint32Array.of(3, 6) } }, [1, 3]],
  [{ kind: 'uids', set: { kind: 'ranges', pairs: Uint32Array.of(7, 7) } }, [3, 3]],
];

test('sets are places from one to before another, and what nobody has is none', () => {
  const sight = sightOfMany();
  for (const [key, expected] of spans) {
    const criterion = criterionOf(key, { sight, saved: new Uint32Array(), nowMs: 0 });
    assert.deepEqual(criterion.kind === 'places' && [...criterion.spans], expected, JSON.stringify(key));
  }
});

test('who asks for ever other fields pushes old lists out, empty ones too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pli-imap-'));
  const store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
  const accountId = asId<AccountId>(1);
  const first = printedOf(store, accountId, 'first');
  keepPrinted(store, accountId, 'first', 1, 'text');
  assert.equal(first.get(1), 'text');
  for (let times = 0; times < 2_000; times += 1) printedOf(store, accountId, `${times}`.padEnd(60_000, ' '));
  assert.equal(printedOf(store, accountId, 'first').get(1), undefined);
  await store.close();
  rmSync(folder, { recursive: true });
});
