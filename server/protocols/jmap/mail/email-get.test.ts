import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { JsonObject } from '#formats/jmap/json.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import {
  asObject,
  at,
  type Client,
  clientOf,
  first,
  importOne,
  lines,
  list,
  mailboxesByRole,
  type MailHouse,
  openMailHouse,
  text,
} from './house.testing.ts';

const inner = lines('From: inner@example.org', 'Subject: Dedans', '', 'Le texte de dedans');

const message = lines(
  'Received: from a by b; Sun, 1 Nov 2026 08:00:00 +0100',
  'From: =?utf-8?q?Jos=C3=A9?= <jose@example.org>',
  'Sender: secretariat@example.org',
  'Reply-To: reponses@example.org',
  'To: Les profs: a@example.org, "B, b" <b@example.org>;, c@example.org',
  'Cc: d@example.org',
  'Bcc: e@example.org',
  'Subject: =?iso-8859-1?q?R=E9union?=',
  ' de rentree',
  'Date: Sun, 1 Nov 2026 09:00:00 +0100',
  'Message-ID: <m1@example.org>',
  'In-Reply-To: <m0@example.org>',
  'References: <m-1@example.org> <m0@example.org>',
  'List-Unsubscribe: <https://example.org/u>, <mailto:u@example.org>',
  'X-Twice: un',
  'X-Twice: deux',
  'X-Date: Mon, 2 Nov 2026 10:00:00 +0000',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=o',
  '',
  '--o',
  'Content-Type: multipart/alternative; boundary=i',
  '',
  '--i',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  'X-Part: oui',
  '',
  'Bonjour =C3=A0 tous,',
  'la suite',
  '--i',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Bonjour à <b>tous</b></p>',
  '--i--',
  '--o',
  'Content-Type: image/png; name="plan.png"',
  'Content-Disposition: attachment; filename="plan.png"',
  'Content-Transfer-Encoding: base64',
  'Content-ID: <plan@x>',
  'Content-Language: fr, en',
  'Content-Location: https://example.org/plan',
  '',
  'AAECAwQ=',
  '--o',
  'Content-Type: message/rfc822',
  '',
  inner + '--o--',
);

