/** Substrings: exact on both databases, before and after indexing, whatever came and went. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';

import { type AccountId, asId, type EmailId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { dropEmail, makeAccounts, printLetter, putEmail } from './corpus.testing.ts';
import { rebuildSearch } from './rebuild.ts';
import { type Search, startSearch } from './start.ts';
import { searchSubstring, type SubstringQuestion } from './substring.ts';
import { verifySearch } from './verify.ts';

const account = asId<AccountId>(3);
const neighbour = asId<AccountId>(4);

const nested = [
  'From: Ghost <ghost@example.org>',
  'Subject: =?utf-8?Q?R=C3=A9union_de?= =?utf-8?Q?_rentr=C3=A9e?=',
  'X-Long: one',
  ' two',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/html; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  '<p class=3D"grand">Le coll=E8ge f&ecirc;te l\'<b>&eacute;t</b>&eacute;</p>',
  '--b',
  'Content-Type: message/rfc822',
  'Content-Description: Forwarded',
  '',
  'Subject: Within',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('Très Profond\r\nsous la mer').toString('base64'),
  '--b',
  'Content-Type: application/octet-stream',
  '',
  'opaque',
  '--b--',
  '',
].join('\r\n');

const table: readonly (readonly [where: 'text' | 'body', needle: string, isFound: boolean, because?: string])[] = [
  ['text', 'réunion DE RENTRÉE', true, 'encoded words are decoded and joined'],
  ['body', 'réunion', false, 'a header field is not the body'],
  ['text', 'one two', true, 'a field is unfolded'],
  ['text', 'subject: réunion', true],
  ['body', 'grand', true, 'HTML as it was sent'],
  ['body', "l'été", true, 'and as it is read'],
  ['body', 'f&ecirc;te', true],
  ['body', 'fête', true],
  ['body', 'COLLÈGE', true],
  ['body', 'college', false, 'an accent is no decoration'],
  ['text', 'within', true, 'the header of a message within'],
  ['body', 'within', false],
  ['text', 'forwarded', true, 'MIME header fields'],
  ['body', 'profond\r\nSOUS', true, 'lines of a base64 text in a message within'],
  ['body', 'fond sous', false],
  ['body', 'opaque', false, 'no text'],
  ['text', 'x-long', true],
  ['body', 'e', true],
  ['body', '', true, 'nothing is everywhere'],
  ['text', 'nowhere', false],
];

const fieldTable: readonly (readonly [field: string, needle: string, isFound: boolean, because?: string])[] = [
  ['Subject', 'UNION DE', true],
  ['subject', 'within', false, 'the header of a message within is another one'],
  ['X-LONG', 'one two', true],
  ['x-long', '', true, 'there is one'],
  ['x-short', '', false],
  ['long', '', false, 'the end of a name is no name'],
  ['from', 'ghost@example', true],
  ['from', 'réunion', false, 'that is in another field'],
  ['from', 'from', false, 'the name is not the value'],
  ['content-description', 'forwarded', false, 'of a part'],
];

const word = fc.constantFrom(
  'réunion',
  'Réunionite',
  'ion',
  'a.b@ac-lyon.fr',
  '12/05',
  'été',
  'l’école',
  '日本語',
  'un',
  'x',
);
const words = fc.array(word, { maxLength: 30 }).map((some) => some.join(' '));
const needles = fc.oneof(
  word,
  fc.constantFrom(
    'e',
    'é',
    'on',
    'nion',
    'ION',
    ' ',
    'un x',
    'ac-',
    '/05 l',
    '本',
    'n',
    'subject',
    'ghost@',
    'zz',
    '..',
  ),
  fc.array(word, { minLength: 2, maxLength: 2 }).map((two) => two.join(' ').slice(2, -1)),
);

forEachDatabase((name, databaseUrl, folder) => {
  const options = { databaseUrl, blobsUrl: `file:${folder}/blobs` };
  let store: Store;
  let search: Search;
  const texts = new Map<number, { readonly subject: string; readonly body: string }>();

  before(async () => {
    store = await openStore(options);
    await makeAccounts(store, [account, neighbour]);
    search = startSearch(store, options, { isIndexing: false });
  });
  after(async () => {
    await search.close();
    await store.close();
  });

  const find = async (where: SubstringQuestion['where'], needle: string, candidates?: readonly number[]) => [
    ...(await searchSubstring(store, account, { where, needle }, candidates)),
  ];
  const settle = async (): Promise<void> => {
    while ((await read(store, (tx) => rows(tx, tx.q.selectFrom('search_due').select('email_id')))).length > 0) {
      await pause(20);
    }
  };
  const startIndexing = async (): Promise<void> => {
    await search.close();
    search = startSearch(store, options, { isIndexing: true, onProblem: (problem) => assert.fail(problem) });
    await settle();
  };

  async function checkTable(): Promise<void> {
    for (const [where, needle, isFound, because] of table) {
      assert.deepEqual(await find(where, needle, [1]), isFound ? [1] : [], `${where} ${needle}: ${because ?? ''}`);
    }
    for (const [field, needle, isFound, because] of fieldTable) {
      assert.deepEqual(await find({ field }, needle, [1]), isFound ? [1] : [], `${field} ${needle}: ${because ?? ''}`);
    }
  }

  async function compareAll(seed: number): Promise<void> {
    const fold = (text: string) => text.normalize('NFKD').toLowerCase();
    for (const needle of fc.sample(needles, { numRuns: 24, seed })) {
      const wanted = fold(needle);
      const inBody = [...texts].filter(([, { body }]) => fold(body).includes(wanted)).map(([id]) => id);
      const candidates = [...texts.keys()];
      assert.deepEqual(await find('body', needle, candidates), inBody, `body ${needle}`);
      const some = candidates.filter((id) => id % 5 === 0);
      assert.deepEqual(
        await find('body', needle, some),
        inBody.filter((id) => id % 5 === 0),
        `some ${needle}`,
      );
      const head = `From: Ghost <ghost@example.org>\nSubject: `;
      const inText = [...texts]
        .filter(
          ([id, { subject }]) =>
            inBody.includes(id) || fold(`${head}${subject.trim()}`).includes(wanted) || isOther(needle),
        )
        .map(([id]) => id);
      assert.deepEqual(await find('text', needle, candidates), inText, `text ${needle}`);
      const inSubject = [...texts].filter(([, { subject }]) => fold(subject.trim()).includes(wanted)).map(([id]) => id);
      assert.deepEqual(await find({ field: 'Subject' }, needle, candidates), inSubject, `subject ${needle}`);
    }
  }
  /** In the other fields that every letter has. */
  const isOther = (needle: string) =>
    'mime-version: 1.0|content-type: text/plain; charset=utf-8|content-transfer-encoding: 8bit'.includes(
      needle.toLowerCase(),
    );

  test(`${name}: what is not indexed yet is found`, async () => {
    await putEmail(store, account, asId<EmailId>(1), Buffer.from(nested));
    await checkTable();
  });

  test(`${name}: what is indexed is found, one by one and in segments`, async () => {
    await startIndexing();
    await checkTable();
    for (const [index, [subject = '', body = '']] of fc
      .sample(fc.tuple(words, words), { numRuns: 150, seed: 4 })
      .entries()) {
      const id = index + 2;
      await putEmail(store, account, asId<EmailId>(id), { subject, body });
      texts.set(id, { subject, body });
      if (index % 3 === 0) await putEmail(store, neighbour, asId<EmailId>(id), { subject, body });
      if (index === 40) await compareAll(1);
    }
    await compareAll(2);
    await settle();
    await compareAll(3);
    await checkTable();
  });

  test(`${name}: what is gone is found no more, at once and later`, async () => {
    for (const id of [...texts.keys()].filter((each) => each % 7 < 3)) {
      await dropEmail(store, account, asId<EmailId>(id), 9);
      texts.delete(id);
    }
    assert.ok((await find('body', '')).every((id) => id === 1 || texts.has(id)));
    await compareAll(4);
    await settle();
    assert.deepEqual(await find('text', ''), [1, ...texts.keys()]);
    await compareAll(5);
    await checkTable();
  });

  test(`${name}: made anew the answers are the same, and nothing is missing`, async () => {
    await rebuildSearch(store);
    await compareAll(6);
    await settle();
    await compareAll(7);
    await rebuildSearch(store, account);
    await settle();
    await compareAll(8);
    const problems = [];
    for await (const problem of verifySearch(store)) problems.push(problem);
    assert.deepEqual(problems, []);
  });

  test(`${name}: who asks for much at once does not keep others waiting`, async () => {
    const order: AccountId[] = [];
    const ask = async (accountId: AccountId): Promise<void> => {
      await searchSubstring(store, accountId, { where: 'text', needle: 'e' });
      order.push(accountId);
    };
    await Promise.all([...Array.from({ length: 12 }, () => ask(account)), ask(neighbour)]);
    assert.ok(order.indexOf(neighbour) <= 2, `${order.indexOf(neighbour)} came first`);
  });

  test(`${name}: a long message is searched to its end`, async () => {
    const body = `${'mot '.repeat(400_000)}aiguille`;
    await putEmail(store, account, asId<EmailId>(500), Buffer.from(printLetter({ subject: 'Long', body })));
    assert.deepEqual(await find('body', 'mot aiguille'), [500]);
    await settle();
    assert.deepEqual(await find('body', 'mot AIGUILLE'), [500]);
  });
});
