import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import {
  asObject,
  at,
  type Client,
  clientOf,
  importOne,
  lines,
  list,
  mailboxesByRole,
  type MailHouse,
  openMailHouse,
  text,
} from './house.testing.ts';

interface Sample {
  readonly key: string;
  readonly message: string;
  readonly keywords?: JsonObject;
  readonly receivedAt: string;
  readonly in: readonly string[];
}

const body = (n: number) => 'x'.repeat(n * 1000);

/** a, b and c are one conversation; d and e stand alone. */
const samples: readonly Sample[] = [
  {
    key: 'a',
    message: lines(
      'Message-ID: <a@x>',
      'From: Zoé <zoe@example.org>',
      'To: bob@example.org',
      'Subject: Conseil de classe',
      'Date: Mon, 5 Jan 2026 10:00:00 +0000',
      'List-Id: <profs.example.org>',
      '',
      `les élèves ${body(1)}`,
    ),
    keywords: { $seen: true, $flagged: true },
    receivedAt: '2026-01-01T10:00:00Z',
    in: ['inbox'],
  },
  {
    key: 'b',
    message: lines(
      'Message-ID: <b@x>',
      'In-Reply-To: <a@x>',
      'From: Bob <bob@example.org>',
      'To: Zoé <zoe@example.org>',
      'Subject: Re: Conseil de classe',
      'Date: Sun, 4 Jan 2026 10:00:00 +0000',
      '',
      `la cantine ${body(3)}`,
    ),
    receivedAt: '2026-01-02T10:00:00Z',
    in: ['inbox', 'archive'],
  },
  {
    key: 'c',
    message: lines(
      'Message-ID: <c@x>',
      'In-Reply-To: <b@x>',
      'From: Zoé <zoe@example.org>',
      'To: bob@example.org',
      'Subject: Re: Conseil de classe',
      'Date: Sat, 3 Jan 2026 10:00:00 +0000',
      '',
      `le calendrier ${body(2)}`,
    ),
    keywords: { $seen: true, projet: true },
    receivedAt: '2026-01-03T10:00:00Z',
    in: ['inbox'],
  },
  {
    key: 'd',
    message: lines(
      'Message-ID: <d@x>',
      'From: Aline <aline@example.org>',
      'To: tous@example.org',
      'Cc: chef@example.org',
      'Subject: =?utf-8?q?Sorties_au_th=C3=A9=C3=A2tre?=',
      'Date: Fri, 2 Jan 2026 10:00:00 +0000',
      'X-Priority: 1 (Highest)',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      `un billet ${body(4)}`,
      '--b',
      'Content-Type: application/pdf; name=billet.pdf',
      'Content-Disposition: attachment',
      '',
      'x',
      '--b--',
    ),
    keywords: { $flagged: true, projet: true },
    receivedAt: '2026-01-04T10:00:00Z',
    in: ['inbox'],
  },
  {
    key: 'e',
    message: lines(
      'Message-ID: <e@x>',
      'From: Bob <bob@example.org>',
      'To: Zoé <zoe@example.org>',
      'Subject: Budget',
      'Date: Thu, 1 Jan 2026 10:00:00 +0000',
      '',
      'les chiffres',
    ),
    receivedAt: '2026-01-05T10:00:00Z',
    in: ['archive'],
  },
];

