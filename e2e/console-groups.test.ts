/** Groups and tokens of other directories: made, filled by completion, and ended, by an administrator of the academy. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { becomeMany, checkThemes, getsFocus, openHouse, personOf, phone, type House } from './harness.ts';
import { goTo } from './mailPage.ts';

let house: House;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

/** Nadia administers the academy. */
const nadia = () => personOf(house, 2);

async function check(page: Page): Promise<void> {
  await checkThemes(page, ['light', 'dark']);
  const [wide, room] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  assert.ok(wide <= room, `${wide} in ${room}`);
}

test('a group is made, filled by the keyboard with people and a group, and removed with a reason', async () => {
  const { page, leave } = await goTo(house, nadia(), '/console/groups');
  const dialog = page.getByRole('dialog');
  const said = page.getByRole('status');
  const make = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: 'Nouveau groupe' }).click();
    await dialog.getByRole('textbox', { name: 'Nom' }).fill(name);
    await dialog.getByRole('radio', { name: 'Faite du nom' }).check();
    await dialog.getByRole('button', { name: 'Créer le groupe' }).click();
    await getsFocus(page.getByRole('heading', { level: 2, name }));
  };
  const field = page.getByRole('combobox', { name: 'Ajouter une personne ou un groupe' });
  const members = page.getByRole('list', { name: 'Membres', exact: true });
  const join = async (typed: string, name: string): Promise<void> => {
    await field.fill(typed);
    await page.getByRole('option', { name }).first().waitFor();
    await field.press('Enter');
    await members.getByRole('link', { name }).waitFor();
    await getsFocus(field);
  };

  await make('Équipe ébène');
  await join('garnier', 'Hélène Garnier');
  await join('claire dup', 'Claire Dupont');
  await make('Conseil');
  await page.getByRole('definition').getByText('conseil@').waitFor();
  await join('equipe eb', 'Équipe ébène');
  await page.getByText('Toutes les personnes jointes').click();
  const everyone = page.getByRole('list', { name: 'Toutes les personnes jointes' });
  await becomeMany(everyone.getByRole('listitem'), 2);
  await check(page);

  await members.getByRole('link', { name: 'Équipe ébène' }).click();
  await members.getByRole('button', { name: 'Retirer Claire Dupont' }).click();
  await becomeMany(members.getByRole('listitem'), 1);
  await field.fill('conseil');
  await page.getByRole('option', { name: 'Conseil' }).click();
  await said.getByText('Ce groupe ne peut pas en être membre').waitFor();

  await page.getByRole('button', { name: 'Retirer le groupe' }).click();
  await dialog.getByRole('button', { name: 'Retirer le groupe' }).click();
  await dialog.getByText('Dites pourquoi.').waitFor();
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Fin du projet');
  await page.keyboard.press('Enter');
  await said.getByText('Le groupe « Équipe ébène » est retiré.').waitFor();
  await getsFocus(page.getByRole('heading', { level: 2, name: 'Groupes' }));
  await page.getByRole('searchbox', { name: 'Chercher un groupe' }).fill('ebene');
  await page.getByText('Aucun groupe de vos unités ne correspond.').waitFor();
  await leave();
});

test('a token of another directory is made on a telephone, shown once, and revoked', async () => {
  const options = { ...phone, viewport: { width: 390, height: 844 } };
  const { page, leave } = await goTo(house, nadia(), '/console/directories', options);
  const dialog = page.getByRole('dialog');
  await page.getByText(`${house.ready.url}/scim/v2`).waitFor();
  await check(page);
  await page.getByRole('button', { name: 'Nouveau jeton' }).click();
  await dialog.getByRole('textbox', { name: 'Nom de l’annuaire' }).fill('Annuaire fédérateur');
  await dialog.getByRole('button', { name: 'Faire le jeton' }).click();
  const secret = dialog.locator('code');
  await secret.waitFor();
  const token = (await secret.textContent()) ?? '';
  assert.match(token, /^pliscim_/);
  await dialog.getByRole('button', { name: /Copier/ }).waitFor();
  await dialog.getByRole('button', { name: 'C’est copié' }).click();
  await dialog.waitFor({ state: 'detached' });
  const row = page.getByRole('list', { name: 'Jetons' }).getByRole('listitem');
  await row.getByText('N’a encore jamais servi').waitFor();
  await becomeMany(page.getByText(token), 0);

  const answer = await fetch(`${house.ready.url}/scim/v2/Users?count=1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(answer.status, 200);
  await page.reload();
  await row.getByText(/^Servi le .* depuis 127\.0\.0\.1$/).waitFor();
  await check(page);
  await row.getByRole('button', { name: 'Retirer le jeton de Annuaire fédérateur' }).click();
  await dialog.getByRole('button', { name: 'Retirer' }).click();
  await page.getByText('Aucun autre annuaire n’écrit ici.').waitFor();
  await leave();
});
