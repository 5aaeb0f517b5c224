/**
 * The house as a visitor finds it: by the host they came by its name, logo, colours, contacts and providers, under
 * policies that let in nothing else; and nothing of anybody's for a host that is nobody's.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { after, before, test } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { changeBrand } from '#server/brand/brand.ts';
import { addHostname } from '#server/brand/hostnames.ts';
import { changeContact } from '#server/directory/contact.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { addUnits } from '#server/directory/unit.ts';
import { helpRoutes } from '#server/protocols/http/pages/help.ts';
import { statusRoutes } from '#server/protocols/http/pages/status.ts';
import type { Web } from '#server/protocols/web.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { type HttpServer, openTestHouse } from '#tools/testing/house.ts';

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" onload="alert(1)"><rect width="40" height="20"/></svg>';

let store: Store;
let server: HttpServer;
before(async () => {
  const folder = temporaryFolder();
  store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
  const house = await openTestHouse(store);
  const { tenantId } = house;
  const otherId = await addTenant(store, operator, { slug: 'ailleurs', name: 'Ailleurs' });
  const contact = { name: 'Assistance', phone: '03 80 00 00 00', email: 'aide@x.example', hours: '', web: '' };
  for (const [id, name] of [
    [tenantId, 'Assistance de Valmont'],
    [otherId, 'Assistance d’Ailleurs'],
  ] as const) {
    await addUnits(store, operator, id, [{ kind: 'service', code: 'siege', name: `Siège ${id}` }]);
    await changeContact(store, operator, id, null, { ...contact, name });
  }
  await addHostname(store, operator, tenantId, 'mail.valmont.example');
  await addHostname(store, operator, otherId, 'mail.ailleurs.example');
  const displayName = 'Rectorat <de> « Valmont »';
  await changeBrand(store, operator, tenantId, { displayName, accentLight: '#7a1f3d', logo: Buffer.from(svg) });
  mkdirSync(`${folder}/client`);
  writeFileSync(
    `${folder}/client/index.html`,
    '<html><head><title>Pli</title></head><body nonce="__CSP_NONCE__"></body></html>',
  );
  const where = (web: Web) => web.app.get('/where', (asked) => ({ baseUrl: web.baseUrl(asked) }));
  server = await house.start([(web) => statusRoutes(web, 'Europe/Paris'), helpRoutes, where], {
    clientFolder: `${folder}/client`,
    publicUrl: 'https://pli.example',
    info: ({ name }) => Promise.resolve({ tenantName: name, isDemonstration: false }),
  });
});
after(async () => {
  await server.close();
  await store.close();
});

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | readonly string[]>;
  readonly text: string;
}

/** fetch() writes its own Host. */
const get = (path: string, host: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { port } = server;
    const asked = request({ host: '127.0.0.1', port, path, headers: { host, 'accept-language': 'fr' } }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(pieces).toString('utf8'),
        }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
const valmont = 'mail.valmont.example';
const escapedName = 'Rectorat &lt;de&gt; « Valmont »';
const inPage = (text: string, form: RegExp) => form.exec(text)?.[1] ?? assert.fail(text.slice(0, 600));

test('the page of a host brings its institution’s name, logo and colours', async () => {
  const { text } = await get('/login', `${valmont}:8443`);
  assert.ok(text.includes(`<meta name="pli-house" content="${escapedName}" data-logo="/brand/logo/`), text);
  const logo = await get(inPage(text, /data-logo="([^"]+)"/), 'whatever.example');
  assert.equal(logo.headers['content-type'], 'image/svg+xml');
  assert.equal(logo.headers['x-content-type-options'], 'nosniff');
  assert.equal(logo.headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'; sandbox");
  assert.match(String(logo.headers['cache-control']), /max-age=31536000, immutable/);
  assert.ok(logo.text.includes('<rect') && !logo.text.includes('onload'));
  const sheet = await get(inPage(text, /<link rel="stylesheet" href="(\/brand\/[0-9a-f]{32}\.css)"/), valmont);
  assert.equal(sheet.headers['content-type'], 'text/css; charset=utf-8');
  assert.ok(sheet.text.includes('--accent:#7a1f3d') && sheet.headers['cache-control']?.includes('immutable'));
});

test('a host that is nobody’s, or is no host, or another’s, brings none of it', async () => {
  for (const host of [
    'nobody.example',
    'mail.ailleurs.example',
    '[::1]:80',
    `${'x'.repeat(400)}.example`,
    'a"><b',
    '@',
  ]) {
    const { text } = await get('/login', host);
    assert.ok(!/valmont|pli-house|\/brand\//i.test(text), `${host}: ${text}`);
  }
  assert.deepEqual(JSON.parse((await get('/auth/info', 'nobody.example')).text).tenantName, 'Pli');
  assert.deepEqual(JSON.parse((await get('/auth/info', 'mail.ailleurs.example')).text).tenantName, 'Ailleurs');
  assert.deepEqual(
    JSON.parse((await get('/auth/info', valmont.toUpperCase())).text).tenantName,
    'Rectorat <de> « Valmont »',
  );
});

test('what is no name of a host is never written into an address, whatever a reader of addresses makes of it', async () => {
  const whereOf = async (host: string) => JSON.parse((await get('/where', host)).text).baseUrl;
  assert.equal(await whereOf(`${valmont}:8443`), `http://${valmont}:8443`);
  for (const host of [
    `evil.example@${valmont}`,
    `${valmont}/evil`,
    `${valmont}?evil`,
    `${valmont}#evil`,
    `${valmont}\\evil`,
  ])
    assert.equal(await whereOf(host), 'https://pli.example', host);
});

test('help and status are of the institution of the host, with its logo’s words and its colours', async () => {
  const help = await get('/aide', valmont);
  assert.ok(help.text.includes(`alt="${escapedName}"`) && help.text.includes('Assistance de Valmont'));
  assert.ok(!help.text.includes('Ailleurs'));
  assert.match(String(help.headers['content-security-policy']), /style-src 'sha256-[^']+' 'self';/);
  const both = await get('/aide', 'nobody.example');
  assert.ok(
    both.text.includes('Assistance de Valmont') &&
      both.text.includes('Assistance d&#39;Ailleurs'.replace('&#39;', '’')),
  );
  assert.ok(!String(both.headers['content-security-policy']).includes("'self' ;") && both.text.includes('<p>Pli</p>'));
  const status = await get('/status', valmont);
  assert.ok(status.text.includes(`alt="${escapedName}"`) && status.text.includes(escapedName));
});

test('addresses that name no logo and no sheet are not there', async () => {
  const hash = 'a'.repeat(64);
  for (const path of [
    `/brand/logo/${hash}.svg`,
    `/brand/logo/${hash}.html`,
    '/brand/logo/..%2f..%2fetc',
    `/brand/${hash.slice(32)}.css`,
    '/brand/',
    '/brand/x.css',
  ])
    assert.equal((await get(path, valmont)).status, 404, path);
  // A logo is not had under the name of the other kind.
  const { text } = await get('/login', valmont);
  const logo = inPage(text, /data-logo="([^"]+)"/);
  assert.equal((await get(logo.replace('.svg', '.png'), valmont)).status, 404);
});
