/**
 * Whatever one does, in whatever order: the counts and rows that are kept equal a recount from scratch, and a client
 * that follows by /changes and /queryChanges has what a client that asks anew gets.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import {
  asObject,
  at,
  type Client,
  clientOf,
  lines,
  list,
  type MailHouse,
  openMailHouse,
  text,
} from './house.testing.ts';

const steps = 80;
const checkEvery = 20;

/** mulberry32: the same story for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

interface Queried {
  readonly args: JsonObject;
  ids: readonly string[];
  state: string;
  /** Whether queryChanges must be able to tell. */
  readonly isMailbox: boolean;
}

interface Copy {
  state: string;
  readonly ids: Set<string>;
}

const flagDraft = 8;
const flagSeen = 1;

/** What stands in the tables against what follows from email and mailbox_email alone. */
async function recount(store: Store, accountId: number): Promise<void> {
  await read(store, async (tx) => {
    const mailboxes = await rows(tx, tx.q.selectFrom('mailbox').selectAll().where('account_id', '=', accountId));
    const emails = await rows(tx, tx.q.selectFrom('email').selectAll().where('account_id', '=', accountId));
    const places = await rows(tx, tx.q.selectFrom('mailbox_email').selectAll().where('account_id', '=', accountId));
    const threads = await rows(tx, tx.q.selectFrom('thread').selectAll().where('account_id', '=', accountId));
    const shown = await rows(tx, tx.q.selectFrom('mailbox_thread').selectAll().where('account_id', '=', accountId));
    const [account] = await rows(tx, tx.q.selectFrom('account').selectAll().where('id', '=', accountId));
    const byId = new Map(emails.map((email) => [email.id, email]));
    const trash = mailboxes.find((mailbox) => mailbox.role === 'trash')?.id;
    const isUnread = (flags: number) => (flags & (flagSeen | flagDraft)) === 0;

    assert.equal(account?.email_count, emails.length);
    assert.equal(
      account?.used_octets,
      emails.reduce((sum, email) => sum + email.size_octets, 0),
    );
    for (const email of emails)
      assert.ok(
        places.some((place) => place.email_id === email.id),
        'every email is filed',
      );
    for (const place of places) {
      const email = byId.get(place.email_id);
      assert.deepEqual(
        [place.thread_id, place.received_at, place.size_octets, place.flags],
        [email?.thread_id, email?.received_at, email?.size_octets, email?.flags],
      );
      assert.ok(mailboxes.some((mailbox) => mailbox.id === place.mailbox_id && place.uid < mailbox.uid_next));
    }
    const keywords = await rows(tx, tx.q.selectFrom('email_keyword').selectAll().where('account_id', '=', accountId));
    const expectedKeywords = emails.flatMap(({ id, keywords: json }) =>
      (JSON.parse(json) as string[]).map((keyword) => `${id} ${keyword}`),
    );
    assert.deepEqual(new Set(keywords.map((row) => `${row.email_id} ${row.keyword}`)), new Set(expectedKeywords));
    assert.deepEqual(new Set(threads.map(({ id }) => id)), new Set(emails.map((email) => email.thread_id)));

    const expected = new Map<string, string>();
    for (const [key, here] of Map.groupBy(places, (place) => `${place.mailbox_id} ${place.thread_id}`)) {
      const [place] = here;
      if (!place) continue;
      const newest = here.reduce((best, each) =>
        each.received_at > best.received_at || (each.received_at === best.received_at && each.email_id > best.email_id)
          ? each
          : best,
      );
      const inTrash = place.mailbox_id === trash;
      const unread = places.some(
        (each) => each.thread_id === place.thread_id && (each.mailbox_id === trash) === inTrash && isUnread(each.flags),
      );
      expected.set(key, JSON.stringify([newest.email_id, newest.received_at, here.length, unread ? 1 : 0]));
    }
    const found = new Map(
      shown.map((row) => [
        `${row.mailbox_id} ${row.thread_id}`,
        JSON.stringify([row.email_id, row.received_at, row.emails, row.unread]),
      ]),
    );
    assert.deepEqual(found, expected);
    for (const mailbox of mailboxes) {
      const here = places.filter((place) => place.mailbox_id === mailbox.id);
      const rowsHere = shown.filter((row) => row.mailbox_id === mailbox.id);
      assert.deepEqual(
        [
          mailbox.total_emails,
          mailbox.unread_emails,
          mailbox.total_threads,
          mailbox.unread_threads,
          mailbox.size_octets,
        ],
        [
          here.length,
          here.filter((place) => isUnread(place.flags)).length,
          rowsHere.length,
          rowsHere.filter((row) => row.unread === 1).length,
          here.reduce((sum, place) => sum + place.size_octets, 0),
        ],
        `counts of ${mailbox.name}`,
      );
    }
  });
}

