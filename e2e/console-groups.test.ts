/** Groups and tokens of other directories: made, filled by completion, and ended, by an administrator of the academy. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  becomeMany,
  checkAccessibility,
  checkThemes,
  eventually,
  getsFocus,
  openHouse,
  personOf,
  type House,
  type Visitor,
} from './harness.ts';
import { goTo } from './mailPage.ts';

let house: House;
/** Nadia administers the academy: one login for both screens. */
let nadia: Visitor;
before(async () => {
  house = await openHouse();
  nadia = await goTo(house, personOf(house, 2), '/console/groups');
});
after(async () => {
  try {
    await nadia.leave();
  } finally {
    await house.close();
  }
});

async function fits(page: Page): Promise<void> {
  const [wide, room] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  assert.ok(wide <= room, `${wide} in ${room}`);
}

test('a group is made, filled by the keyboard with people, a group and a unit, and removed with a reason', async () => {
  const { page } = nadia;
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
  /** How many people the group reaches. */
  const reached = page.locator('dl > div').filter({ hasText: 'Personnes jointes en tout' }).getByRole('definition');

  await make('Équipe ébène');
  await join('garnier', 'Hélène Garnier');
  await join('claire dup', 'Claire Dupont');
  await make('Conseil');
  await page.getByRole('definition').getByText('conseil@').waitFor();
  await join('equipe eb', 'Équipe ébène');
  await reached.getByText('2', { exact: true }).waitFor();

  const adding = page.getByRole('button', { name: 'Ajouter une unité' });
  await adding.press('Enter');
  await dialog.getByText('qui la quitte en sort').waitFor();
  await dialog.getByRole('button', { name: 'Ajouter l’unité' }).press('Enter');
  await dialog.getByRole('alert').getByText('Choisissez une unité.').waitFor();
  const unit = dialog.getByRole('combobox', { name: 'Unité' });
  const college = unit.locator('option').filter({ hasText: 'Collège Jean-Moulin' });
  await college.waitFor({ state: 'attached' });
  await unit.selectOption(await college.getAttribute('value'));
  await checkAccessibility(page);
  await dialog.getByRole('button', { name: 'Ajouter l’unité' }).press('Enter');
  await getsFocus(adding);
  const row = members.getByRole('listitem').filter({ hasText: 'Unité : tous ceux qui en sont ou qui en dépendent' });
  await row.getByRole('link', { name: 'Collège Jean-Moulin' }).waitFor();
  await eventually(async () => assert.ok(Number(await reached.textContent()) > 2));
  await page.getByText('Toutes les personnes jointes').click();
  const everyone = page.getByRole('list', { name: 'Toutes les personnes jointes' });
  await everyone.getByRole('link', { name: 'Hélène Garnier' }).waitFor();
  await checkThemes(page, ['light', 'dark']);
  await fits(page);
  await row.getByRole('button', { name: /^Retirer/ }).press('Enter');
  await reached.getByText('2', { exact: true }).waitFor();
  await becomeMany(everyone.getByRole('listitem'), 2);

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
});

test('a token of another directory is made on a narrow screen, shown once, and revoked', async () => {
  const { page } = nadia;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/console/directories');
  const dialog = page.getByRole('dialog');
  await page.getByText(`${house.ready.url}/scim/v2`).waitFor();
  await checkAccessibility(page);
  await fits(page);
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
  await checkAccessibility(page);
  await row.getByRole('button', { name: 'Retirer le jeton de Annuaire fédérateur' }).click();
  await dialog.getByRole('button', { name: 'Retirer' }).click();
  await page.getByText('Aucun autre annuaire n’écrit ici.').waitFor();
});

test('domains on a narrow screen: what DNS must say opens by the keyboard, and whom to ask for another one', async () => {
  const { page } = nadia;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/console/domains');
  await page.getByText('Seuls les administrateurs de la plateforme ajoutent un domaine').waitFor();
  // She administers the academy and no more: the button would lead to a refusal.
  await becomeMany(page.getByRole('button', { name: 'Ajouter un domaine' }), 0);
  await page.getByText('Demandez-le à qui exploite Pli pour votre institution.').waitFor();
  await page.locator('summary').first().press('Enter');
  await page.getByRole('table').first().waitFor();
  await checkAccessibility(page);
  await fits(page);
});
