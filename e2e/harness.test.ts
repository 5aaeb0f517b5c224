import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { Browser } from 'playwright-core';
import { launchChromium } from '#tools/testing/chromium.ts';
import { checkAccessibility, checkThemes, visit, type House } from './harness.ts';

// The watch itself is tested on pages that misbehave: a harness that sees nothing would let every test pass.
const page = (body: string): string =>
  `<!doctype html><html lang="fr"><title>Essai</title><main><h1>Essai</h1>${body}</main>`;
const pages: Readonly<Record<string, string>> = {
  '/': page('<p>Rien à dire.</p>'),
  '/throws': page('<script>throw new Error("perdu")</script>'),
  '/calls': page('<img alt="" src="http://127.0.0.2:9/a.png">'),
  '/unnamed': page('<button></button>'),
  '/strict': page('<p>Strict.</p>'),
  '/themes': page(`<style>[data-theme="dark"] p { color: #222; background: #111 }</style><p>Lisible ?</p><script>
    addEventListener('storage', ({ key }) => { document.documentElement.dataset.theme = JSON.parse(localStorage[key]).theme })
  </script>`),
};

let server: Server;
let browser: Browser;
let house: House;

before(async () => {
  server = createServer((asked, answer) => {
    const policy = asked.url === '/strict' ? { 'content-security-policy': "default-src 'self'" } : {};
    answer.writeHead(asked.url === '/favicon.ico' ? 204 : 200, {
      'content-type': 'text/html; charset=utf-8',
      ...policy,
    });
    answer.end(pages[asked.url ?? '']);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address !== 'string');
  browser = await launchChromium();
  const ready = { url: `http://127.0.0.1:${address.port}`, ports: {}, accounts: [] };
  const nothing = (): Promise<never> => Promise.reject(new Error('There is no server here'));
  const lab = { start: nothing, stop: nothing, kill: nothing, pli: nothing, addAccount: nothing, pid: () => undefined };
  house = { lab, ready, browser, close: () => browser.close() };
});
after(async () => {
  await browser.close();
  server.close();
});

test('a page in order passes, under a strict content policy too', async () => {
  const { page: opened, leave } = await visit(house);
  await checkAccessibility(opened);
  await opened.goto('/strict');
  await checkAccessibility(opened);
  await leave();
});

for (const [path, why] of [
  ['/throws', /thrown: perdu/],
  ['/calls', /third party: http:\/\/127\.0\.0\.2:9\/a\.png/],
] as const) {
  test(`a page that misbehaves is noticed: ${path}`, async () => {
    const { page: opened, leave } = await visit(house);
    await opened.goto(path);
    await assert.rejects(leave(), why);
  });
}

test('a complaint the test provokes itself may pass', async () => {
  const { page: opened, leave, expectComplaint } = await visit(house);
  expectComplaint(/perdu/);
  await opened.goto('/throws');
  await leave();
});

test('a button without a name is noticed', async () => {
  const { page: opened, leave } = await visit(house);
  await opened.goto('/unnamed');
  await assert.rejects(checkAccessibility(opened), /button-name/);
  await leave();
});

test('what cannot be read in one look of three is noticed, and which look it is', async () => {
  const { page: opened, leave } = await visit(house);
  await opened.goto('/themes');
  await checkThemes(opened, ['light', 'contrast']);
  await assert.rejects(checkThemes(opened), ({ message, cause }: Error) => {
    assert.equal(message, 'in dark');
    assert.match(String(cause), /color-contrast/);
    return true;
  });
  await leave();
});
