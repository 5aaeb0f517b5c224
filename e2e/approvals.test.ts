/** Two administrators: what one asks for waits, and is done when the other agrees. */
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessibility, checkThemes, openHouse, type House } from './harness.ts';
import { goTo } from './mailPage.ts';

let house: House;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

function account(key: string) {
  const found = house.ready.accounts.find(({ userName }) => userName === key);
  if (!found) throw new Error(`no ${key}: ${house.ready.accounts.map(({ userName }) => userName).join(' ')}`);
  return found;
}

const dialogOf = (page: Page) => page.getByRole('dialog');

test('a provisional password asked for by support waits for the administrator, who agrees', async () => {
  const nadia = await goTo(house, account('nbenali'), '/console/rules/approvals');
  await nadia.page.getByRole('radio', { name: 'Choisir' }).check();
  await nadia.page.getByRole('checkbox', { name: 'Donner un mot de passe provisoire' }).check();
  await nadia.page.getByRole('button', { name: 'Enregistrer' }).click();
  await nadia.page.getByRole('status').getByText('Les règles sont enregistrées.').waitFor();

  const claude = await goTo(house, account('cdupont1'), '/console');
  const found = claude.page.getByRole('region', { name: 'Personnes trouvées' });
  await found.getByRole('link').first().click();
  await claude.page.getByRole('button', { name: 'Mot de passe provisoire' }).click();
  await dialogOf(claude.page).getByRole('textbox', { name: 'Motif' }).fill('Oubli, au téléphone');
  await claude.page.keyboard.press('Enter');
  await claude.page.getByText(/un second administrateur doit valider/).waitFor();

  const { page } = nadia;
  await page.reload();
  await page.getByRole('link', { name: /À approuver.*1 action à approuver/ }).click();
  await page.getByText('Motif : Oubli, au téléphone').waitFor();
  await checkThemes(page);
  await page.getByRole('button', { name: /^Valider/ }).click();
  await dialogOf(page).getByText('Le journal garde vos deux noms.').waitFor();
  await checkAccessibility(page);
  await dialogOf(page).getByRole('button', { name: 'Valider' }).click();
  await page.getByText('Rien n’attend votre validation.').waitFor();

  await claude.page.goto(`${house.ready.url}/console/approvals`);
  await claude.page.getByRole('radio', { name: 'Mes demandes' }).click({ force: true });
  await claude.page.getByText(/Validée et faite/).waitFor();
  await claude.page.getByRole('button', { name: /Voir le secret/ }).click();
  await dialogOf(claude.page)
    .getByText(/pour vous seul/)
    .waitFor();
  await claude.leave();
  await nadia.leave();
});