forEachDatabase((name, databaseUrl) => {
  describe(`Email/get on ${name}`, () => {
    let house: MailHouse;
    let alice: Client;
    let inbox: string;
    let id: string;
    before(async () => {
      house = await openMailHouse(databaseUrl);
      alice = clientOf(house, house.alice);
      inbox = (await mailboxesByRole(alice))['inbox'] ?? '';
      id = await importOne(alice, message, { mailboxIds: { [inbox]: true }, keywords: { $Seen: true, projet: true } });
    });
    after(() => house.close());

    const get = async (properties: readonly string[], args: JsonObject = {}): Promise<JsonObject> =>
      first(await alice.call('Email/get', { ids: [id], properties: [...properties], ...args }));

    it('gives every property the account and the header know', async () => {
      const got = first(await alice.call('Email/get', { ids: [id] }));
      const { blobId, threadId, bodyValues, textBody, htmlBody, attachments, ...rest } = got;
      assert.match(text(blobId), /^G[\w-]{43}$/);
      assert.match(text(threadId), /^t\d+$/);
      assert.deepEqual(bodyValues, {});
      assert.deepEqual([list(textBody).length, list(htmlBody).length, list(attachments).length], [1, 1, 2]);
      assert.deepEqual(rest, {
        id,
        mailboxIds: { [inbox]: true },
        keywords: { $seen: true, projet: true },
        size: Buffer.byteLength(message),
        receivedAt: '2026-11-01T07:00:00Z',
        messageId: ['m1@example.org'],
        inReplyTo: ['m0@example.org'],
        references: ['m-1@example.org', 'm0@example.org'],
        sender: [{ name: null, email: 'secretariat@example.org' }],
        from: [{ name: 'José', email: 'jose@example.org' }],
        to: [
          { name: null, email: 'a@example.org' },
          { name: 'B, b', email: 'b@example.org' },
          { name: null, email: 'c@example.org' },
        ],
        cc: [{ name: null, email: 'd@example.org' }],
        bcc: [{ name: null, email: 'e@example.org' }],
        replyTo: [{ name: null, email: 'reponses@example.org' }],
        subject: 'Réunion de rentree',
        sentAt: '2026-11-01T09:00:00+01:00',
        hasAttachment: true,
        preview: 'Bonjour à tous, la suite',
      });
    });

    const headers: readonly { property: string; value: unknown; because: string }[] = [
      {
        property: 'header:subject',
        value: ' =?iso-8859-1?q?R=E9union?=\r\n de rentree',
        because: 'raw without a form',
      },
      { property: 'header:SUBJECT:asText', value: 'Réunion de rentree', because: 'decoded and unfolded' },
      { property: 'header:X-None', value: null, because: 'there is none' },
      { property: 'header:X-None:all', value: [], because: 'none of all' },
      { property: 'header:X-Twice:asText', value: 'deux', because: 'the last one' },
      { property: 'header:X-Twice:asText:all', value: ['un', 'deux'], because: 'all in order' },
      { property: 'header:X-Date:asDate', value: '2026-11-02T10:00:00Z', because: 'any form for an unknown field' },
      { property: 'header:References:asMessageIds', value: ['m-1@example.org', 'm0@example.org'], because: '' },
      {
        property: 'header:List-Unsubscribe:asURLs',
        value: ['https://example.org/u', 'mailto:u@example.org'],
        because: 'RFC 2369',
      },
      {
        property: 'header:To:asGroupedAddresses',
        value: [
          {
            name: 'Les profs',
            addresses: [
              { name: null, email: 'a@example.org' },
              { name: 'B, b', email: 'b@example.org' },
            ],
          },
          { name: null, addresses: [{ name: null, email: 'c@example.org' }] },
        ],
        because: 'groups kept',
      },
      {
        property: 'header:From:asAddresses',
        value: [{ name: 'José', email: 'jose@example.org' }],
        because: 'as the property from',
      },
    ];
    for (const { property, value, because } of headers) {
      it(`gives ${property}: ${because}`, async () => {
        assert.deepEqual(await get([property]), { id, [property]: value });
      });
    }

    for (const property of ['header:From:asText', 'header:Subject:asNumber', 'header:a b', 'header:', 'nothing']) {
      it(`knows no property ${property}`, async () => {
        assert.equal(await alice.refused('Email/get', { ids: [id], properties: [property] }), 'invalidArguments');
      });
    }

    it('gives all header fields in order', async () => {
      const { headers: fields } = await get(['headers']);
      assert.deepEqual(list(fields)[0], {
        name: 'Received',
        value: ' from a by b; Sun, 1 Nov 2026 08:00:00 +0100',
      });
      assert.equal(list(fields).length, 18);
    });

    it('gives the structure with what is asked of parts', async () => {
      const { bodyStructure } = await get(['bodyStructure'], { bodyProperties: ['partId', 'type', 'size'] });
      assert.deepEqual(bodyStructure, {
        partId: null,
        type: 'multipart/mixed',
        size: at(bodyStructure, 'size'),
        subParts: [
          {
            partId: null,
            type: 'multipart/alternative',
            size: at(list(at(bodyStructure, 'subParts'))[0], 'size'),
            subParts: [
              { partId: '1.1', type: 'text/plain', size: 26 },
              { partId: '1.2', type: 'text/html', size: 29 },
            ],
          },
          { partId: '2', type: 'image/png', size: 5 },
          { partId: '3', type: 'message/rfc822', size: Buffer.byteLength(inner) - 2 },
        ],
      });
    });

    it('gives all of a part, its header fields too', async () => {
      const { attachments } = await get(['attachments']);
      const [image] = list(attachments).map(asObject);
      const { blobId, ...rest } = image ?? {};
      assert.deepEqual(rest, {
        partId: '2',
        size: 5,
        name: 'plan.png',
        type: 'image/png',
        charset: null,
        disposition: 'attachment',
        cid: 'plan@x',
        language: ['fr', 'en'],
        location: 'https://example.org/plan',
      });
      const file = await alice.fetch(`/jmap/download/${alice.person.jmapAccountId}/${text(blobId)}/plan.png`);
      assert.deepEqual([...new Uint8Array(await file.arrayBuffer())], [0, 1, 2, 3, 4]);
      const { textBody } = await get(['textBody'], {
        bodyProperties: ['header:X-Part:asText', 'subParts', 'headers', 'charset'],
      });
      assert.deepEqual(list(textBody), [
        {
          'header:X-Part:asText': 'oui',
          headers: [
            { name: 'Content-Type', value: ' text/plain; charset=utf-8' },
            { name: 'Content-Transfer-Encoding', value: ' quoted-printable' },
            { name: 'X-Part', value: ' oui' },
          ],
          charset: 'utf-8',
          subParts: null,
        },
      ]);
      assert.equal(
        await alice.refused('Email/get', { ids: [id], properties: ['textBody'], bodyProperties: ['shape'] }),
        'invalidArguments',
      );
    });

    it('gives the texts asked for, cut where asked', async () => {
      const plain = { isEncodingProblem: false, isTruncated: false };
      const texts = await get(['bodyValues'], { fetchTextBodyValues: true });
      assert.deepEqual(texts['bodyValues'], { '1.1': { value: 'Bonjour à tous,\nla suite', ...plain } });
      const html = await get(['bodyValues'], { fetchHTMLBodyValues: true });
      assert.deepEqual(html['bodyValues'], { '1.2': { value: '<p>Bonjour à <b>tous</b></p>', ...plain } });
      const all = await get(['bodyValues'], { fetchAllBodyValues: true });
      assert.deepEqual(Object.keys(asObject(all['bodyValues'])), ['1.1', '1.2']);
      const cut = await get(['bodyValues'], { fetchAllBodyValues: true, maxBodyValueBytes: 9 });
      assert.deepEqual(cut['bodyValues'], {
        '1.1': { value: 'Bonjour ', isEncodingProblem: false, isTruncated: true },
        '1.2': { value: '<p>Bonjou', isEncodingProblem: false, isTruncated: true },
      });
      assert.equal(await alice.refused('Email/get', { ids: [id], maxBodyValueBytes: -1 }), 'invalidArguments');
    });

    it('opens a message within a message by its part’s blob', async () => {
      const { attachments } = await get(['attachments'], { bodyProperties: ['blobId', 'type'] });
      const blobId = text(at(list(attachments)[1], 'blobId'));
      const answer = await alice.call('Email/parse', {
        blobIds: [blobId, 'Gnothing', alice.person.jmapAccountId],
        fetchTextBodyValues: true,
        properties: ['id', 'subject', 'from', 'bodyValues', 'textBody', 'receivedAt', 'preview'],
      });
      const parsed = asObject(at(answer['parsed'], blobId));
      assert.deepEqual(
        [parsed['id'], parsed['subject'], parsed['receivedAt'], parsed['preview']],
        [null, 'Dedans', null, 'Le texte de dedans'],
      );
      assert.equal(at(parsed['bodyValues'], '1', 'value'), 'Le texte de dedans');
      assert.deepEqual(answer['notFound'], ['Gnothing', alice.person.jmapAccountId]);
      const innerBlob = text(at(list(parsed['textBody'])[0], 'blobId'));
      const file = await alice.fetch(`/jmap/download/${alice.person.jmapAccountId}/${innerBlob}/x.txt`);
      assert.equal(await file.text(), 'Le texte de dedans');
    });

    it('says what is no message', async () => {
      const blobId = await alice.upload('\r\nno field here');
      const answer = await alice.call('Email/parse', { blobIds: [blobId] });
      assert.deepEqual([answer['parsed'], answer['notParsable'], answer['notFound']], [null, [blobId], null]);
    });

    it('opens a message that was attached in base64, and the files within it', async () => {
      const carried = lines(
        'Subject: Porté',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        '',
        'texte',
        '--b',
        'Content-Type: application/pdf',
        'Content-Disposition: attachment; filename=a.pdf',
        '',
        'PDF',
        '--b--',
      );
      const outer = lines(
        'Subject: Porteur',
        'Content-Type: multipart/mixed; boundary=o',
        '',
        '--o',
        'Content-Type: message/rfc822',
        'Content-Transfer-Encoding: base64',
        '',
        Buffer.from(carried).toString('base64'),
        '--o--',
      );
      const email = await importOne(alice, outer, { mailboxIds: { [inbox]: true } });
      const got = first(await alice.call('Email/get', { ids: [email], properties: ['attachments'] }));
      const blobId = text(at(list(got['attachments'])[0], 'blobId'));
      const { parsed } = await alice.call('Email/parse', { blobIds: [blobId], properties: ['subject', 'attachments'] });
      assert.equal(at(parsed, blobId, 'subject'), 'Porté');
      const file = text(at(list(at(parsed, blobId, 'attachments'))[0], 'blobId'));
      const answer = await alice.fetch(`/jmap/download/${alice.person.jmapAccountId}/${file}/a.pdf`);
      assert.equal(await answer.text(), 'PDF');
    });

    it('puts the attachments of an email into one ZIP', async () => {
      const answer = await alice.fetch(`/jmap/zip/${alice.person.jmapAccountId}/${id}`);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), 'application/zip');
      assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="R_union de rentree.zip"/);
      const octets = Buffer.from(await answer.arrayBuffer());
      assert.equal(octets.subarray(0, 4).toString('latin1'), 'PK\x03\x04');
      for (const file of ['plan.png', 'Dedans.eml']) assert.ok(octets.includes(file), file);
      const one = await alice.fetch(`/jmap/zip/${alice.person.jmapAccountId}/${id}?parts=2`);
      assert.ok(!Buffer.from(await one.arrayBuffer()).includes('Dedans.eml'));
      const others = clientOf(house, house.bruno);
      for (const path of [`${alice.person.jmapAccountId}/e999`, 'a999/e1', 'x/y']) {
        assert.equal((await alice.fetch(`/jmap/zip/${path}`)).status, 404, path);
      }
      assert.equal((await others.fetch(`/jmap/zip/${alice.person.jmapAccountId}/${id}`)).status, 404);
      assert.equal((await alice.fetch(`/jmap/zip/${alice.person.jmapAccountId}/${id}?parts=9`)).status, 404);
    });

    it('says which are not there, and nothing to strangers', async () => {
      const answer = await alice.call('Email/get', { ids: ['e999', 'x', id], properties: ['id'] });
      assert.deepEqual([answer['list'], answer['notFound']], [[{ id }], ['e999', 'x']]);
      const stranger = clientOf(house, house.bruno);
      assert.equal(
        await stranger.refused('Email/get', { accountId: alice.person.jmapAccountId, ids: [id] }),
        'accountNotFound',
      );
      assert.deepEqual((await stranger.call('Email/get', { ids: [id] }))['notFound'], [id]);
    });

    it('gives threads with their emails, oldest first', async () => {
      const reply = lines(
        'Message-ID: <m2@x>',
        'In-Reply-To: <m1@example.org>',
        'Subject: Re: Réunion de rentree',
        '',
        'x',
      );
      const older = await importOne(alice, reply, {
        mailboxIds: { [inbox]: true },
        receivedAt: '2020-01-01T00:00:00Z',
      });
      const { threadId } = await get(['threadId']);
      const answer = await alice.call('Thread/get', { ids: [text(threadId), 't999'] });
      assert.deepEqual(first(answer), { id: threadId, emailIds: [older, id] });
      assert.deepEqual(answer['notFound'], ['t999']);
    });

    it('gives the passport of what no delivery brought, too', async () => {
      const got = first(await alice.call('EmailPassport/get', { ids: [id] }));
      assert.deepEqual(got, { id, arrival: null, stops: [] });
      assert.deepEqual((await alice.call('EmailPassport/get', { ids: ['e999'] }))['notFound'], ['e999']);
    });
  });
});
