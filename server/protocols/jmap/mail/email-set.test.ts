/**
 * Email/set over HTTP. Longer than other files because a case is a whole question with its whole answer, and all of them
 * are put to one house with its mailboxes, opened once for each database.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { operator } from '#server/access/actor.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import {
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

const message = lines('Message-ID: <x@y>', 'From: a@example.org', 'Subject: x', '', 'x');

forEachDatabase((name, databaseUrl) => {
  describe(`Email/set on ${name}`, () => {
    let house: MailHouse;
    let alice: Client;
    let inbox: string;
    let drafts: string;
    before(async () => {
      house = await openMailHouse(databaseUrl);
      alice = clientOf(house, house.alice);
      const roles = await mailboxesByRole(alice);
      inbox = roles['inbox'] ?? '';
      drafts = roles['drafts'] ?? '';
    });
    after(() => house.close());

    const create = async (record: JsonObject): Promise<JsonObject> =>
      created(await alice.call('Email/set', { create: { a: { mailboxIds: { [drafts]: true }, ...record } } }));
    const refusal = async (record: JsonObject): Promise<JsonObject> => {
      const answer = await alice.call('Email/set', {
        create: { a: { mailboxIds: { [drafts]: true }, ...record } },
      });
      return asObject(at(answer['notCreated'], 'a'));
    };
    const get = async (id: Json | undefined, properties: readonly string[], args: JsonObject = {}) =>
      first(await alice.call('Email/get', { ids: [text(id)], properties: [...properties], ...args }));
    const source = async ({ blobId }: JsonObject): Promise<string> =>
      (await alice.fetch(`/jmap/download/${alice.person.jmapAccountId}/${text(blobId)}/m.eml`)).text();

    it('writes a message from texts, an image within and a file, nested as usual', async () => {
      const image = await alice.upload(new Uint8Array([1, 2, 3]));
      const file = await alice.upload('le compte rendu');
      const made = await create({
        keywords: { $draft: true, $Seen: true },
        from: [{ name: 'Alice Martin', email: 'alice.martin@academie.example' }],
        to: [{ email: 'bruno@example.org' }, { name: 'Élodie', email: 'elodie@example.org' }],
        subject: 'Compte rendu du conseil – été',
        sentAt: '2026-11-22T08:30:00+01:00',
        inReplyTo: ['a@b'],
        'header:X-Note:asText': 'à voir',
        'header:X-Many:asText:all': ['un', 'deux'],
        bodyValues: {
          t: { value: 'Bonjour,\nvoici l’été.' },
          h: { value: '<p>Bonjour <img src="cid:i@x"></p>', isTruncated: false },
        },
        textBody: [{ partId: 't', type: 'text/plain' }],
        htmlBody: [{ partId: 'h', type: 'text/html' }],
        attachments: [
          { blobId: image, type: 'image/png', disposition: 'inline', cid: 'i@x', name: 'été.png' },
          { blobId: file, type: 'text/plain', charset: 'utf-8', disposition: 'attachment', name: 'compte rendu.txt' },
        ],
      });
      assert.deepEqual(Object.keys(made).toSorted(), ['blobId', 'id', 'receivedAt', 'size', 'threadId']);
      const octets = await source(made);
      assert.equal(Buffer.byteLength(octets), made['size']);
      assert.match(
        octets,
        /^Message-ID: <[0-9a-f-]{36}@mail\.academie\.example>\r\nDate: Sun, 22 Nov 2026 08:30:00 \+0100\r\n/,
      );
      const got = await get(
        made['id'],
        ['keywords', 'to', 'subject', 'header:X-Many:asText:all', 'bodyStructure', 'bodyValues', 'hasAttachment'],
        { fetchAllBodyValues: true, bodyProperties: ['type', 'name', 'disposition', 'cid'] },
      );
      assert.deepEqual(got['keywords'], { $draft: true, $seen: true });
      assert.deepEqual(got['subject'], 'Compte rendu du conseil – été');
      assert.deepEqual(got['header:X-Many:asText:all'], ['un', 'deux']);
      assert.equal(got['hasAttachment'], true);
      const leaf = { name: null, disposition: null, cid: null };
      assert.deepEqual(got['bodyStructure'], {
        type: 'multipart/mixed',
        ...leaf,
        subParts: [
          {
            type: 'multipart/alternative',
            ...leaf,
            subParts: [
              { type: 'text/plain', ...leaf },
              {
                type: 'multipart/related',
                ...leaf,
                subParts: [
                  { type: 'text/html', ...leaf },
                  { type: 'image/png', name: 'été.png', disposition: 'inline', cid: 'i@x' },
                ],
              },
            ],
          },
          { type: 'text/plain', name: 'compte rendu.txt', disposition: 'attachment', cid: null },
        ],
      });
      const values = Object.values(asObject(got['bodyValues'])).map((value) => at(value, 'value'));
      const expected = ['Bonjour,\nvoici l’été.', '<p>Bonjour <img src="cid:i@x"></p>', 'le compte rendu'];
      assert.deepEqual(new Set(values), new Set(expected));
    });

    it('writes the structure it is given, with parts of other messages', async () => {
      const original = await importOne(
        alice,
        lines(
          'Subject: o',
          'Content-Type: multipart/mixed; boundary=b',
          '',
          '--b',
          '',
          't',
          '--b',
          'Content-Type: image/png',
          'Content-Transfer-Encoding: base64',
          'Content-Disposition: attachment',
          '',
          'AAEC',
          '--b--',
        ),
        { mailboxIds: { [inbox]: true } },
      );
      const { attachments, blobId: whole } = await get(original, ['attachments', 'blobId']);
      const made = await create({
        subject: 'Tr: o',
        bodyValues: { t: { value: 'voir ci-joint' } },
        bodyStructure: {
          type: 'multipart/mixed',
          subParts: [
            { partId: 't', type: 'text/plain', 'header:X-Part:asText': 'oui', language: ['fr'] },
            { blobId: text(at(list(attachments)[0], 'blobId')), type: 'image/png', name: 'a.png' },
            { blobId: text(whole), type: 'message/rfc822' },
          ],
        },
      });
      const octets = await source(made);
      assert.match(octets, /\r\nX-Part: oui\r\n/);
      assert.match(octets, /\r\nAAEC\r\n/);
      const got = await get(made['id'], ['attachments'], { bodyProperties: ['type', 'size', 'name'] });
      assert.deepEqual(got['attachments'], [
        { type: 'image/png', size: 3, name: 'a.png' },
        { type: 'message/rfc822', size: at(list(got['attachments'])[1], 'size'), name: null },
      ]);
    });

    it('writes an empty message, dated now, when nothing is said', async () => {
      const made = await create({});
      const { sentAt, receivedAt, messageId, subject } = await get(made['id'], [
        'sentAt',
        'receivedAt',
        'messageId',
        'subject',
      ]);
      assert.ok(Math.abs(Date.parse(text(sentAt)) - Date.now()) < 60_000);
      assert.equal(receivedAt, made['receivedAt']);
      assert.equal(list(messageId).length, 1);
      assert.equal(subject, null);
      const dated = await create({ receivedAt: '2020-02-29T10:00:00Z' });
      assert.equal((await get(dated['id'], ['receivedAt']))['receivedAt'], '2020-02-29T10:00:00Z');
    });

    const t = { t: { value: 'x' } };
    const faults: readonly { record: JsonObject; properties: readonly string[]; because: string }[] = [
      { record: { mailboxIds: {} }, properties: ['mailboxIds'], because: 'an email is in a mailbox' },
      { record: { mailboxIds: { m999: true } }, properties: ['mailboxIds'], because: 'that exists' },
      { record: { mailboxIds: { inbox: true } }, properties: ['mailboxIds'], because: 'by its id' },
      { record: { keywords: { 'a b': true } }, properties: ['keywords'], because: 'a keyword has no space' },
      { record: { keywords: { $seen: false } }, properties: ['keywords'], because: 'sets hold true' },
      { record: { id: 'e1' }, properties: ['id'], because: 'set by the server' },
      { record: { headers: [] }, properties: ['headers'], because: 'each field is a property (§4.6)' },
      { record: { size: 3, foo: 1 }, properties: ['size', 'foo'], because: 'set by the server; unknown' },
      { record: { subject: 3 }, properties: ['subject'], because: 'a string' },
      { record: { from: [{ name: 'x' }] }, properties: ['from'], because: 'an address has an email' },
      { record: { sentAt: 'yesterday' }, properties: ['sentAt'], because: 'a date' },
      {
        record: { subject: 'a', 'header:Subject:asText': 'b' },
        properties: ['subject', 'header:Subject:asText'],
        because: 'one field twice',
      },
      { record: { 'header:From:asText': 'a' }, properties: ['header:From:asText'], because: 'a form From has not' },
      {
        record: { 'header:Content-Type': 'text/html' },
        properties: ['header:Content-Type'],
        because: 'for parts only',
      },
      { record: { 'header:X': 'a\r\nBcc: b' }, properties: ['header:X'], because: 'would begin another field' },
      { record: { 'header:X:asDate': 'now' }, properties: ['header:X:asDate'], because: 'no date' },
      { record: { 'header:X:asText:all': 'a' }, properties: ['header:X:asText:all'], because: 'all is a list' },
      {
        record: { textBody: [{ partId: 't', type: 'text/plain' }] },
        properties: ['textBody'],
        because: 'no such value',
      },
      {
        record: { bodyValues: t, textBody: [{ partId: 't', type: 'text/html' }] },
        properties: ['textBody'],
        because: 'textBody is text/plain',
      },
      { record: { bodyValues: t, textBody: [] }, properties: ['textBody'], because: 'exactly one' },
      {
        record: {
          bodyValues: t,
          htmlBody: [
            { partId: 't', type: 'text/html' },
            { partId: 't', type: 'text/html' },
          ],
        },
        properties: ['htmlBody'],
        because: 'exactly one',
      },
      {
        record: { bodyValues: t, bodyStructure: { partId: 't' }, textBody: [{ partId: 't' }] },
        properties: ['textBody'],
        because: 'one way or the other',
      },
      {
        record: { subject: 'x', bodyValues: t, bodyStructure: { partId: 't', 'header:Subject': ' y' } },
        properties: ['bodyStructure'],
        because: 'a field given above',
      },
      {
        record: { bodyValues: t, bodyStructure: { partId: 't', blobId: 'Gx' } },
        properties: ['bodyStructure'],
        because: 'text or blob',
      },
      {
        record: { bodyValues: t, textBody: [{ partId: 't', charset: 'latin1' }] },
        properties: ['textBody'],
        because: 'no charset with a text',
      },
      {
        record: { bodyValues: t, textBody: [{ partId: 't', 'header:Content-Transfer-Encoding': 'base64' }] },
        properties: ['textBody'],
        because: 'ours to choose',
      },
      {
        record: { bodyValues: t, textBody: [{ partId: 't', headers: [] }] },
        properties: ['textBody'],
        because: 'fields are properties',
      },
      {
        record: { bodyValues: { t: { value: 'x', isTruncated: true } } },
        properties: ['bodyValues'],
        because: 'nothing is cut yet',
      },
      { record: { bodyStructure: { type: 'multipart/mixed' } }, properties: ['bodyStructure'], because: 'of nothing' },
    ];
    for (const { record, properties, because } of faults) {
      it(`refuses ${JSON.stringify(record).slice(0, 70)}: ${because}`, async () => {
        const said = await refusal(record);
        assert.equal(said['type'], 'invalidProperties', JSON.stringify(said));
        assert.deepEqual(new Set(list(said['properties'])), new Set(properties));
      });
    }

    it('names the blobs it does not find, those of other people among them', async () => {
      const theirs = await clientOf(house, house.bruno).upload('à Bruno');
      const said = await refusal({
        attachments: [
          { blobId: theirs, type: 'text/plain' },
          { blobId: `G${'x'.repeat(43)}`, type: 'text/plain' },
        ],
      });
      assert.deepEqual(said, { type: 'blobNotFound', notFound: [theirs, `G${'x'.repeat(43)}`] });
      assert.deepEqual(await refusal({ attachments: [{ blobId: 'nothing', type: 'text/plain' }] }), {
        type: 'blobNotFound',
        notFound: ['nothing'],
      });
    });

    it('has room for a hundred keywords', async () => {
      const keywords = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`k${n}`, true]));
      assert.equal((await refusal({ keywords }))['type'], 'tooManyKeywords');
      const id = await importOne(alice, message, { mailboxIds: { [inbox]: true } });
      const { notUpdated } = await alice.call('Email/set', { update: { [id]: { keywords } } });
      assert.equal(at(notUpdated, id, 'type'), 'tooManyKeywords');
    });

    it('changes keywords and mailboxes by patches and whole', async () => {
      const id = await importOne(alice, message, { mailboxIds: { [inbox]: true }, keywords: { a: true } });
      const update = async (patch: JsonObject) => alice.call('Email/set', { update: { [id]: patch } });
      const answer = await update({ 'keywords/$Seen': true, 'keywords/b': true, 'keywords/a': null });
      assert.deepEqual(answer['updated'], { [id]: null });
      assert.deepEqual((await get(id, ['keywords']))['keywords'], { $seen: true, b: true });
      await update({ keywords: { $flagged: true } });
      assert.deepEqual((await get(id, ['keywords']))['keywords'], { $flagged: true });
      await update({ keywords: null });
      assert.deepEqual((await get(id, ['keywords']))['keywords'], {});
      await update({ [`mailboxIds/${drafts}`]: true, 'mailboxIds/m999': null });
      assert.deepEqual((await get(id, ['mailboxIds']))['mailboxIds'], { [inbox]: true, [drafts]: true });
      await update({ mailboxIds: { [drafts]: true } });
      assert.deepEqual((await get(id, ['mailboxIds']))['mailboxIds'], { [drafts]: true });
      const whole = await get(id, [
        'keywords',
        'mailboxIds',
        'subject',
        'size',
        'receivedAt',
        'header:Subject',
        'from',
      ]);
      assert.deepEqual((await update({ ...whole, keywords: { z: true } }))['updated'], { [id]: null });
    });

    it('refuses to change what cannot change', async () => {
      const id = await importOne(alice, message, { mailboxIds: { [inbox]: true } });
      const cases: readonly { patch: JsonObject; type: string }[] = [
        { patch: { subject: 'other' }, type: 'invalidProperties' },
        { patch: { size: 1 }, type: 'invalidProperties' },
        { patch: { 'header:Subject': ' other' }, type: 'invalidProperties' },
        { patch: { mailboxIds: {} }, type: 'invalidProperties' },
        { patch: { [`mailboxIds/${inbox}`]: null }, type: 'invalidProperties' },
        { patch: { 'mailboxIds/m999': true }, type: 'invalidProperties' },
        { patch: { 'keywords/a b': true }, type: 'invalidProperties' },
        { patch: { 'keywords/a': false }, type: 'invalidProperties' },
        { patch: { 'keywords/a/b': true }, type: 'invalidPatch' },
        { patch: { keywords: {}, 'keywords/a': true }, type: 'invalidPatch' },
        { patch: { foo: 1 }, type: 'invalidProperties' },
      ];
      for (const { patch, type } of cases) {
        const { notUpdated } = await alice.call('Email/set', { update: { [id]: patch } });
        assert.equal(at(notUpdated, id, 'type'), type, JSON.stringify(patch));
      }
      const { notUpdated } = await alice.call('Email/set', { update: { e999: { keywords: {} } } });
      assert.equal(at(notUpdated, 'e999', 'type'), 'notFound');
    });

    it('destroys, and says of those to be destroyed that they are not worth changing', async () => {
      const id = await importOne(alice, message, { mailboxIds: { [inbox]: true } });
      const answer = await alice.call('Email/set', { update: { [id]: { keywords: {} } }, destroy: [id, 'e999'] });
      assert.equal(at(answer['notUpdated'], id, 'type'), 'willDestroy');
      assert.deepEqual(answer['destroyed'], [id]);
      assert.equal(at(answer['notDestroyed'], 'e999', 'type'), 'notFound');
      assert.deepEqual((await alice.call('Email/get', { ids: [id] }))['notFound'], [id]);
    });

    it('changes tell what was made, changed and destroyed since, and Thread/changes the same of threads', async () => {
      const { state } = await alice.call('Email/get', { ids: [] });
      const threads = await alice.call('Thread/get', { ids: [] });
      const [one, two] = [await create({ subject: 'un' }), await create({ subject: 'deux' })];
      await alice.call('Email/set', {
        update: { [text(one['id'])]: { 'keywords/a': true } },
        destroy: [text(two['id'])],
      });
      const changes = await alice.call('Email/changes', { sinceState: text(state) });
      assert.deepEqual([changes['created'], changes['updated'], changes['destroyed']], [[one['id']], [], []]);
      const moved = await alice.call('Thread/changes', { sinceState: text(threads['state']) });
      assert.deepEqual([moved['created'], moved['destroyed']], [[one['threadId']], []]);
      assert.equal(
        await alice.refused('Email/changes', { sinceState: text(state), maxChanges: 0 }),
        'invalidArguments',
      );
    });

    it('imports, with what goes wrong named', async () => {
      const blobId = await alice.upload(message);
      const bad = await alice.upload('\r\n');
      const mailboxIds = { [inbox]: true };
      const answer = await alice.call('Email/import', {
        emails: {
          ok: { blobId, mailboxIds, keywords: { $seen: true }, receivedAt: '2026-01-02T03:04:05Z' },
          again: { blobId, mailboxIds },
          noBlob: { blobId: `G${'x'.repeat(43)}`, mailboxIds },
          noForm: { blobId: 'x', mailboxIds },
          noMailbox: { blobId },
          badMailbox: { blobId, mailboxIds: { m999: true } },
          badKeyword: { blobId, mailboxIds, keywords: { 'a b': true } },
          unknown: { blobId, mailboxIds, subject: 'x' },
          noMessage: { blobId: bad, mailboxIds },
        },
      });
      assert.deepEqual(Object.keys(asObject(answer['created'])), ['ok', 'again']);
      assert.deepEqual(Object.keys(created(answer, 'ok')).toSorted(), ['blobId', 'id', 'size', 'threadId']);
      assert.deepEqual(answer['notCreated'], {
        noBlob: { type: 'invalidProperties', properties: ['blobId'] },
        noForm: { type: 'invalidProperties', properties: ['blobId'] },
        noMailbox: { type: 'invalidProperties', properties: ['mailboxIds'] },
        badMailbox: { type: 'invalidProperties', properties: ['mailboxIds'] },
        badKeyword: { type: 'invalidProperties', properties: ['keywords'] },
        unknown: { type: 'invalidProperties', properties: ['subject'] },
        noMessage: { type: 'invalidEmail', description: 'no header field' },
      });
      const got = await get(created(answer, 'ok')['id'], ['receivedAt', 'keywords']);
      assert.deepEqual([got['receivedAt'], got['keywords']], ['2026-01-02T03:04:05Z', { $seen: true }]);
      assert.equal(
        await alice.refused('Email/import', { ifInState: 'x', emails: { a: { blobId, mailboxIds } } }),
        'stateMismatch',
      );
    });

    it('names mailboxes and emails of the same request by their creation ids', async () => {
      const blobId = await alice.upload(message);
      const answers = await alice.request([
        ['Mailbox/set', { create: { box: { name: 'Au vol' } } }],
        ['Email/import', { emails: { mail: { blobId, mailboxIds: { '#box': true } } } }],
        ['Email/set', { update: { '#mail': { 'keywords/x': true, 'mailboxIds/#box': true } } }],
      ]);
      const id = text(at(answers[1]?.[1], 'created', 'mail', 'id'));
      assert.deepEqual(answers[2]?.[1]['updated'], { [id]: null });
    });

    it('copies to another account under a mandate, and destroys the original where asked', async () => {
      const bruno = clientOf(house, house.bruno);
      const { tenantId } = house;
      await grantMandate(house.store, operator, {
        tenantId,
        accountId: house.bruno.accountId,
        personId: house.alice.personId,
        rights: ['write'],
      });
      const theirInbox = (await mailboxesByRole(bruno))['inbox'] ?? '';
      const id = await importOne(alice, message, { mailboxIds: { [inbox]: true }, keywords: { $flagged: true } });
      const copy = {
        fromAccountId: alice.person.jmapAccountId,
        accountId: bruno.person.jmapAccountId,
        create: {
          a: { id, mailboxIds: { [theirInbox]: true } },
          b: { id: 'e999', mailboxIds: { [theirInbox]: true } },
          c: { id },
          d: { id, mailboxIds: { [theirInbox]: true }, subject: 'x' },
        },
        onSuccessDestroyOriginal: true,
      };
      const [copied, destroyed] = await alice.request([['Email/copy', copy]]);
      assert.equal(copied?.[0], 'Email/copy', JSON.stringify(copied));
      assert.equal(destroyed?.[0], 'Email/set', JSON.stringify(copied));
      assert.deepEqual(destroyed?.[1]['destroyed'], [id]);
      assert.deepEqual(at(copied?.[1], 'notCreated'), {
        b: { type: 'notFound' },
        c: { type: 'invalidProperties', properties: ['mailboxIds'] },
        d: { type: 'invalidProperties', properties: ['subject'] },
      });
      const newId = text(at(copied?.[1], 'created', 'a', 'id'));
      const got = first(
        await bruno.call('Email/get', { ids: [newId], properties: ['keywords', 'mailboxIds', 'subject'] }),
      );
      assert.deepEqual(got, {
        id: newId,
        keywords: { $flagged: true },
        mailboxIds: { [theirInbox]: true },
        subject: 'x',
      });
    });
  });
});
