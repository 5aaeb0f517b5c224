/** Searching and sorting one mailbox on both databases: each criterion against letters made to tell them apart. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { type Actor, operator } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { appendMany } from '#server/mail/emails/append-many.ts';
import { ingest } from '#server/mail/ingest.ts';
import { flagBits, keywordsOf } from '#server/mail/keywords.ts';
import { listMailboxes } from '#server/mail/mailboxes/list.ts';
import { type MailboxView, openView } from '#server/mail/view/open.ts';
import { type Search, startSearch } from '#server/search/start.ts';
import {
  type AccountId,
  asId,
  asMilliseconds,
  type MailboxId,
  type PersonId,
  type TenantId,
} from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import type { Criterion } from './criterion.ts';
import { findPlaces } from './match.ts';
import { takeSight } from './sight.ts';
import { type Order, sortPlaces } from './sort.ts';
import { threadPlaces } from './thread.ts';

const day = 86_400_000;

interface Letter {
  readonly head: readonly string[];
  readonly body?: string;
  readonly keywords?: readonly string[];
  readonly receivedAt: number;
}

const letters: readonly Letter[] = [
  {
    head: [
      'From: =?utf-8?q?Cl=C3=A9mence?= Zola <b@x.example>',
      'To: "Le Gall, Marie" <m@x.example>',
      'Subject: Re: [liste] Conseil',
      'Date: Thu, 01 Jan 1970 23:30:00 -0200',
      'X-Rare: =?utf-8?q?=C3=89t=C3=A9?=',
      'Message-ID: <1@x>',
    ],
    body: 'La réunion est reportée.',
    keywords: ['$seen', 'projet'],
    receivedAt: 5 * day,
  },
  {
    head: [
      'From: Albert <c@x.example>',
      'To: a@x.example',
      'Cc: z@x.example',
      'Subject: zèbre',
      'Date: Thu, 01 Jan 1970 12:00:00 +0000',
      'References: <1@x>',
    ],
    body: 'Conseil de Z',
    keywords: ['$flagged'],
    receivedAt: 4 * day,
  },
  {
    head: ['From: a@x.example', 'To: b@x.example', 'Subject: Autre', 'X-Rare: non'],
    body: `long ${'mot '.repeat(300)}`,
    receivedAt: 1.2 * day,
  },
  {
    head: [
      'From: Équipe: d@x.example, e@x.example;',
      'Subject: conseil',
      'Date: Sat, 03 Jan 1970 00:30:00 +0100',
      'Subject:',
    ],
    keywords: ['$seen', '$flagged'],
    receivedAt: 9 * day,
  },
];

const infinite = Number.POSITIVE_INFINITY;
const header = (field: string, text: string): Criterion => ({ kind: 'header', field, text });
const seen: Criterion = { kind: 'bit', bit: flagBits.$seen };
const conseil: Criterion = { kind: 'text', where: 'text', text: 'CONSEIL' };

/** Numbers from 1. */
const table: readonly (readonly [criterion: Criterion, found: readonly number[], because: string])[] = [
  [{ kind: 'all' }, [1, 2, 3, 4], 'all'],
  [{ kind: 'none' }, [], 'none'],
  [seen, [1, 4], 'a keyword that is a bit'],
  [{ kind: 'keyword', keyword: 'projet' }, [1], 'a keyword that is none'],
  [{ kind: 'keyword', keyword: 'autre' }, [], 'a keyword nobody carries'],
  [{ kind: 'not', of: seen }, [2, 3], 'not'],
  [{ kind: 'or', of: [seen, { kind: 'places', spans: Uint32Array.of(2, 3, 4, 4) }] }, [1, 3, 4], 'or'],
  [{ kind: 'and', of: [seen, { kind: 'bit', bit: flagBits.$flagged }] }, [4], 'and'],
  [{ kind: 'and', of: [] }, [1, 2, 3, 4], 'nothing asked'],
  [{ kind: 'or', of: [] }, [], 'nothing allowed'],
  [{ kind: 'received', from: 4 * day, until: 9 * day }, [1, 2], 'received'],
  [{ kind: 'saved', from: 0, until: infinite }, [1, 2, 3, 4], 'saved'],
  [{ kind: 'saved', from: 0, until: 1 }, [], 'saved long ago'],
  [{ kind: 'size', above: 1_000, below: infinite }, [3], 'size'],
  [{ kind: 'modseq', least: 1_000_000 }, [], 'modseq'],
  [{ kind: 'sent', from: 0, until: 1 }, [1, 2], 'the day in the zone of who wrote, though it was the next in UTC'],
  [{ kind: 'sent', from: 1, until: 2 }, [3], 'no Date: the day it was received'],
  [{ kind: 'sent', from: 2, until: infinite }, [4], 'the day in the zone of who wrote'],
  [header('from', 'CLÉMENCE'), [1], 'decoded, in any case of letters'],
  [header('from', 'clemence'), [], 'an accent is no decoration'],
  [header('from', 'équipe'), [4], 'a group'],
  [header('subject', 'conseil'), [1, 4], 'each field of that name'],
  [header('subject', ''), [1, 2, 3, 4], 'a field that is there'],
  [header('cc', ''), [2], 'a field that is there'],
  [header('to', 'gall, marie" <m@'), [1], 'the whole field'],
  [header('x-rare', ''), [1, 3], 'a field that is not kept'],
  [header('x-rare', 'ÉTÉ'), [1], 'and its text'],
  [conseil, [1, 2, 4], 'anywhere'],
  [{ kind: 'text', where: 'body', text: 'conseil' }, [2], 'in the body'],
  [{ kind: 'not', of: { kind: 'and', of: [conseil, header('subject', 'conseil'), seen] } }, [2, 3], 'all together'],
];

