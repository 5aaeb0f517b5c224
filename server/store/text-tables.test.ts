/** The tail and the segments hold what was put and not taken out, however it came: seeded, against a map. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';

import { type AccountId, asId } from './ids.ts';
import { sqliteKeptTexts, sqliteTextTables, textStatements } from './sqlite/search-texts.ts';
import { emailsWithTexts, mayHold, packSegment, readEntries, unpackSegment, unpackTail } from './text-segment.ts';
import { changeTexts } from './text-tables.ts';

const account = asId<AccountId>(2);
const octets = (text: string) => Buffer.from(text);

const change = fc.record({
  emailId: fc.integer({ min: 1, max: 400 }),
  text: fc.option(
    fc.integer({ min: 0, max: 9_000 }).map((length) => 'texte '.repeat(length)),
    { freq: 3 },
  ),
});
const batches = fc.array(fc.uniqueArray(change, { selector: ({ emailId }) => emailId, minLength: 30, maxLength: 60 }), {
  minLength: 25,
  maxLength: 25,
});

test('what was put is there once, as it was put last, and what was taken out is not', async () => {
  for (const steps of fc.sample(batches, { numRuns: 4, seed: 8 })) {
    const database = new DatabaseSync(':memory:');
    for (const statement of [...textStatements, 'create table search_state (is_complete integer)'])
      database.exec(statement);
    const tables = sqliteTextTables(database)(account);
    const kept = new Map<number, string>();
    for (const step of steps) {
      const changes = step.map(({ emailId, text }) => ({
        emailId,
        texts: text === null ? undefined : { head: octets(`n: ${emailId}`), body: octets(text) },
      }));
      await changeTexts(tables, changes);
      for (const { emailId, text } of step) {
        if (text === null) kept.delete(emailId);
        else kept.set(emailId, text);
      }
      await changeTexts(sqliteTextTables(database)(asId<AccountId>(3)), changes.slice(0, 2));
    }
    const found = await sqliteKeptTexts(database).read(account, async (snapshot) => {
      const tail = (await snapshot.tail()).map(({ emailId, texts }) => unpackTail(emailId, texts));
      const segments = await snapshot.segments('bodies');
      assert.ok(segments.length > 1 && segments.length < 40, `${segments.length} segments`);
      const documents = [];
      for (const { id, entries } of segments) {
        const heads = await snapshot.octets('heads', id);
        documents.push(...unpackSegment({ entries, heads, bodies: await snapshot.octets('bodies', id) }));
      }
      assert.deepEqual(
        [
          ...emailsWithTexts(
            tail.map(({ emailId }) => emailId),
            segments.map(({ entries }) => entries),
          ),
        ],
        [...kept.keys()].sort((a, b) => a - b),
      );
      return [...tail, ...documents];
    });
    assert.equal(found.length, kept.size);
    for (const { emailId, head, body } of found) {
      assert.equal(Buffer.from(head).toString(), `n: ${emailId}`);
      assert.ok(Buffer.from(body).toString() === kept.get(emailId), `email ${emailId}`);
    }
    database.close();
  }
});

test('a signature never hides what is there, and mostly tells what is not', () => {
  const texts = Array.from({ length: 200 }, (_, index) => octets(`le numéro ${index * 7919} de la circulaire`));
  const segment = packSegment(texts.map((body, index) => ({ emailId: index + 1, head: octets(''), body })));
  for (const text of texts) {
    for (let at = 0; at < text.length; at += 1) assert.ok(mayHold(segment.bodySigns, text.subarray(at, at + 7)));
  }
  assert.ok(mayHold(segment.bodySigns, octets('zz')), 'two octets are in no signature');
  assert.ok(!mayHold(segment.bodySigns, octets('xyzzy')));
  assert.equal(readEntries(segment.entries).length, 200);
});
