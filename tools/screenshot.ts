/**
 * `npm run screenshot`: docs/images/mail.png, the inbox of the first account of a fresh demonstration academy, as a
 * person sees it after signing in.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openHouse, signIn, visit } from '#e2e/harness.ts';
import { buildClient } from './client.ts';
import { rootPath } from './source/files.ts';

const imagePath = join(rootPath, 'docs/images/mail.png');

await buildClient();
const house = await openHouse();
try {
  const [account] = house.ready.accounts;
  if (!account) throw new Error('The demonstration academy has no account');
  const { page, leave } = await visit(house, { viewport: { width: 1440, height: 900 } });
  await signIn(page, account);
  await page.getByRole('option').or(page.getByRole('row')).first().click();
  await page.waitForLoadState('networkidle');
  mkdirSync(dirname(imagePath), { recursive: true });
  await page.screenshot({ path: imagePath });
  await leave();
} finally {
  await house.close();
}