forEachDatabase((name, databaseUrl) => {
  describe(`Email/query on ${name}`, () => {
    let house: MailHouse;
    let alice: Client;
    let roles: Readonly<Record<string, string>>;
    let idOf: ReadonlyMap<string, string>;
    before(async () => {
      house = await openMailHouse(databaseUrl);
      alice = clientOf(house, house.alice);
      roles = await mailboxesByRole(alice);
      const ids = new Map<string, string>();
      for (const { key, message, keywords = {}, receivedAt, in: places } of samples) {
        const mailboxIds = Object.fromEntries(places.map((role) => [roles[role] ?? '', true] as const));
        ids.set(key, await importOne(alice, message, { mailboxIds, keywords, receivedAt }));
      }
      idOf = ids;
      // A search waits a second for the index, a busy machine takes longer to begin with it.
      const giveUpAt = Date.now() + 60_000;
      const isFound = async () => keysOf((await query({ filter: { text: 'cantine' } }))['ids']) === 'b';
      while (!(await isFound()) && Date.now() < giveUpAt);
    });
    after(() => house.close());

    /** Names of roles and samples in arguments stand for their ids. */
    const given = (value: Json): Json => {
      if (typeof value === 'string' && value.startsWith('@')) {
        return roles[value.slice(1)] ?? idOf.get(value.slice(1)) ?? value;
      }
      if (Array.isArray(value)) return value.map((item: Json) => given(item));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, given(member)]));
    };
    const keysOf = (ids: Json | undefined) =>
      list(ids)
        .map((id) => [...idOf].find(([, known]) => known === id)?.[0] ?? '?')
        .join('');
    const query = async (args: JsonObject) => alice.call('Email/query', asObject(given(args)));

    const not = (...conditions: readonly JsonObject[]): JsonObject => ({ operator: 'NOT', conditions });
    const filters: readonly { filter: JsonObject | null; found: string; because?: string }[] = [
      { filter: null, found: 'edcba', because: 'all, newest first' },
      { filter: {}, found: 'edcba' },
      { filter: { inMailbox: '@inbox' }, found: 'dcba' },
      { filter: { inMailbox: '@archive' }, found: 'eb' },
      { filter: { inMailbox: 'm999' }, found: '' },
      { filter: { inMailbox: 'nowhere' }, found: '' },
      { filter: { inMailboxOtherThan: ['@inbox'] }, found: 'eb', because: 'in any other' },
      { filter: { inMailboxOtherThan: [] }, found: 'edcba' },
      { filter: { before: '2026-01-03T10:00:00Z' }, found: 'ba', because: 'excluded' },
      { filter: { after: '2026-01-03T10:00:00Z' }, found: 'edc', because: 'included' },
      { filter: { minSize: 3000 }, found: 'db' },
      { filter: { maxSize: 3000 }, found: 'eca' },
      { filter: { hasKeyword: '$seen' }, found: 'ca' },
      { filter: { hasKeyword: 'PROJET' }, found: 'dc', because: 'whatever its case' },
      { filter: { notKeyword: '$seen' }, found: 'edb' },
      { filter: { notKeyword: 'projet' }, found: 'eba' },
      { filter: { allInThreadHaveKeyword: '$flagged' }, found: 'd' },
      { filter: { someInThreadHaveKeyword: '$flagged' }, found: 'dcba' },
      { filter: { noneInThreadHaveKeyword: '$flagged' }, found: 'e' },
      { filter: { someInThreadHaveKeyword: 'projet' }, found: 'dcba' },
      { filter: { hasAttachment: true }, found: 'd' },
      { filter: { hasAttachment: false }, found: 'ecba' },
      { filter: { inMailbox: '@inbox', hasKeyword: '$flagged', before: '2026-01-02T00:00:00Z' }, found: 'a' },
      { filter: { operator: 'OR', conditions: [{ hasKeyword: 'projet' }, { inMailbox: '@archive' }] }, found: 'edcb' },
      { filter: not({ hasKeyword: 'projet' }, { inMailbox: '@archive' }), found: 'a', because: 'none of them' },
      { filter: { operator: 'AND', conditions: [not({ hasKeyword: '$seen' }), { inMailbox: '@inbox' }] }, found: 'db' },
      { filter: { text: 'cantine' }, found: 'b' },
      { filter: { text: 'eleve' }, found: 'a', because: 'without its accent and plural' },
      { filter: { from: 'bob' }, found: 'eb' },
      { filter: { to: 'zoe' }, found: 'eb' },
      { filter: { cc: 'chef@example.org' }, found: 'd' },
      { filter: { bcc: 'chef' }, found: '' },
      { filter: { subject: 'theatre' }, found: 'd' },
      { filter: { subject: '"conseil de classe"' }, found: 'cba' },
      { filter: { body: 'calendrier' }, found: 'c' },
      { filter: { body: 'conseil' }, found: '', because: 'in subjects only' },
      { filter: { inMailbox: '@inbox', from: 'zoe', subject: 'conseil', hasKeyword: 'projet' }, found: 'c' },
      {
        filter: { operator: 'OR', conditions: [{ text: 'cantine' }, { text: 'billet' }, { hasKeyword: '$seen' }] },
        found: 'dcba',
      },
      { filter: { operator: 'AND', conditions: [{ inMailbox: '@inbox' }, not({ text: 'cantine' })] }, found: 'dca' },
      { filter: { header: ['list-id'] }, found: 'a' },
      { filter: { header: ['List-Id', 'PROFS'] }, found: 'a' },
      { filter: { header: ['X-Priority', '2'] }, found: '' },
      { filter: { header: ['Subject', 'théâtre'] }, found: 'd', because: 'decoded' },
      { filter: { header: ['Subject', 'Re:'], body: 'calendrier' }, found: 'c' },
      { filter: not({ header: ['List-Id'] }), found: 'edcb' },
    ];
    for (const { filter, found, because } of filters) {
      it(`finds ${found === '' ? 'nothing' : found} by ${JSON.stringify(filter)}${because ? `: ${because}` : ''}`, async () => {
        const answer = await query({ filter, calculateTotal: true });
        assert.equal(keysOf(answer['ids']), found);
        assert.equal(answer['total'], found.length);
      });
    }

    const sorts: readonly { sort: JsonObject[]; found: string }[] = [
      { sort: [{ property: 'receivedAt' }], found: 'abcde' },
      { sort: [{ property: 'receivedAt', isAscending: false }], found: 'edcba' },
      { sort: [{ property: 'sentAt' }], found: 'edcba' },
      { sort: [{ property: 'size' }], found: 'eacbd' },
      { sort: [{ property: 'from' }, { property: 'receivedAt' }], found: 'dbeac' },
      { sort: [{ property: 'to' }, { property: 'receivedAt' }], found: 'acdbe' },
      { sort: [{ property: 'subject' }, { property: 'receivedAt', isAscending: false }], found: 'ecbad' },
      {
        sort: [{ property: 'hasKeyword', keyword: '$flagged', isAscending: false }, { property: 'receivedAt' }],
        found: 'adbce',
      },
      {
        sort: [{ property: 'someInThreadHaveKeyword', keyword: 'projet', isAscending: false }, { property: 'size' }],
        found: 'acbde',
      },
      {
        sort: [{ property: 'allInThreadHaveKeyword', keyword: 'projet', isAscending: false }, { property: 'size' }],
        found: 'deacb',
      },
    ];
    for (const { sort, found } of sorts) {
      it(`sorts ${found} by ${sort.map((by) => JSON.stringify(by)).join()}`, async () => {
        assert.equal(keysOf((await query({ sort }))['ids']), found);
        const inbox = found.replace('e', '');
        assert.equal(keysOf((await query({ sort, filter: { inMailbox: '@inbox' } }))['ids']), inbox);
      });
    }

    const windows: readonly { args: JsonObject; found: string; position: number; because?: string }[] = [
      { args: { position: 1, limit: 2 }, found: 'cb', position: 1 },
      { args: { position: -2 }, found: 'ba', position: 2, because: 'from the end' },
      { args: { position: -99, limit: 1 }, found: 'd', position: 0 },
      { args: { position: 99 }, found: '', position: 4, because: 'behind the end' },
      { args: { limit: 0 }, found: '', position: 0 },
      { args: { anchor: '@c', limit: 2 }, found: 'cb', position: 1 },
      {
        args: { anchor: '@c', anchorOffset: -5, limit: 2 },
        found: 'dc',
        position: 0,
        because: 'no further than the start',
      },
      { args: { anchor: '@c', anchorOffset: 1 }, found: 'ba', position: 2 },
      { args: { anchor: '@c', position: 3, limit: 1 }, found: 'c', position: 1, because: 'the anchor counts' },
      { args: { collapseThreads: true }, found: 'dc', position: 0 },
      { args: { collapseThreads: true, anchor: '@c' }, found: 'c', position: 1 },
    ];
    for (const { args, found, position, because } of windows) {
      it(`shows ${found || 'nothing'} of the inbox for ${JSON.stringify(args)}${because ? `: ${because}` : ''}`, async () => {
        for (const sort of [[], [{ property: 'receivedAt', isAscending: false }, { property: 'size' }]]) {
          const answer = await query({ filter: { inMailbox: '@inbox' }, sort, calculateTotal: true, ...args });
          assert.equal(keysOf(answer['ids']), found);
          assert.equal(answer['position'], position);
          assert.equal(answer['total'], args['collapseThreads'] === true ? 2 : 4);
        }
      });
    }

    it('collapses by the order asked for', async () => {
      const oldest = [{ property: 'receivedAt' }];
      assert.equal(keysOf((await query({ sort: oldest, collapseThreads: true }))['ids']), 'ade');
      assert.equal(keysOf((await query({ filter: { hasKeyword: '$flagged' }, collapseThreads: true }))['ids']), 'da');
    });

    const refusals: readonly { args: JsonObject; type: string }[] = [
      { args: { filter: { shape: 'round' } }, type: 'unsupportedFilter' },
      { args: { filter: { minSize: -1 } }, type: 'invalidArguments' },
      { args: { filter: { before: 'today' } }, type: 'invalidArguments' },
      { args: { filter: { hasKeyword: 'a b' } }, type: 'invalidArguments' },
      { args: { filter: { header: [] } }, type: 'invalidArguments' },
      { args: { filter: { header: ['a', 'b', 'c'] } }, type: 'invalidArguments' },
      { args: { filter: { operator: 'XOR', conditions: [] } }, type: 'invalidArguments' },
      { args: { sort: [{ property: 'shape' }] }, type: 'unsupportedSort' },
      { args: { sort: [{ property: 'hasKeyword' }] }, type: 'invalidArguments' },
      { args: { sort: [{ property: 'subject', collation: 'i;none' }] }, type: 'unsupportedSort' },
      { args: { anchor: 'e999' }, type: 'anchorNotFound' },
      { args: { anchor: 'x' }, type: 'anchorNotFound' },
      { args: { filter: { inMailbox: '@inbox' }, anchor: '@e' }, type: 'anchorNotFound' },
      { args: { limit: -1 }, type: 'invalidArguments' },
      { args: { foo: 1 }, type: 'invalidArguments' },
    ];
    for (const { args, type } of refusals) {
      it(`says ${type} to ${JSON.stringify(args)}`, async () => {
        assert.equal(await alice.refused('Email/query', asObject(given(args))), type);
      });
    }

    it('marks what was looked for in snippets, and nothing that was excluded', async () => {
      const conditions = [{ text: 'cantine' }, { subject: 'conseil' }, not({ text: 'calendrier' })];
      const answer = await alice.call('SearchSnippet/get', {
        filter: { operator: 'OR', conditions },
        emailIds: [...['b', 'c', 'd'].map((key) => idOf.get(key) ?? ''), 'e999'],
      });
      const [b, c, d] = list(answer['list']).map(asObject);
      assert.deepEqual([b?.['emailId'], b?.['subject']], [idOf.get('b'), 'Re: <mark>Conseil</mark> de classe']);
      assert.match(text(b?.['preview']), /^la <mark>cantine<\/mark>/);
      assert.equal(c?.['preview'], null);
      assert.deepEqual([d?.['subject'], d?.['preview']], [null, null]);
      assert.deepEqual(answer['notFound'], ['e999']);
    });

    it('answers with what one list needs in three calls of one request', async () => {
      const answers = await alice.request([
        ['Email/query', { filter: { inMailbox: roles['inbox'] ?? '' }, collapseThreads: true, limit: 2 }],
        [
          'Email/get',
          { '#ids': { resultOf: 'c0', name: 'Email/query', path: '/ids' }, properties: ['threadId', 'subject'] },
        ],
        ['Thread/get', { '#ids': { resultOf: 'c1', name: 'Email/get', path: '/list/*/threadId' } }],
      ]);
      const members = list(at(answers[2]?.[1], 'list')).map((thread) => keysOf(at(thread, 'emailIds')));
      assert.deepEqual(members, ['d', 'abc']);
    });
  });
});
