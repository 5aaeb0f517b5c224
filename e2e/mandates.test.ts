/** The page of delegations. Its verbs are held by server/access/mandate*.test.ts and jmap/access/mandate.test.ts. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkAccessibility, openHouse, phone, type House } from './harness.ts';
import { atWork } from './mailPage.ts';
import type { LabAccount } from '#tools/lab.ts';

let house: House;
let lea: LabAccount;
before(async () => {
  house = await openHouse({ isDemo: false });
  lea = await house.lab.addAccount('lea');
});
after(() => house.close());

test('the page holds on a telephone in the dark', async () => {
  const { page, leave } = await atWork(house, lea, { ...phone, colorScheme: 'dark' });
  await page.goto('/settings/mandates');
  await page.getByRole('heading', { level: 1, name: 'Délégations' }).waitFor();
  await checkAccessibility(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} px too wide`);
  await leave();
});
