/** By the portal of the demonstration: in on the page that was asked for, out there and here, and told why where one is not let in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkAccessibility, openHouse, personOf, visit, type House } from './harness.ts';

let house: House;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

const way = { name: 'Continuer avec Cerbère (démonstration)' };

test('the portal lets somebody in on the page they asked for, and leaving it leaves the mail too', async () => {
  const { page, leave, expectComplaint } = await visit(house);
  // What the page of the mail asks once its session is over.
  expectComplaint(/status of 401/);
  const account = personOf(house);
  await page.goto('/search?q=bulletin');
  await page.getByRole('link', way).waitFor();
  await checkAccessibility(page);
  await page.getByRole('link', way).press('Enter');
  await page.getByRole('heading', { name: 'Cerbère (démonstration)' }).waitFor();
  await page.getByText('ce portail est fictif').waitFor();
  await checkAccessibility(page);
  await page.getByLabel('Identifiant').fill(account.userName);
  await page.getByLabel('Mot de passe').fill('faux');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('incorrect').waitFor();
  await page.getByLabel('Identifiant').fill(account.userName);
  await page.getByLabel('Mot de passe').fill(account.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Recherche : bulletin' }).waitFor();
  assert.match(page.url(), /\/search\?q=bulletin$/);

  // The portal is left in another tab, and this one hears of it.
  const portal = await page.context().newPage();
  await portal.goto('/portail-demo/logout');
  await portal.getByText('Vous avez quitté le portail, et la messagerie avec lui.').waitFor();
  await portal.close();
  await page.reload();
  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
  await leave();
});

test('leaving the mail offers to leave the portal, on a telephone and by keys', async () => {
  const { page, leave } = await visit(house, { viewport: { width: 390, height: 780 } });
  const account = personOf(house);
  await page.getByRole('link', way).click();
  await page.getByLabel('Identifiant').fill(account.userName);
  await page.getByLabel('Mot de passe').fill(account.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  await page.getByRole('button', { name: /^Compte/ }).click();
  await page.getByRole('menuitem', { name: 'Se déconnecter' }).click();
  const out = page.getByRole('link', { name: 'Quitter aussi Cerbère (démonstration)' });
  await out.waitFor();
  await out.press('Enter');
  await page.getByText('Vous avez quitté le portail').waitFor();
  await page.getByRole('link', { name: 'Retour à la messagerie' }).press('Enter');
  await page.getByRole('link', way).click();
  await page.getByLabel('Mot de passe').waitFor();
  await leave();
});

test('an answer that this browser did not ask for is refused in words', async () => {
  const { page, leave } = await visit(house);
  await page.goto('/login?sso=none');
  await page.getByRole('alert').getByText('Cette connexion a expiré').waitFor();
  await leave();
});