/** A mail program that remembers. */
class Follower {
  readonly client: Client;
  readonly copies = new Map<string, Copy>();
  readonly queries: Queried[] = [];

  constructor(client: Client) {
    this.client = client;
  }

  async begin(mailboxIds: readonly string[]): Promise<void> {
    for (const type of ['Email', 'Mailbox', 'Thread']) {
      const { state } = await this.client.call(`${type}/get`, { ids: [] });
      this.copies.set(type, { state: text(state), ids: new Set() });
    }
    for (const inMailbox of mailboxIds) {
      for (const collapseThreads of [false, true]) {
        await this.watch({ filter: { inMailbox }, collapseThreads }, true);
      }
    }
    const sort = [{ property: 'subject' }, { property: 'receivedAt' }];
    await this.watch({ filter: { hasKeyword: '$flagged' }, sort, collapseThreads: false }, false);
    await this.watch({ filter: { notKeyword: 'projet' }, sort, collapseThreads: true }, false);
  }

  async watch(args: JsonObject, isMailbox: boolean): Promise<void> {
    const { ids, queryState } = await this.client.call('Email/query', args);
    this.queries.push({ args, ids: list(ids).map(text), state: text(queryState), isMailbox });
  }

  async follow(type: string, maxChanges: number): Promise<void> {
    const copy = this.copies.get(type);
    if (!copy) return;
    for (let hasMore = true; hasMore;) {
      const page = await this.client.call(`${type}/changes`, { sinceState: copy.state, maxChanges });
      const [created, updated, destroyed] = ['created', 'updated', 'destroyed'].map((name) =>
        list(page[name]).map(text),
      );
      assert.ok([created, updated, destroyed].flat().length <= maxChanges);
      for (const id of created ?? []) copy.ids.add(id);
      for (const id of destroyed ?? []) {
        // Between pages something may come and go that the client never had: it passes over that.
        const isOnPages = copy.state.includes('.');
        assert.ok(copy.ids.has(id) || type === 'Mailbox' || isOnPages, `${id} was known before it was gone`);
        copy.ids.delete(id);
      }
      hasMore = page['hasMoreChanges'] === true;
      copy.state = text(page['newState']);
    }
  }

  async followQuery(query: Queried): Promise<void> {
    const [name, delta] = (
      await this.client.request([
        ['Email/queryChanges', { ...query.args, sinceQueryState: query.state, calculateTotal: true }],
      ])
    )[0] ?? ['', {}];
    const now = await this.client.call('Email/query', query.args);
    const asked = list(now['ids']).map(text);
    if (name === 'error') {
      assert.equal(at(delta, 'type'), 'cannotCalculateChanges', JSON.stringify(delta));
      assert.ok(!query.isMailbox, 'of a mailbox it can always be told');
      query.ids = asked;
    } else {
      const removed = new Set(list(delta['removed']).map(text));
      const ids = query.ids.filter((id) => !removed.has(id));
      for (const entry of list(delta['added']).map(asObject)) ids.splice(Number(entry['index']), 0, text(entry['id']));
      assert.deepEqual(ids, asked, JSON.stringify({ args: query.args, old: query.ids, delta }));
      assert.equal(delta['total'], asked.length);
      assert.equal(delta['newQueryState'], now['queryState']);
      query.ids = ids;
    }
    query.state = text(now['queryState']);
  }
}

