/** The status page: what it says to people and to programs, and that its own style is the only one its policy lets in. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { endMaintenance, startMaintenance } from '#server/maintenance/change.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { statusRoutes } from './status.ts';

let store: Store;
let house: TestHouse;
let server: HttpServer;
before(async () => {
  const folder = temporaryFolder();
  store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
  house = await openTestHouse(store);
  server = await house.start([(web) => statusRoutes(web, 'Europe/Paris')]);
});
after(async () => {
  await server.close();
  await store.close();
});

const page = async (language: string) => {
  const answer = await fetch(`${server.url}/status`, { headers: { 'accept-language': language } });
  assert.equal(answer.status, 200);
  return { text: await answer.text(), policy: answer.headers.get('content-security-policy') ?? '' };
};
const state = async (): Promise<unknown> => (await fetch(`${server.url}/status.json`)).json();

test('an open house says so in the visitor’s language, under a policy that lets in its own style alone', async () => {
  const { text, policy } = await page('fr-FR');
  assert.match(text, /<html lang="fr"/);
  assert.match(text, /Tout fonctionne/);
  const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? '';
  assert.ok(policy.includes(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`), policy);
  assert.ok(!policy.includes('script-src'));
  assert.match((await page('en-GB,fr;q=0.5')).text, /Everything works/);
  assert.deepEqual(await state(), { state: 'open', maintenance: null, tenants: [] });
});

test('a maintenance is told with its dates and its words, which are text and nothing else', async () => {
  const { tenantId } = house;
  const endsAt = Date.now() + 3_600_000;
  const textFr = '<b>Baie de stockage</b> & réseau';
  await startMaintenance(store, operator, { tenantId, mode: 'readOnly', endsAt, textFr });
  const { text } = await page('fr');
  assert.match(text, /Maintenance : lecture seule/);
  assert.ok(text.includes('&lt;b&gt;Baie de stockage&lt;/b&gt; &amp; réseau'));
  const said = JSON.stringify(await state());
  assert.ok(said.includes('"state":"readOnly"') && said.includes(new Date(endsAt).toISOString()), said);
  await endMaintenance(store, operator, tenantId);
});
