/** What a cold visit costs and what the page is allowed: octets, requests, policy. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { rootPath } from '#tools/source/files.ts';
import { openHouse, personOf, signIn, visit, type House } from './harness.ts';

const mostScriptOctets = 200_000;
/** Without the icon, which Chromium asks for again each time the title changes. */
const mostFiles = 18;
/** What is asked in one turn goes in one request: on a slow machine there are more turns, and up to a dozen requests more. */
const mostQuestions = 30;

let house: House;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

test('from nothing to the inbox: at most 200 kB of JavaScript, few requests, all to us', async () => {
  const asked: string[] = [];
  const account = personOf(house);
  // Nowhere at first, so that one hears of the first request too, and of none of a page before.
  const { page, leave } = await visit(house, { at: 'about:blank' });
  page.on('request', (request) => void asked.push(request.url()));
  await page.goto('/');
  await signIn(page, account);
  await page
    .getByRole('grid', { name: /^Messages/ })
    .getByRole('row')
    .nth(3)
    .waitFor();
  const scripts = [...new Set(asked.map((url) => new URL(url).pathname).filter((path) => path.endsWith('.js')))];
  let octets = 0;
  for (const path of scripts) octets += brotliCompressSync(await readFile(join(rootPath, 'web/dist', path))).length;
  assert.ok(scripts.length > 0);
  assert.ok(octets <= mostScriptOctets, `${octets} octets in ${scripts.join(' ')}`);
  const isFile = (url: string): boolean => /\.(?:js|css|svg|woff2?)$/.test(new URL(url).pathname);
  const files = asked.filter((url) => isFile(url) && !url.endsWith('/icon.svg'));
  assert.ok(files.length <= mostFiles, files.join('\n'));
  const questions = asked.filter((url) => !isFile(url));
  assert.ok(questions.length <= mostQuestions, questions.join('\n'));
  await leave();
});

test('the policy of the page allows nothing unsafe and nobody else', async () => {
  const answer = await fetch(house.ready.url);
  const policy = answer.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /base-uri 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  const page = await answer.text();
  assert.doesNotMatch(page, /\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
});

test('what has a digest in its name is kept for ever, the page never', async () => {
  const page = await fetch(house.ready.url);
  assert.equal(page.headers.get('cache-control'), 'no-store');
  const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text()) ?? [];
  assert.ok(script);
  const answer = await fetch(new URL(script, house.ready.url), { headers: { 'accept-encoding': 'br' } });
  assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
  assert.equal(answer.headers.get('content-encoding'), 'br');
});