forEachDatabase((name, databaseUrl) => {
  describe(`mail on ${name}, whatever one does`, () => {
    let house: MailHouse;
    let alice: Client;
    before(async () => {
      house = await openMailHouse(databaseUrl);
      alice = clientOf(house, house.alice);
    });
    after(() => house.close());

    for (const seed of [1, 2026]) {
      it(`counts, lists and changes hold together (seed ${seed})`, async () => {
        const below = random(seed);
        const { list: found } = await alice.call('Mailbox/get', { ids: null, properties: ['role'] });
        const standard = list(found).map((mailbox) => text(at(mailbox, 'id')));
        const own: string[] = [];
        const blobs: string[] = [];
        for (let n = 0; n < 12; n += 1) {
          // Four conversations of up to three messages each.
          const reply = n >= 4 ? [`In-Reply-To: <${seed}.${n - 4}@x>`] : [];
          const subject = `Subject: ${n >= 4 ? 'Re: ' : ''}${n % 4}`;
          blobs.push(
            await alice.upload(lines(`Message-ID: <${seed}.${n}@x>`, ...reply, subject, '', 'x'.repeat(n * 50))),
          );
        }
        const follower = new Follower(alice);
        await follower.begin(standard.slice(0, 2).concat(standard.slice(-1)));
        const knownEmails = async () =>
          list((await alice.call('Email/query', { sort: [{ property: 'receivedAt' }] }))['ids']).map(text);
        const known = await knownEmails();
        for (const id of known) follower.copies.get('Email')?.ids.add(id);
        for (const id of known) {
          const { list: records } = await alice.call('Email/get', { ids: [id], properties: ['threadId'] });
          follower.copies.get('Thread')?.ids.add(text(at(list(records)[0], 'threadId')));
        }
        const pick = <T>(from: readonly T[]): T | undefined => from[below(Math.max(1, from.length))];
        const somePlaces = (): JsonObject => {
          const all = [...standard, ...own];
          const places = Array.from({ length: 1 + below(2) }, () => pick(all) ?? '');
          return Object.fromEntries(places.map((id) => [id, true]));
        };
        const someKeywords = (): JsonObject =>
          Object.fromEntries(
            ['$seen', '$flagged', '$draft', 'projet'].filter(() => below(3) === 0).map((word) => [word, true]),
          );
        const done: string[] = [];

        const step = async (): Promise<void> => {
          const emails = await knownEmails();
          const some = Array.from({ length: 1 + below(5) }, () => pick(emails)).filter((id) => id !== undefined);
          const update = (patch: () => JsonObject) =>
            alice.call('Email/set', { update: Object.fromEntries(some.map((id) => [id, patch()])) });
          const kind = below(12);
          done.push(String(kind));
          if (kind < 4 || emails.length < 5) {
            const receivedAt = `2026-01-0${1 + below(9)}T00:00:00Z`;
            const email: JsonObject = {
              blobId: pick(blobs) ?? '',
              mailboxIds: somePlaces(),
              keywords: someKeywords(),
              receivedAt,
            };
            await alice.call('Email/import', { emails: { a: email } });
          } else if (kind < 6) {
            const word: Json = pick(['$seen', '$flagged', '$draft', 'projet']) ?? '';
            const isOn = below(2) === 0;
            await update(() => ({ [`keywords/${word}`]: isOn || null }));
          } else if (kind === 6) await update(() => ({ keywords: someKeywords() }));
          else if (kind === 7) await update(() => ({ mailboxIds: somePlaces(), keywords: someKeywords() }));
          else if (kind === 8) {
            const [to, from] = [pick([...standard, ...own]) ?? '', pick(standard) ?? ''];
            await update(() => ({ [`mailboxIds/${to}`]: true, ...(to !== from && { [`mailboxIds/${from}`]: null }) }));
          } else if (kind === 9) await alice.call('Email/set', { destroy: [...new Set(some)] });
          else if (kind === 10) {
            const answer = await alice.call('Mailbox/set', { create: { a: { name: `${seed} ${done.length}` } } });
            own.push(text(at(answer['created'], 'a', 'id')));
          } else {
            const id = own.splice(below(Math.max(1, own.length)), 1)[0];
            if (id !== undefined) await alice.call('Mailbox/set', { destroy: [id], onDestroyRemoveEmails: true });
            else await alice.call('Mailbox/empty', { mailboxId: pick(standard) ?? '' });
          }
        };

        for (let n = 1; n <= steps; n += 1) {
          await step();
          for (const query of follower.queries) if (below(4) === 0) await follower.followQuery(query);
          if (n % checkEvery !== 0) continue;
          const story = `after ${done.join(' ')}`;
          await recount(house.store, house.alice.accountId).catch((error: unknown) => {
            throw new Error(story, { cause: error });
          });
          for (const type of ['Email', 'Mailbox', 'Thread']) await follower.follow(type, 1 + below(7));
          const emails = await knownEmails();
          assert.deepEqual(follower.copies.get('Email')?.ids, new Set(emails), story);
          const { list: records } = await alice.call('Email/get', { ids: emails, properties: ['threadId'] });
          const threads = new Set(list(records).map((record) => text(at(record, 'threadId'))));
          assert.deepEqual(follower.copies.get('Thread')?.ids, threads, story);
          const here = await alice.call('Mailbox/get', { ids: null, properties: ['id'] });
          const mailboxIds = list(here['list']).map((mailbox) => text(at(mailbox, 'id')));
          const copied = follower.copies.get('Mailbox')?.ids ?? new Set();
          for (const id of own) assert.ok(copied.has(id), story);
          for (const id of copied) assert.ok(mailboxIds.includes(id), story);
        }
      });
    }
  });
});
