/** What an administrator may say of a provider, and where it may lead us. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { operator, type PersonActor } from '#server/access/actor.ts';
import { login } from '#server/access/login.ts';
import { grantRole } from '#server/access/role.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { readCasAnswer, readCasLogout } from './cas/response.ts';
import { addProvider, changeProvider, listProviders, removeProvider } from './providers.ts';
import { providerReach } from './reach.ts';
import { readSettings } from './settings.ts';
import { ownPath } from './under-way.ts';

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the providers of a tenant on ${name}`, () => {
    let store: Store;
    let test: TestHouse;
    let admin: PersonActor;
    before(async () => {
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      test = await openTestHouse(store);
      const { tenantId, alice } = test;
      await grantRole(store, operator, { tenantId, personId: alice.personId, kind: 'tenant', reason: 'essai' });
      const named = { userName: alice.userName, password: alice.password };
      ({ actor: admin } = await login(store, { ...named, remoteAddress: '127.0.0.1', userAgent: 'test' }));
    });
    after(() => store.close());

    const settings = { issuer: 'https://idp.example', clientId: 'pli' };

    it('an administrator adds, changes and removes; the secret is sealed, and nobody is led inside but by the operator', async () => {
      const { tenantId } = test;
      const given = { kind: 'oidc', name: 'Guichet', secret: 'très secret', settings } as const;
      const { id } = await addProvider(store, admin, tenantId, given);
      const [kept] = await listProviders(store, admin, tenantId);
      assert.ok(kept?.secret && !kept.secret.includes('secret'));
      const inside = { settings: { mayReachInside: true } };
      await assert.rejects(changeProvider(store, admin, tenantId, id, inside), { reason: 'invalidProperties' });
      await changeProvider(store, operator, tenantId, id, inside);
      // What the operator let in stays so while its address does.
      await changeProvider(store, admin, tenantId, id, { name: 'Guichet unique' });
      const moved = { settings: { issuer: 'https://10.0.0.1' } };
      await assert.rejects(changeProvider(store, admin, tenantId, id, moved), { reason: 'invalidProperties' });
      const plain = { settings: { issuer: 'http://idp.example', mayReachInside: false } };
      await assert.rejects(changeProvider(store, admin, tenantId, id, plain), { reason: 'invalidProperties' });
      await removeProvider(store, admin, tenantId, id);
      assert.deepEqual(await listProviders(store, admin, tenantId), []);
    });
  });
});

it('a provider leads nowhere inside, but to the very host the operator typed', async () => {
  const outside = providerReach(readSettings('oidc', { issuer: 'https://idp.example', clientId: 'x' }));
  for (const url of ['http://idp.example/', 'https://127.0.0.1/', 'https://[::1]/', 'https://10.0.0.1/', 'file:///x'])
    assert.throws(() => outside(url), { name: 'ProviderFault' }, url);
  await assert.rejects(outside('https://localhost:1/'), /not a public address/);
  const typed = { issuer: 'http://127.0.0.1:9', clientId: 'x', mayReachInside: true };
  const inside = providerReach(readSettings('oidc', typed));
  assert.throws(() => inside('http://127.0.0.1:10/'), { name: 'ProviderFault' });
  await assert.rejects(inside('http://127.0.0.1:9/'), /ECONNREFUSED/);
});

it('a CAS server is read to the letter', () => {
  const cas = (content: string, head = ''): string =>
    `${head}<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">${content}</cas:serviceResponse>`;
  const success = (content: string): string => cas(`<cas:authenticationSuccess>${content}</cas:authenticationSuccess>`);
  assert.deepEqual(
    readCasAnswer(success('<cas:user>a</cas:user><cas:attributes><cas:g>x</cas:g><cas:g>y</cas:g></cas:attributes>')),
    { kind: 'success', user: 'a', attributes: { g: ['x', 'y'] } },
  );
  const failed = cas('<cas:authenticationFailure code="INVALID_TICKET">no</cas:authenticationFailure>');
  assert.deepEqual(readCasAnswer(failed), { kind: 'failure', code: 'INVALID_TICKET' });
  for (const text of [
    success('<cas:user>a</cas:user><cas:user>b</cas:user>'),
    success('<user xmlns="urn:other">a</user>'),
    success('<cas:user>&e;</cas:user>'),
    cas('', '<!DOCTYPE x [<!ENTITY e "a">]>'),
    success(`<cas:user>${'a'.repeat(3000)}</cas:user>`),
    success('<cas:x>'.repeat(30) + '</cas:x>'.repeat(30)),
    'x',
    '',
  ])
    assert.equal(readCasAnswer(text), undefined, text.slice(0, 80));
  assert.equal(readCasLogout('<x/>'), undefined);
});

it('only a path of ours is gone back to', () => {
  for (const path of ['/', '/search?q=a', '/u/a1/m2']) assert.equal(ownPath(path), path);
  for (const path of ['//x', '/\\x', 'x', 'https://x/', '/a\nb', '', `/${'a'.repeat(3000)}`])
    assert.equal(ownPath(path), '/');
});
