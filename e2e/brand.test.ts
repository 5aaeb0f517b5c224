/** The looks of an institution: tried and saved in the console, seen at the door and at work, and set back. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkAccessibility, checkThemes, openHouse, phone, type House, visit } from './harness.ts';
import type { LabAccount } from '#tools/lab.ts';
import { goTo } from './mailPage.ts';

let house: House;
let admin: LabAccount;
before(async () => {
  house = await openHouse({ isDemo: false });
  admin = await house.lab.addAccount('nadia');
  await house.lab.pli(['role', 'grant', 'nadia', 'platform', '--reason', 'essai']);
});
after(() => house.close());

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40"><script>alert(1)</script>
  <rect width="40" height="40" rx="6" fill="#7a1f3d"/><path d="M56 10h96v6H56zM56 24h64v6H56z" fill="#1c2127"/></svg>`;
const name = 'Académie de Valmont';

test('an administrator gives the house its name, logo and colours, everybody sees them, and they go again', async () => {
  const { page, leave } = await goTo(house, admin, '/console/brand');
  await page.getByRole('textbox', { name: 'Nom affiché' }).fill(name);
  const light = page.getByRole('textbox', { name: 'Couleur dans l’affichage clair' });
  await light.fill('#7fb2ff');
  await page.getByText('Illisible : contraste 1,79:1 sur le fond le plus difficile, il faut 4,50:1.').waitFor();
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await light.and(page.locator(':focus')).waitFor();
  await light.fill('#7a1f3d');
  await page.getByText(/^Contraste 8,\d\d:1 sur le fond/).waitFor();
  await page.getByRole('textbox', { name: 'Couleur dans l’affichage sombre' }).fill('#f2a6bd');
  const file = { name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(svg) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText('Ce fichier contenait autre chose qu’un dessin, qui n’est pas gardé : script.').waitFor();
  await page.getByRole('figure', { name: 'Aperçu sombre' }).getByRole('img', { name }).waitFor();
  await checkAccessibility(page);
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await page.getByText(/^L’identité est enregistrée/).waitFor();

  const visitor = await visit(house, phone);
  await visitor.page.getByRole('img', { name }).waitFor();
  await visitor.page.waitForFunction(`document.title.endsWith(${JSON.stringify(`— ${name}`)})`);
  const colour = `getComputedStyle(document.documentElement).getPropertyValue('--accent')`;
  assert.equal(await visitor.page.evaluate(colour), '#7a1f3d');
  await checkThemes(visitor.page, ['light', 'dark']);
  assert.equal(await visitor.page.evaluate(colour), '#f2a6bd');
  await visitor.page.goto('/aide');
  await visitor.page.getByRole('img', { name }).waitFor();
  assert.equal(await visitor.page.evaluate(colour), '#7a1f3d');
  await checkAccessibility(visitor.page);
  await visitor.leave();

  await page.reload();
  await page
    .getByRole('link', { name: `${name} — ` })
    .getByRole('img')
    .waitFor();
  await checkAccessibility(page);
  await page.getByRole('button', { name: 'Revenir à l’identité de Pli' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revenir à l’identité de Pli' }).click();
  await page.getByText('L’identité est de nouveau celle de Pli.').waitFor();
  await page.reload();
  await page.getByRole('textbox', { name: 'Nom affiché' }).and(page.locator('[value=""]')).waitFor();
  assert.equal(await page.getByRole('img', { name }).count(), 0);
  await leave();
});
