/**
 * Every method of the head, called by somebody who must not: with the account of somebody else, and those of the console
 * with somebody else's people. The walk goes over the registry itself: a method nobody told it how to call fails it.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { forEachDatabase } from '#tools/testing/databases.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';
import { operator } from '#server/access/actor.ts';
import { openSession } from '#server/access/actor.testing.ts';
import { grantRole } from '#server/access/role.ts';
import { Refusal } from '#server/access/refusal.ts';
import { actOnPerson } from '#server/administration/act.ts';
import { startBulk } from '#server/administration/bulk/start.ts';
import { publishAnnouncement } from '#server/announcements/publish.ts';
import { createGroup } from '#server/directory/groups/change.ts';
import { addPerson } from '#server/directory/person.ts';
import { addUnits } from '#server/directory/unit.ts';
import { changePolicy } from '#server/policies/policies.ts';
import { addClient } from '#server/provider/clients.ts';
import { addProvider } from '#server/federation/providers.ts';
import { addScimToken } from '#server/provisioning/tokens.ts';
import { askForQuota } from '#server/quota/ask.ts';
import { changeQuota } from '#server/quota/change.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, PersonId, TenantId, UnitId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { type Store, write } from '#server/store/store.ts';

import { consoleCapability } from './capabilities.ts';
import { accountless, type Args, argumentsOf } from './every-method.testing.ts';
import { jmapHead } from './head.ts';
import { capabilities, registry } from './methods.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`wrong actors on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let server: HttpServer;
    const cookies = new Map<string, { readonly cookie: string; readonly accountId: string }>();
    let victim: { personId: PersonId; accountId: AccountId; email: string };
    let units: readonly UnitId[];
    let roleId = '';
    let bulkId = '';
    let lineId = '';
    let clientId = '';
    let providerId = '';
    let announcementId = '';
    let requestId = '';
    let groupId = '';
    let tokenId = '';
    let approvalId = '';

    const addSomebody = async (key: string, tenantId: TenantId, unitId: UnitId | null) => {
      const password = `mot-de-passe-long-de-${key}`;
      const added = await addPerson(store, operator, {
        tenantId,
        givenName: 'Test',
        familyName: key,
        unitId,
        password,
      });
      const answer = await fetch(`${server.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userName: added.email, password }),
      });
      assert.equal(answer.status, 200);
      const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
      cookies.set(key, { cookie, accountId: `a${added.accountId}` });
      return added;
    };
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      const other = await openTestHouse(store, 'ailleurs');
      server = await test.start([jmapHead()]);
      const { tenantId } = test;
      units = await addUnits(store, operator, tenantId, [
        { kind: 'dsden', code: 'nord', name: 'Nord' },
        { kind: 'dsden', code: 'sud', name: 'Sud' },
      ]);
      const [nord, sud] = units;
      assert.ok(nord && sud);
      await addSomebody('nobody', tenantId, nord);
      const elsewhere = await addSomebody('elsewhere', tenantId, sud);
      const support = await addSomebody('support', tenantId, nord);
      const stranger = await addSomebody('stranger', other.tenantId, null);
      victim = await addSomebody('Zwyczajny', tenantId, nord);
      const why = { reason: 'essai' };
      await grantRole(store, operator, { tenantId, personId: elsewhere.personId, kind: 'unit', unitId: sud, ...why });
      await grantRole(store, operator, { tenantId, personId: support.personId, kind: 'support', unitId: nord, ...why });
      await grantRole(store, operator, {
        ...why,
        tenantId: other.tenantId,
        personId: stranger.personId,
        kind: 'tenant',
      });
      roleId = `r${await grantRole(store, operator, { ...why, tenantId, personId: victim.personId, kind: 'unit', unitId: nord })}`;
      await write(store, (tx) =>
        recordTrace(tx, {
          tenantId,
          actor: operator,
          verb: 'marked',
          at: store.now(),
          accountId: victim.accountId,
          details: { of: victim.personId },
        }),
      );
      const bulk = { tenantId, act: { kind: 'signOut' }, personIds: [victim.personId], names: [] } as const;
      bulkId = `b${await startBulk(store, operator, { ...bulk, reason: 'essai' })}`;
      const theirs = await openSession(store, { tenantId, personId: victim.personId });
      await changeQuota(store, operator, { tenantId, personId: victim.personId }, 1_000_000_000, 'essai');
      const wish = { askedOctets: 2_000_000_000, reason: 'Zwyczajny', until: null };
      requestId = `q${await askForQuota(store, theirs, wish)}`;
      // Somebody of theirs asks for what takes two; the victim is whom it is about, and a name in it.
      await changePolicy(store, operator, tenantId, 'approvals', { acts: ['close'] });
      const head = await addPerson(store, operator, {
        tenantId,
        givenName: 'T',
        familyName: 'Chef',
        unitId: null,
        password: null,
      });
      await grantRole(store, operator, { ...why, tenantId, personId: head.personId, kind: 'tenant' });
      const asker = await openSession(store, { tenantId, personId: head.personId });
      const asked: unknown = await actOnPerson(
        store,
        asker,
        { tenantId, personId: victim.personId },
        { kind: 'close' },
        'essai',
      ).catch((error: unknown) => error);
      assert.ok(asked instanceof Refusal && asked.reason === 'awaitsApproval');
      approvalId = `v${asked.details.existingId}`;
      const { listTrace } = await import('#server/records/trace.ts');
      const client = { name: 'Service de Zwyczajny', isConfidential: true, redirectUris: ['https://x.example/'] };
      clientId = (await addClient(store, operator, tenantId, client)).id;
      const provider = { kind: 'cas', name: 'Zwyczajny', settings: { url: 'https://cas.example' } } as const;
      providerId = `i${(await addProvider(store, operator, tenantId, provider)).id}`;
      const joined = { name: 'Zwyczajny', email: true, unitId: nord } as const;
      const added = [{ kind: 'person', id: victim.personId }] as const;
      groupId = `g${(await createGroup(store, operator, tenantId, { ...joined, added })).id}`;
      tokenId = (await addScimToken(store, operator, tenantId, { name: 'Zwyczajny', unitId: nord })).id;
      const told = { tenantId, isPlatform: false, level: 'info', textFr: 'Zwyczajny' } as const;
      announcementId = `n${(await publishAnnouncement(store, operator, { ...told, audience: { kind: 'unit', unitId: nord } })).id}`;
      lineId = (await listTrace(store, tenantId, { verbs: ['marked'] }))[0]?.id ?? '';
      assert.notEqual(lineId, '');
    });
    after(async () => {
      await server.close();
      await store.close();
    });

    const using = capabilities.map(({ urn }) => urn);
    const call = async (key: string, method: string, args: Args): Promise<readonly [string, Args, string]> => {
      const answer = await fetch(`${server.url}/jmap/api`, {
        method: 'POST',
        headers: {
          cookie: cookies.get(key)?.cookie ?? '',
          'x-pli-client': 'web',
          'content-type': 'application/json',
        },
        body: JSON.stringify({ using, methodCalls: [[method, args, '0']] }),
      });
      const text = await answer.text();
      assert.equal(answer.status, 200, text);
      const { methodResponses }: { methodResponses: [string, Args, string][] } = JSON.parse(text);
      const [response] = methodResponses;
      assert.ok(response);
      return [response[0], response[1], text];
    };
    const tellsNothing = (text: string, why: string): void => {
      for (const secret of ['Zwyczajny', victim.email])
        assert.ok(!text.includes(secret), `${why} tells ${secret}: ${text}`);
    };
    const actors = ['nobody', 'elsewhere', 'stranger', 'support'] as const;
    const ownOf = (key: string): string => cookies.get(key)?.accountId ?? '';

    it('nobody reaches another account by any method', async () => {
      const walked: string[] = [];
      for (const { name: method } of registry.values()) {
        if (accountless.has(method)) continue;
        for (const key of actors) {
          const args = argumentsOf(method, `a${victim.accountId}`, ownOf(key));
          const [answered, said, text] = await call(key, method, args);
          assert.equal(answered, 'error', `${method} by ${key}: ${text}`);
          const type = String(said['type']);
          assert.ok(
            ['accountNotFound', 'fromAccountNotFound'].includes(type),
            `${method} by ${key}: ${type} ${String(said['description'])}`,
          );
          tellsNothing(text, `${method} by ${key}`);
        }
        walked.push(method);
      }
      assert.ok(walked.length > 40);
    });

    /** Methods of the console by somebody on their own account, about the victim. */
    const ofConsole: Readonly<Record<string, (own: string) => readonly Args[]>> = {
      'Person/act': (accountId) =>
        [
          'unlock',
          'resetPassword',
          'resendActivation',
          'signOut',
          'changeQuota',
          'suspend',
          'block',
          'close',
          'reopen',
        ].map((action) => ({
          accountId,
          personId: `p${victim.personId}`,
          action,
          reason: 'x',
        })),
      'BulkAction/get': (accountId) => [
        { accountId, ids: null },
        { accountId, ids: [bulkId] },
      ],
      'BulkAction/set': (accountId) => [{ accountId, update: { [bulkId]: { isStopped: true } } }],
      'Compromise/get': (accountId) => [{ accountId, personId: `p${victim.personId}` }],
      'Compromise/open': (accountId) => [{ accountId, personId: `p${victim.personId}`, reason: 'x' }],
      'Compromise/undo': (accountId) => [{ accountId, personId: `p${victim.personId}`, ids: ['vacation'] }],
      'Compromise/settle': (accountId) => [
        { accountId, personId: `p${victim.personId}`, ids: ['s1'], fate: 'release' },
      ],
      'Compromise/giveBack': (accountId) => [
        { accountId, personId: `p${victim.personId}`, rest: 'release', reason: 'x' },
      ],
      'Person/get': (accountId) => [{ accountId, ids: [`p${victim.personId}`] }],
      'Person/query': (accountId) => [
        { accountId, filter: { text: 'Zwyczajny' } },
        { accountId, filter: { text: victim.email } },
        { accountId, filter: { unitId: `u${units[0]}` } },
        { accountId, filter: { state: 'active' }, anchor: `p${victim.personId}`, anchorOffset: 1 },
      ],
      'Person/addresses': (accountId) => [{ accountId, personId: `p${victim.personId}` }],
      'Person/replaceAddress': (accountId) => [
        { accountId, personId: `p${victim.personId}`, address: 'autre@academie.example', reason: 'x' },
      ],
      'Appointment/list': (accountId) => [{ accountId, personId: `p${victim.personId}` }],
      'Appointment/plan': (accountId) => [
        { accountId, personId: `p${victim.personId}`, unitId: `u${units[1]}`, from: '2026-09-01' },
      ],
      'Appointment/cancel': (accountId) => [{ accountId, personId: `p${victim.personId}`, id: 'y1' }],
      'Group/get': (accountId) => [
        { accountId, ids: [groupId] },
        { accountId, ids: [groupId], properties: ['members', 'writers', 'everyone', 'everyoneCount'] },
      ],
      'Group/query': (accountId) => [
        { accountId, filter: { text: 'Zwyczajny' } },
        { accountId, filter: { text: 'zwyczajny@' } },
        { accountId, filter: { unitId: `u${units[0]}` } },
        { accountId, anchor: groupId, anchorOffset: 1 },
      ],
      'Group/set': (accountId) => [
        { accountId, update: { [groupId]: { name: 'À moi' } } },
        { accountId, update: { [groupId]: { [`memberIds/p${victim.personId}`]: null } } },
        { accountId, update: { [groupId]: { [`writerIds/p${victim.personId}`]: true, senders: 'named' } } },
        { accountId, create: { a: { name: 'Le mien', unitId: `u${units[0]}` } } },
        {
          accountId,
          create: { a: { name: 'Le mien', unitId: `u${units[1]}`, memberIds: { [`p${victim.personId}`]: true } } },
        },
        { accountId, create: { a: { name: 'Le mien', unitId: `u${units[1]}`, memberIds: { [groupId]: true } } } },
        { accountId, destroy: [groupId], reason: 'x' },
      ],
      'ScimToken/get': (accountId) => [
        { accountId, ids: null },
        { accountId, ids: [tokenId] },
      ],
      'ScimToken/set': (accountId) => [
        { accountId, destroy: [tokenId] },
        { accountId, create: { a: { name: 'Le mien', unitId: `u${units[0]}` } } },
      ],
      'QuotaRequest/get': (accountId) => [{ accountId }, { accountId, state: 'granted' }],
      'QuotaRequest/decide': (accountId) => [
        { accountId, id: requestId, action: 'refuse', answer: 'x' },
        { accountId, id: requestId, action: 'grant', octets: 1_000_000 },
      ],
      'Approval/get': (accountId) => [{ accountId }, { accountId, view: 'own' }, { accountId, view: 'decided' }],
      'Approval/decide': (accountId) => [
        { accountId, id: approvalId, action: 'approve' },
        { accountId, id: approvalId, action: 'refuse', answer: 'x' },
        { accountId, id: approvalId, action: 'withdraw' },
      ],
      'Approval/outcome': (accountId) => [{ accountId, id: approvalId }],
      'Domain/get': (accountId) => [{ accountId }],
      'Domain/check': (accountId) => [{ accountId, name: 'academie.example' }],
      'Domain/add': (accountId) => [{ accountId, name: 'autre.example' }],
      'Domain/makeDefault': (accountId) => [{ accountId, name: 'academie.example' }],
      'Domain/remove': (accountId) => [{ accountId, name: 'academie.example' }],
      'Brand/get': (accountId) => [{ accountId }],
      'Brand/change': (accountId) => [{ accountId, set: { displayName: 'Autre' } }],
      'Brand/reset': (accountId) => [{ accountId }],
      'Brand/addHostname': (accountId) => [{ accountId, name: 'mail.autre.example' }],
      'Brand/removeHostname': (accountId) => [{ accountId, name: 'mail.autre.example' }],
      'Policy/get': (accountId) => [{ accountId }],
      'Policy/change': (accountId) => [{ accountId, name: 'passwords', set: { minCharacters: 9 } }],
      'Population/get': (accountId) => [{ accountId }],
      'Population/change': (accountId) => [{ accountId, name: 'staff', set: { hasAppPasswords: false } }],
      'Role/get': (accountId) => [
        { accountId, ids: null },
        { accountId, ids: [roleId] },
      ],
      'Role/set': (accountId) => [
        { accountId, destroy: [roleId], reason: 'x' },
        { accountId, create: { a: { personId: `p${victim.personId}`, kind: 'support', reason: 'x' } } },
        {
          accountId,
          create: { a: { personId: `p${victim.personId}`, kind: 'support', unitId: `u${units[0]}`, reason: 'x' } },
        },
      ],
      'IdentityProvider/get': (accountId) => [
        { accountId, ids: null },
        { accountId, ids: [providerId] },
      ],
      'IdentityProvider/set': (accountId) => [
        { accountId, destroy: [providerId] },
        { accountId, update: { [providerId]: { isEnabled: false } } },
      ],
      'PublishedAnnouncement/get': (accountId) => [
        { accountId, ids: null },
        { accountId, ids: [announcementId] },
      ],
      'PublishedAnnouncement/set': (accountId) => [
        { accountId, destroy: [announcementId] },
        { accountId, update: { [announcementId]: { textFr: 'À moi' } } },
        { accountId, create: { a: { level: 'info', textFr: 'x', unitId: `u${units[0]}` } } },
        { accountId, create: { a: { level: 'info', textFr: 'x', isPlatform: true } } },
      ],
      'PublishedAnnouncement/count': (accountId) => [{ accountId, id: announcementId }],
      'Maintenance/list': (accountId) => [{ accountId }],
      'Diagnosis/read': (accountId) => [{ accountId, code: 'AAAAAAA' }],
      'SupportContact/list': (accountId) => [{ accountId, text: 'nord' }],
      'SupportContact/change': (accountId) => [
        { accountId, unitId: `u${units[0]}`, contact: { phone: '03 80 00 00 00' } },
      ],
      'Maintenance/start': (accountId) => [{ accountId, isPlatform: true, mode: 'closed', reason: 'x' }],
      'Maintenance/end': (accountId) => [{ accountId, isPlatform: true, reason: 'x' }],
      'FederationPolicy/get': (accountId) => [{ accountId }],
      'FederationPolicy/change': (accountId) => [{ accountId, isSamlOpen: true }],
      'Unit/get': (accountId) => [{ accountId, ids: [`u${units[0]}`] }],
      'Unit/query': (accountId) => [
        { accountId, filter: { text: 'nord' } },
        { accountId, filter: { parentId: `u${units[0]}` } },
      ],
      'Unit/set': (accountId) => [
        { accountId, update: { [`u${units[0]}`]: { name: 'À moi' } } },
        { accountId, update: { [`u${units[0]}`]: { parentId: `u${units[1]}` } } },
        { accountId, update: { [`u${units[0]}`]: { isClosed: true } } },
        { accountId, create: { a: { name: 'Annexe', kind: 'service', parentId: `u${units[0]}` } } },
      ],
      'AuditEntry/get': (accountId) => [{ accountId, ids: [lineId] }],
      'OpenidClient/get': (accountId) => [
        { accountId, ids: null },
        { accountId, ids: [clientId] },
      ],
      'OpenidClient/set': (accountId) => [
        { accountId, destroy: [clientId] },
        { accountId, update: { [clientId]: { name: 'À moi', renewSecret: true } } },
      ],
      'AuditEntry/query': (accountId) => [
        { accountId, filter: { personId: `p${victim.personId}` } },
        { accountId, filter: { unitId: `u${units[0]}` } },
        { accountId, filter: { verbs: ['marked'] } },
        { accountId, anchor: lineId, anchorOffset: 1 },
      ],
    };
    /** What support may do where it is at home. */
    const opened = new Set([
      'Person/get',
      'Person/query',
      'Unit/get',
      'Unit/query',
      'Group/get',
      'Person/addresses',
      'Appointment/list',
      'Group/query',
      'Compromise/get',
      'Maintenance/list',
    ]);

    it('nobody reaches people, roles, units or the log outside their subtree by any method of the console', async () => {
      for (const { name: method, capability } of registry.values()) {
        if (capability !== consoleCapability) continue;
        const form = ofConsole[method];
        assert.ok(form, `tell the walk how ${method} is called`);
        for (const key of actors) {
          if (key === 'support' && opened.has(method)) continue;
          for (const args of form(ownOf(key))) {
            const [answered, said, text]: readonly [string, Args, string] = await call(key, method, args);
            const why: string = `${method} ${JSON.stringify(args)} by ${key}: ${text}`;
            if (answered !== 'error') {
              // Whoever has a role gets an answer, in which the victim is not; a /set refuses each record by itself.
              assert.ok(key !== 'nobody' || method.endsWith('/set'), why);
              assert.deepEqual(said['created'] ?? null, null, why);
              assert.deepEqual(said['updated'] ?? null, null, why);
              assert.deepEqual(said['destroyed'] ?? null, null, why);
              const listed = [said['list'] ?? [], said['ids'] ?? []].flat();
              const ids = JSON.stringify(listed);
              for (const secret of [
                `"p${victim.personId}"`,
                `"${roleId}"`,
                `"${bulkId}"`,
                `"u${units[0]}"`,
                `"${providerId}"`,
                `"${announcementId}"`,
                `"${requestId}"`,
                `"${groupId}"`,
                tokenId,
                `"${approvalId}"`,
                lineId,
                clientId,
              ])
                assert.ok(!ids.includes(secret), why);
            } else if (key === 'nobody') assert.equal(said['type'], 'forbidden', why);
            tellsNothing(text, why);
          }
        }
      }
    });

    it('the same people who are not there and who are out of reach get the same answer', async () => {
      const { accountId = '' } = cookies.get('elsewhere') ?? {};
      for (const [method, key] of [
        ['Person/act', 'personId'],
        ['Person/get', 'ids'],
      ] as const) {
        const answers = await Promise.all(
          [`p${victim.personId}`, 'p999999'].map(async (id) => {
            const args: Args =
              key === 'ids' ? { accountId, ids: [id] } : { accountId, personId: id, action: 'signOut', reason: 'x' };
            return (await call('elsewhere', method, args))[2].replaceAll(id, 'ID');
          }),
        );
        assert.equal(answers[0], answers[1]);
      }
    });

    it('the file of an action on many people is its author’s', async () => {
      for (const key of actors) {
        const headers = { cookie: cookies.get(key)?.cookie ?? '', 'x-pli-client': 'web' };
        const answer = await fetch(`${server.url}/jmap/console/bulk?id=${bulkId}`, { headers });
        assert.ok(answer.status === 403 || answer.status === 404, `${key}: ${answer.status}`);
        tellsNothing(await answer.text(), key);
      }
    });

    it('the export of the log asks for the same role', async () => {
      for (const key of actors) {
        const headers = { cookie: cookies.get(key)?.cookie ?? '', 'x-pli-client': 'web' };
        const answer = await fetch(`${server.url}/jmap/console/audit?personId=p${victim.personId}`, { headers });
        assert.ok(answer.status === 403 || answer.status === 404, `${key}: ${answer.status}`);
        tellsNothing(await answer.text(), key);
        const whole = await fetch(`${server.url}/jmap/console/audit?format=jsonl`, { headers });
        tellsNothing(await whole.text(), key);
        assert.equal(whole.status, key === 'nobody' || key === 'support' ? 403 : 200);
      }
    });
  });
});
