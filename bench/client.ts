/** The first minute of a person: the page loaded cold in Chromium, signed in, and the inbox on the screen. */
import { existsSync } from 'node:fs';

import { chromium, type Browser } from 'playwright-core';

import { load } from './lmtp.ts';
import { portOf, type Bench, type House } from './house.ts';
import type { Row } from './measure.ts';

const visits = 10;
const executablePath = '/usr/bin/chromium';
const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

export const client: Bench = {
  name: 'client',
  run: async (house) => {
    if (!existsSync(executablePath)) throw new Error('this bench needs Debian’s chromium: apt-get install chromium');
    const account = await house.lab.addAccount('ouvre');
    await load({ port: portOf(house, 'lmtp'), recipients: [account.email] }, 4_000, house.isQuick ? 200 : 2_000, 8);
    const browser = await chromium.launch({ executablePath, args });
    try {
      const seen: Visit[] = [];
      for (let at = 0; at < visits; at += 1) seen.push(await visit(browser, house, account));
      return rowsOf(seen);
    } finally {
      await browser.close();
    }
  },
};

interface Visit {
  readonly inboxMs: number;
  readonly requests: number;
  readonly octets: number;
}

/** Everything is fetched anew: a context of its own has no cache. */
async function visit(
  browser: Browser,
  house: House,
  account: { readonly userName: string; readonly password: string },
): Promise<Visit> {
  const context = await browser.newContext({ locale: 'fr-FR' });
  const page = await context.newPage();
  let requests = 0;
  let octets = 0;
  page.on('response', (response) => {
    requests += 1;
    void response
      .request()
      .sizes()
      .then(
        (sizes) => (octets += sizes.responseBodySize + sizes.responseHeadersSize),
        () => undefined,
      );
  });
  await page.goto(house.ready.url);
  await page.getByRole('textbox').first().fill(account.userName);
  await page.locator('input[type=password]').fill(account.password);
  const startedAt = performance.now();
  await page.locator('input[type=password]').press('Enter');
  await page
    .getByRole('grid', { name: /^Messages, / })
    .getByRole('row')
    .first()
    .waitFor();
  const inboxMs = performance.now() - startedAt;
  await context.close();
  return { inboxMs, requests, octets };
}

function rowsOf(seen: readonly Visit[]): readonly Row[] {
  const most = (of: (visit: Visit) => number) => Math.max(...seen.map(of));
  return [
    {
      kind: 'latency',
      name: 'password sent to inbox, cold',
      samplesMs: seen.map((each) => each.inboxMs),
      targetMs: 1_000,
    },
    { kind: 'amount', name: 'requests of a cold load', value: most((each) => each.requests), unit: '', atMost: 40 },
    {
      kind: 'amount',
      name: 'octets of a cold load',
      value: most((each) => each.octets) / 1000,
      unit: 'kB',
      atMost: 400,
    },
  ];
}
