import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';

import { coreCapability, mailCapability, pliMailCapability } from '#server/protocols/jmap/capabilities.ts';
import {
  type Arguments,
  asObject,
  at,
  type Client,
  clientOf,
  created,
  first,
  importOne,
  lines,
  list,
  mailboxesByRole,
  type MailHouse,
  openMailHouse,
  text,
} from './house.testing.ts';

const message = lines('From: a@example.org', 'Subject: x', '', 'x');

forEachDatabase((name, databaseUrl) => {
  describe(`Mailbox on ${name}`, () => {
    let house: MailHouse;
    let alice: Client;
    let roles: Readonly<Record<string, string>>;
    before(async () => {
      house = await openMailHouse(databaseUrl);
      alice = clientOf(house, house.alice);
      roles = await mailboxesByRole(alice);
    });
    after(() => house.close());

    const create = async (record: Arguments): Promise<string> =>
      text(created(await alice.call('Mailbox/set', { create: { a: record } }))['id']);
    const nameOf = async (id: string) => first(await alice.call('Mailbox/get', { ids: [id] }))['name'];

    it('a new account has the standard mailboxes, with all that RFC 8621 says of each', async () => {
      const inbox = first(await alice.call('Mailbox/get', { ids: [roles['inbox'] ?? ''] }));
      assert.deepEqual(inbox, {
        id: roles['inbox'],
        name: 'Inbox',
        parentId: null,
        role: 'inbox',
        sortOrder: 10,
        totalEmails: 0,
        unreadEmails: 0,
        totalThreads: 0,
        unreadThreads: 0,
        myRights: {
          mayReadItems: true,
          mayAddItems: true,
          mayRemoveItems: true,
          maySetSeen: true,
          maySetKeywords: true,
          mayCreateChild: true,
          mayRename: false,
          mayDelete: false,
          maySubmit: true,
        },
        isSubscribed: true,
        isFavorite: false,
        color: null,
      });
      assert.deepEqual(Object.keys(roles).toSorted(), ['archive', 'drafts', 'inbox', 'junk', 'sent', 'trash']);
    });

    it('our own properties exist only for who says they know them', async () => {
      const using = [coreCapability, mailCapability];
      const [plain] = await alice.request([['Mailbox/get', { ids: null }]], using);
      assert.equal(at(list(plain?.[1]['list'])[0], 'isFavorite'), undefined);
      const [asked] = await alice.request([['Mailbox/get', { ids: [], properties: ['color'] }]], using);
      assert.deepEqual(asked?.[1]['type'], 'invalidArguments');
      const [set] = await alice.request([['Mailbox/set', { create: { a: { name: 'x', color: '#ff0000' } } }]], using);
      assert.deepEqual(at(set?.[1], 'notCreated', 'a'), { type: 'invalidProperties', properties: ['color'] });
      const [ours] = await alice.request(
        [['Mailbox/set', { create: { a: { name: 'Couleur', color: '#ff0000', isFavorite: true } } }]],
        [...using, pliMailCapability],
      );
      const id = text(at(ours?.[1], 'created', 'a', 'id'));
      const got = first(await alice.call('Mailbox/get', { ids: [id], properties: ['color', 'isFavorite'] }));
      assert.deepEqual(got, { id, color: '#ff0000', isFavorite: true });
    });

    it('a creation answers what the client did not say, and only that', async () => {
      const answer = await alice.call('Mailbox/set', { create: { a: { name: 'Projets', isSubscribed: false } } });
      const made = created(answer);
      assert.deepEqual(Object.keys(made).toSorted(), [
        'color',
        'id',
        'isFavorite',
        'myRights',
        'parentId',
        'role',
        'sortOrder',
        'totalEmails',
        'totalThreads',
        'unreadEmails',
        'unreadThreads',
      ]);
      assert.equal(made['sortOrder'], 0);
      assert.notEqual(answer['oldState'], answer['newState']);
    });

    it('parents and children are made in one call, whatever their order', async () => {
      const answer = await alice.call('Mailbox/set', {
        create: { child: { name: 'Enfant', parentId: '#parent' }, parent: { name: 'Parent' } },
      });
      const parent = text(created(answer, 'parent')['id']);
      const child = first(await alice.call('Mailbox/get', { ids: [text(created(answer, 'child')['id'])] }));
      assert.equal(child['parentId'], parent);
    });

    const refusedCreations: readonly { record: Arguments; error: Arguments; because: string }[] = [
      { record: {}, error: { type: 'invalidProperties', properties: ['name'] }, because: 'a name is needed' },
      { record: { name: '' }, error: { type: 'invalidProperties', properties: ['name'] }, because: 'and not empty' },
      { record: { name: 'a/b' }, error: { type: 'invalidProperties', properties: ['name'] }, because: 'a slash parts' },
      {
        record: { name: 'é'.repeat(246) },
        error: { type: 'invalidProperties', properties: ['name'] },
        because: 'more than 490 octets',
      },
      {
        record: { name: 'x', role: 'inbox' },
        error: { type: 'invalidProperties', properties: ['role'], description: 'another mailbox has this role' },
        because: 'there is an inbox',
      },
      {
        record: { name: 'x', role: 'boss' },
        error: { type: 'invalidProperties', properties: ['role'] },
        because: 'no role',
      },
      {
        record: { name: 'x', parentId: 'm999' },
        error: { type: 'invalidProperties', properties: ['parentId'] },
        because: 'no such parent',
      },
      {
        record: { name: 'x', parentId: '#nobody' },
        error: { type: 'invalidProperties', properties: ['parentId'] },
        because: 'never made',
      },
      {
        record: { name: 'Inbox' },
        error: {
          type: 'invalidProperties',
          properties: ['name'],
          description: 'another mailbox beside it has this name',
        },
        because: 'names are unique among siblings',
      },
      {
        record: { name: 'x', totalEmails: 3, foo: 1 },
        error: { type: 'invalidProperties', properties: ['totalEmails', 'foo'] },
        because: 'set by the server, unknown',
      },
      {
        record: { name: 'x', sortOrder: -1 },
        error: { type: 'invalidProperties', properties: ['sortOrder'] },
        because: 'unsigned',
      },
      {
        record: { name: 'x', color: 'red' },
        error: { type: 'invalidProperties', properties: ['color'] },
        because: 'no colour',
      },
    ];
    for (const { record, error, because } of refusedCreations) {
      it(`refuses to create ${JSON.stringify(record).slice(0, 60)}: ${because}`, async () => {
        const { notCreated, created: made } = await alice.call('Mailbox/set', { create: { a: record } });
        const said = asObject(at(notCreated, 'a'));
        const { description: _, ...rest } = said;
        assert.equal(made, null);
        assert.deepEqual(error['description'] === undefined ? rest : said, error);
      });
    }

    it('renames, moves, subscribes and orders', async () => {
      const id = await create({ name: 'Avant' });
      const parent = await create({ name: 'Dessus' });
      const answer = await alice.call('Mailbox/set', {
        update: { [id]: { name: 'Après', parentId: parent, isSubscribed: false, sortOrder: 7, totalEmails: 0 } },
      });
      assert.deepEqual(answer['updated'], { [id]: null });
      const got = first(
        await alice.call('Mailbox/get', { ids: [id], properties: ['name', 'parentId', 'isSubscribed', 'sortOrder'] }),
      );
      assert.deepEqual(got, { id, name: 'Après', parentId: parent, isSubscribed: false, sortOrder: 7 });
    });

    it('refuses to put a mailbox below itself, and to take the inbox its role', async () => {
      const outer = await create({ name: 'Dehors' });
      const inner = await create({ name: 'Dedans', parentId: outer });
      const answer = await alice.call('Mailbox/set', {
        update: { [outer]: { parentId: inner }, [roles['inbox'] ?? '']: { role: null }, m999: { name: 'x' } },
      });
      assert.deepEqual(at(answer['notUpdated'], outer), { type: 'invalidProperties', properties: ['parentId'] });
      assert.deepEqual(at(answer['notUpdated'], roles['inbox'] ?? ''), {
        type: 'invalidProperties',
        properties: ['role'],
      });
      assert.deepEqual(at(answer['notUpdated'], 'm999'), { type: 'notFound' });
    });

    it('destroys what is empty, children with their parents, and says why not otherwise', async () => {
      const parent = await create({ name: 'P' });
      const child = await create({ name: 'C', parentId: parent });
      const full = await create({ name: 'Plein' });
      await importOne(alice, message, { mailboxIds: { [full]: true } });
      const inbox = roles['inbox'] ?? '';
      const refused = await alice.call('Mailbox/set', { destroy: [parent, full, inbox, 'm999'] });
      assert.equal(at(refused['notDestroyed'], parent, 'type'), 'mailboxHasChild');
      assert.equal(at(refused['notDestroyed'], full, 'type'), 'mailboxHasEmail');
      assert.equal(at(refused['notDestroyed'], inbox, 'type'), 'forbidden');
      assert.equal(at(refused['notDestroyed'], 'm999', 'type'), 'notFound');
      const done = await alice.call('Mailbox/set', { destroy: [parent, child] });
      assert.deepEqual(new Set(list(done['destroyed'])), new Set([parent, child]));
    });

    it('onDestroyRemoveEmails destroys the emails filed nowhere else and leaves the others', async () => {
      const id = await create({ name: 'À jeter' });
      const inbox = roles['inbox'] ?? '';
      const alone = await importOne(alice, message, { mailboxIds: { [id]: true } });
      const shared = await importOne(alice, message, { mailboxIds: { [id]: true, [inbox]: true } });
      const answer = await alice.call('Mailbox/set', { destroy: [id], onDestroyRemoveEmails: true });
      assert.deepEqual(answer['destroyed'], [id]);
      const left = await alice.call('Email/get', { ids: [alone, shared], properties: ['mailboxIds'] });
      assert.deepEqual(left['notFound'], [alone]);
      assert.deepEqual(first(left)['mailboxIds'], { [inbox]: true });
    });

    it('Mailbox/empty takes out everything and tells how much', async () => {
      const id = await create({ name: 'À vider' });
      for (let n = 0; n < 3; n += 1) await importOne(alice, message, { mailboxIds: { [id]: true } });
      const answer = await alice.call('Mailbox/empty', { mailboxId: id });
      assert.equal(answer['removed'], 3);
      const got = first(await alice.call('Mailbox/get', { ids: [id], properties: ['totalEmails'] }));
      assert.equal(got['totalEmails'], 0);
      assert.equal(await alice.refused('Mailbox/empty', { mailboxId: 'm999' }), 'invalidArguments');
      assert.equal(
        await clientOf(house, house.bruno).refused('Mailbox/empty', {
          accountId: house.alice.jmapAccountId,
          mailboxId: id,
        }),
        'accountNotFound',
      );
    });

    it('ifInState holds the hand of who has not seen the last change', async () => {
      const { state } = await alice.call('Mailbox/get', { ids: [] });
      await create({ name: 'Entre-temps' });
      assert.equal(
        await alice.refused('Mailbox/set', { ifInState: text(state), create: { a: { name: 'Trop tard' } } }),
        'stateMismatch',
      );
    });

    it('changes tell counts apart from the rest', async () => {
      const { state } = await alice.call('Mailbox/get', { ids: [] });
      await importOne(alice, message, { mailboxIds: { [roles['inbox'] ?? '']: true } });
      const counts = await alice.call('Mailbox/changes', { sinceState: text(state) });
      assert.deepEqual(counts['updated'], [roles['inbox']]);
      assert.deepEqual(counts['updatedProperties'], ['totalEmails', 'unreadEmails', 'totalThreads', 'unreadThreads']);
      const id = await create({ name: 'Nouveau' });
      await alice.call('Mailbox/set', { update: { [roles['archive'] ?? '']: { sortOrder: 3 } } });
      const all = await alice.call('Mailbox/changes', { sinceState: text(state) });
      assert.deepEqual(all['created'], [id]);
      assert.equal(all['updatedProperties'], null);
      await alice.call('Mailbox/set', { destroy: [id] });
      const gone = await alice.call('Mailbox/changes', { sinceState: text(all['newState']) });
      assert.deepEqual([gone['created'], gone['updated'], gone['destroyed']], [[], [], [id]]);
      assert.equal(await alice.refused('Mailbox/changes', { sinceState: '999999' }), 'cannotCalculateChanges');
      assert.equal(await alice.refused('Mailbox/changes', { sinceState: 'never' }), 'cannotCalculateChanges');
    });

    it('changes come page by page and none is lost', async () => {
      const { state } = await alice.call('Mailbox/get', { ids: [] });
      const answer = await alice.call('Mailbox/set', {
        create: Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`c${n}`, { name: `Page ${n}` }])),
      });
      const made = Object.values(asObject(answer['created'])).map((record) => text(asObject(record)['id']));
      const told: string[] = [];
      for (let since = text(state), hasMore = true; hasMore;) {
        const page = await alice.call('Mailbox/changes', { sinceState: since, maxChanges: 2 });
        told.push(...list(page['created']).map(text));
        hasMore = page['hasMoreChanges'] === true;
        since = text(page['newState']);
      }
      assert.deepEqual(told.toSorted(), made.toSorted());
    });

    describe('query', () => {
      let ids: Readonly<Record<string, string>>;
      before(async () => {
        const answer = await alice.call('Mailbox/set', {
          create: {
            z: { name: 'Zoo', sortOrder: 500 },
            b: { name: 'Bêtes', sortOrder: 501, parentId: '#z', isSubscribed: false },
            a: { name: 'Arbres', sortOrder: 502, parentId: '#z' },
            f: { name: 'fleurs', sortOrder: 503, parentId: '#a' },
          },
        });
        const members = Object.entries(asObject(answer['created']));
        ids = Object.fromEntries(members.map(([key, record]) => [key, text(asObject(record)['id'])]));
      });
      const query = async (args: Arguments) => {
        const keys = new Map(Object.entries(ids).map(([key, id]) => [id, key]));
        const answer = await alice.call('Mailbox/query', args);
        return list(answer['ids']).flatMap((id) => keys.get(text(id)) ?? []);
      };
      const byName = [{ property: 'name' }];

      it('filters and sorts', async () => {
        assert.deepEqual(await query({ sort: byName }), ['a', 'b', 'f', 'z']);
        assert.deepEqual(await query({ sort: [{ property: 'sortOrder', isAscending: false }] }), ['f', 'a', 'b', 'z']);
        assert.deepEqual(await query({ filter: { parentId: ids['z'] ?? '' }, sort: byName }), ['a', 'b']);
        assert.deepEqual(await query({ filter: { name: 'BETES' } }), ['b']);
        assert.deepEqual(await query({ filter: { isSubscribed: false } }), ['b']);
        assert.deepEqual(await query({ filter: { hasAnyRole: true } }), []);
        const not = { operator: 'NOT', conditions: [{ name: 'o' }, { parentId: ids['z'] ?? '' }] };
        assert.deepEqual(await query({ filter: not }), ['f']);
        const inbox = await alice.call('Mailbox/query', { filter: { role: 'inbox' }, calculateTotal: true });
        assert.deepEqual([inbox['ids'], inbox['total']], [[roles['inbox']], 1]);
      });

      it('sorts and filters as a tree', async () => {
        assert.deepEqual(await query({ sort: byName, sortAsTree: true }), ['z', 'a', 'f', 'b']);
        assert.deepEqual(await query({ filter: { isSubscribed: true }, filterAsTree: true, sort: byName }), [
          'a',
          'f',
          'z',
        ]);
        const filter = { operator: 'OR', conditions: [{ name: 'fleurs' }, { name: 'arbres' }] };
        assert.deepEqual(await query({ filter, filterAsTree: true }), []);
        assert.deepEqual(await query({ filter }), ['a', 'f']);
      });

      it('says what it does not know', async () => {
        assert.equal(await alice.refused('Mailbox/query', { filter: { shape: 'round' } }), 'unsupportedFilter');
        assert.equal(await alice.refused('Mailbox/query', { filter: { name: 3 } }), 'invalidArguments');
        assert.equal(await alice.refused('Mailbox/query', { sort: [{ property: 'shape' }] }), 'unsupportedSort');
        assert.equal(await alice.refused('Mailbox/query', { anchor: 'm999' }), 'anchorNotFound');
      });

      it('queryChanges bring an old list up to date when a subtree moves', async () => {
        const args = { sort: byName, sortAsTree: true, filterAsTree: true };
        const old = await alice.call('Mailbox/query', args);
        await alice.call('Mailbox/set', {
          update: { [ids['a'] ?? '']: { parentId: null, name: 'Zzz' } },
          create: { n: { name: 'Neuf', parentId: ids['z'] ?? '' } },
        });
        const delta = await alice.call('Mailbox/queryChanges', { ...args, sinceQueryState: text(old['queryState']) });
        const removed = new Set(list(delta['removed']));
        const now = list(old['ids']).filter((id) => !removed.has(id));
        for (const entry of list(delta['added']).map(asObject))
          now.splice(Number(entry['index']), 0, text(entry['id']));
        assert.deepEqual(now, (await alice.call('Mailbox/query', args))['ids']);
        assert.equal(await nameOf(ids['a'] ?? ''), 'Zzz');
      });
    });
  });
});
