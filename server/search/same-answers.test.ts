/** Both engines give the same answers: seeded random mail, random searches, every expression the planner knows. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';

import { type AccountId, asId, type EmailId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { type Letter, makeAccounts, putEmail } from './corpus.testing.ts';
import type { SearchExpression, SearchField } from './expression.ts';
import { searchEmails } from './search-emails.ts';
import { type Search, startSearch } from './start.ts';

const words =
  `annulée annuler annulation réunion réunions conseil école d'école l'élève élèves rendez-vous rendezvous aujourd'hui
   cœur coeur journal journaux 0690123X 12/05/2026 14h30 jean.dupont@ac-lyon.fr ac-lyon.fr convocation_2026.pdf Martin
   Martine 日本語 日本 本語 мир ÉTÉ été a à de la le les Straße O'Brien www.education.gouv.fr c'est-à-dire`.split(
    /\s+/u,
  );
const word = fc.constantFrom(...words);
const text = (most: number) => fc.array(word, { maxLength: most }).map((some) => some.join(' '));
const person = fc.constantFrom(
  'Jean Dupont <jean.dupont@ac-lyon.fr>',
  'Martine Cœur <martine@example.org>',
  'élèves: a@b.fr, Martin <martin@ac-lyon.fr>;',
);
const letter: fc.Arbitrary<Letter> = fc.record({
  from: person,
  to: person,
  cc: person,
  subject: text(5),
  body: text(30),
});

const field = fc.constantFrom<SearchField>(
  'text',
  'text',
  'body',
  'subject',
  'from',
  'to',
  'cc',
  'bcc',
  'attachmentName',
);
const leaf: fc.Arbitrary<SearchExpression> = fc.record({
  kind: fc.constantFrom('query', 'words', 'phrase', 'prefix'),
  field,
  text: fc.oneof(
    text(3),
    word.map((whole) => whole.slice(0, 4)),
    word.map((whole) => `${whole.slice(0, 3)}*`),
    fc.string(),
  ),
});
const { expression } = fc.letrec<{ expression: SearchExpression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constantFrom('and', 'or'), of: fc.array(tie('expression'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not'), of: tie('expression') }),
  ),
}));

const account = asId<AccountId>(41);
const neighbour = asId<AccountId>(4);
const emails = 150;

const questions = fc.sample(expression, { numRuns: 1_500, seed: 2026 });
const answers = new Map<string, (readonly number[])[]>();

forEachDatabase((name, databaseUrl, folder) => {
  const options = { databaseUrl, blobsUrl: `file:${folder}/blobs` };
  let store: Store;
  let search: Search;

  before(async () => {
    store = await openStore(options);
    await makeAccounts(store, [account, neighbour]);
    for (const [index, one] of fc.sample(letter, { numRuns: emails, seed: 26 }).entries()) {
      await putEmail(store, index % 3 === 0 ? neighbour : account, asId<EmailId>(index + 1), one);
    }
    search = startSearch(store, options, { isIndexing: true, onProblem: (problem) => assert.fail(problem) });
    while ((await read(store, (tx) => rows(tx, tx.q.selectFrom('search_due').select('email_id')))).length > 0) {
      await pause(20);
    }
  });
  after(async () => {
    await search.close();
    await store.close();
  });

  test(`${name} answers every question, with emails of the account alone`, async () => {
    const found: (readonly number[])[] = [];
    for (const question of questions) {
      found.push([...(await searchEmails(store, account, question, { isUpToDate: false }))]);
    }
    assert.ok(found.flat().every((id) => (id - 1) % 3 !== 0));
    answers.set(name, found);
  });
});

test('SQLite and PostgreSQL find the same emails, whatever is asked', () => {
  const [one = [], other = []] = answers.values();
  assert.equal(one.length, questions.length);
  for (const [index, question] of questions.entries()) {
    assert.deepEqual(one[index], other[index], JSON.stringify(question));
  }
  const telling = one.filter((ids) => ids.length > 0 && ids.length < (emails * 2) / 3 - 1);
  assert.ok(telling.length > 200, `only ${telling.length} questions had an answer worth comparing`);
});
