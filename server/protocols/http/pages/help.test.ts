/** Help without login: contacts by department, guides, and a report of the browser under a short code. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { readDiagnosis } from '#server/diagnosis/report.ts';
import { changeContact } from '#server/directory/contact.ts';
import { addUnits } from '#server/directory/unit.ts';
import { createUnit } from '#server/directory/arrange-unit.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { type HttpServer, openTestHouse, type TestHouse } from '#tools/testing/house.ts';

import { helpRoutes } from './help.ts';
import { helpWords } from './help-words.ts';

let store: Store;
let house: TestHouse;
let server: HttpServer;
before(async () => {
  const folder = temporaryFolder();
  store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
  house = await openTestHouse(store);
  server = await house.start([helpRoutes]);
});
after(async () => {
  await server.close();
  await store.close();
});

const page = async (path: string) => {
  const answer = await fetch(`${server.url}${path}`);
  assert.equal(answer.status, 200);
  return { text: await answer.text(), policy: answer.headers.get('content-security-policy') ?? '' };
};

test('contacts stand under their department, those of units without one of their own do not, and no script runs', async () => {
  const { tenantId } = house;
  assert.ok((await page('/aide')).text.includes(helpWords.fr.noContacts));
  const fields = { kind: 'dsden', name: 'DSDEN <21>', isPublic: true, department: '21' } as const;
  const dsden = await createUnit(store, operator, tenantId, { ...fields, code: null, parentId: null });
  await addUnits(store, operator, tenantId, [{ kind: 'service', code: 'muet', name: 'Service muet' }]);
  const contact = { name: '', phone: '03 80 00 00 00', email: 'aide@x.example', hours: '', web: 'https://x.example/' };
  await changeContact(store, operator, tenantId, dsden, contact);
  const { text, policy } = await page('/aide');
  assert.match(text, /Département 21/);
  assert.ok(text.includes('DSDEN &lt;21&gt;') && text.includes('href="tel:0380000000"'));
  assert.ok(!text.includes('Service muet'));
  assert.ok(!policy.includes('script-src'));
  for (const { title } of helpWords.fr.list) assert.ok(text.includes(title.replaceAll("'", '&#39;')), title);
});

test('both languages have the same guides, each with as many steps', () => {
  const shape = (language: 'fr' | 'en') => helpWords[language].list.map(({ steps }) => steps.length);
  assert.deepEqual(shape('fr'), shape('en'));
});

test('a report is left under a code, of a page of ours alone, and bounded', async () => {
  assert.ok((await page('/aide/diagnostic')).policy.includes("script-src 'self'"));
  const leave = (body: string, origin?: string) =>
    fetch(`${server.url}/aide/diagnostic`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(origin !== undefined && { origin }) },
      body,
    });
  const answer = await leave('{"cookies":true,"autre":1}', server.url);
  assert.equal(answer.status, 200);
  const { code } = (await answer.json()) as { code: string };
  assert.deepEqual((await readDiagnosis(store, operator, house.tenantId, code)).findings, { cookies: true });
  assert.equal((await leave('{}', 'https://ailleurs.example')).status, 403);
  assert.equal((await leave(JSON.stringify({ page: 'x'.repeat(10_000) }))).status, 413);
});
