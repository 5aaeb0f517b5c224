/**
 * `npm run screenshot`: docs/images/mail.png, the inbox of the first account of a fresh demonstration academy, as a
 * person sees it after signing in.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openHouse, signIn, visit } from '#e2e/harness.ts';
import { buildClient } from './client.ts';
import { rootPath } from './source/files.ts';

/** A conversation of several people, not the newest notice. */
const rowShown = 1;
const settleMs = 2_000;
const imagePath = join(rootPath, 'docs/images/mail.png');

await buildClient();
const house = await openHouse();
try {
  const [account] = house.ready.accounts;
  if (!account) throw new Error('The demonstration academy has no account');
  const { page, leave } = await visit(house, { viewport: { width: 1440, height: 900 } });
  await signIn(page, account);
  await page
    .getByRole('grid', { name: /^Messages, / })
    .getByRole('row')
    .nth(rowShown)
    .click();
  await page.getByRole('article').waitFor();
  // The text of the message comes after its frame; push keeps the network busy for ever.
  await setTimeout(settleMs);
  mkdirSync(dirname(imagePath), { recursive: true });
  await page.screenshot({ path: imagePath });
  await leave();
} finally {
  await house.close();
}