const orders: readonly (readonly [orders: readonly Order[], places: readonly number[]])[] = [
  [[{ by: 'received', isReverse: false }], [3, 2, 1, 4]],
  [[{ by: 'received', isReverse: true }], [4, 1, 2, 3]],
  [[{ by: 'sent', isReverse: false }], [2, 1, 3, 4]],
  [[{ by: 'subject', isReverse: false }], [4, 3, 1, 2]],
  [[{ by: 'from', isReverse: false }], [3, 1, 2, 4]],
  [[{ by: 'displayFrom', isReverse: false }], [3, 2, 1, 4]],
  [[{ by: 'to', isReverse: false }], [4, 2, 3, 1]],
  [[{ by: 'displayTo', isReverse: false }], [4, 2, 3, 1]],
  [
    [
      { by: 'cc', isReverse: true },
      { by: 'size', isReverse: true },
    ],
    [2, 3, 1, 4],
  ],
];

forEachDatabase((name, databaseUrl, folder) => {
  describe(`searching a mailbox on ${name}`, () => {
    const options = { databaseUrl, blobsUrl: `file:${folder}/blobs` };
    let store: Store;
    let search: Search;
    let accountId: AccountId;
    let mailboxId: MailboxId;
    let view: MailboxView;
    const append = async (some: readonly Letter[]): Promise<void> => {
      for (const { head, body, keywords, receivedAt } of some) {
        const message = await ingest(store, Buffer.from([...head, '', body ?? '', ''].join('\r\n')));
        const placement = {
          accountId,
          mailbox: { kind: 'role', role: 'inbox' },
          keywords: keywordsOf(keywords ?? []),
          receivedAt: asMilliseconds(receivedAt),
        } as const;
        await appendMany(store, operator, [{ message, placements: [placement] }]);
      }
    };
    before(async () => {
      store = await openStore(options);
      search = startSearch(store, options, { isIndexing: true });
      const tenantId: TenantId = await addTenant(store, operator, { slug: 'x', name: 'X' });
      await addDomain(store, operator, { tenantId, name: 'x.example' });
      ({ accountId } = await addFunctionalAccount(store, operator, { tenantId, name: 'Boîte', email: 'b@x.example' }));
      await append(letters);
      const { mailboxes } = await listMailboxes(store, operator, accountId);
      mailboxId = mailboxes.find(({ role }) => role === 'inbox')?.id ?? asId<MailboxId>(0);
      view = await openView(store, operator, accountId, mailboxId);
    });
    after(async () => {
      await search.close();
      await store.close();
    });
    const find = async (criterion: Criterion): Promise<readonly number[]> => {
      const places = await findPlaces(store, operator, takeSight(view), criterion);
      return Array.from(places, (place) => place + 1);
    };

    it('each criterion finds what it says', async () => {
      for (const [criterion, found, because] of table) {
        assert.deepEqual(await find(criterion), found, `${because}: ${JSON.stringify(criterion)}`);
      }
    });

    it('an email and a thread are found by their ids', async () => {
      const id = view.columns.emailIds[1] ?? 0;
      assert.deepEqual(await find({ kind: 'email', id }), [2]);
      assert.deepEqual(await find({ kind: 'thread', id: -1 }), []);
    });

    it('places are put in the order asked for', async () => {
      const sight = takeSight(view);
      const places = await findPlaces(store, operator, sight, { kind: 'all' });
      for (const [order, expected] of orders) {
        const sorted = await sortPlaces(store, operator, sight, places, order);
        assert.deepEqual(
          Array.from(sorted, (place) => place + 1),
          expected,
          JSON.stringify(order),
        );
      }
    });

    it('what came since is searched, sorted and threaded, and what left is found no more', async () => {
      const old = takeSight(view);
      const letter = { head: ['Subject: aaa', 'References: <1@x>', 'Cc: x@x.example'], receivedAt: 2 * day };
      await append([letter]);
      view = await openView(store, operator, accountId, mailboxId);
      assert.deepEqual(await find(header('subject', 'aaa')), [5]);
      const sight = takeSight(view);
      const places = Uint32Array.of(0, 1, 4);
      const sorted = await sortPlaces(store, operator, sight, places, [{ by: 'subject', isReverse: false }]);
      assert.deepEqual([...sorted], [4, 0, 1]);
      const threads = await threadPlaces(store, operator, sight, places, 'references');
      assert.deepEqual(threads, [
        {
          place: 0,
          children: [
            { place: 1, children: [] },
            { place: 4, children: [] },
          ],
        },
      ]);
      const lost = takeSight(view, Uint32Array.of(...old.uids, 999), 5);
      assert.deepEqual([...(await findPlaces(store, operator, lost, { kind: 'all' }))], [0, 1, 2, 3]);
    });

    it('a stranger is told of no mailbox', async () => {
      const stranger: Actor = {
        kind: 'person',
        tenantId: asId<TenantId>(1),
        personId: asId<PersonId>(99_999),
        by: 'password',
        scopes: ['mail'],
        from: '127.0.0.1',
      };
      await assert.rejects(
        findPlaces(store, stranger, takeSight(view), { kind: 'all' }),
        (error) => error instanceof Refusal,
      );
    });
  });
});
