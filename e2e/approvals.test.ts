/** Two administrators: what one asks for waits, and is done when the other agrees. */
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessibility, checkThemes, getsFocus, openHouse, type House } from './harness.ts';
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

/** What needs a second one is no error: it is said as news, the dialog closes, and one's own requests are a button away. */
async function becomesRequest(page: Page, act: string): Promise<void> {
  await page.getByRole('status').getByText('un second administrateur doit valider').waitFor();
  await dialogOf(page).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Mes demandes', exact: true }).click();
  await getsFocus(page.getByRole('heading', { level: 2, name: 'À approuver' }));
  await page.getByRole('listitem').getByText(act).waitFor();
}

test('a directory is added by one; once two are wanted, what one asks for waits and is said to wait', async () => {
  const { page, leave } = await goTo(house, account('nbenali'), '/console/providers');
  const dialog = dialogOf(page);
  const said = page.getByRole('status');
  await page.getByRole('button', { name: 'Ajouter un fournisseur' }).click();
  await dialog.getByRole('combobox', { name: 'Protocole' }).selectOption('Annuaire LDAP');
  await dialog.getByRole('textbox', { name: 'Populations dont il garde les mots de passe' }).fill('parent');
  await checkThemes(page, ['light', 'dark']);
  await dialog.getByRole('textbox', { name: /^Nom de l’annuaire/ }).fill('Annuaire académique');
  const address = dialog.getByRole('textbox', { name: 'Adresse de l’annuaire' });
  await address.fill('https://annuaire.valmont.example');
  await dialog.getByRole('textbox', { name: 'Base de recherche (DN)' }).fill('ou=agents,dc=valmont,dc=example');
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').getByText(/./).waitFor();
  await address.fill('ldaps://annuaire.valmont.example');
  await page.keyboard.press('Enter');
  await said.getByText('C’est enregistré.').waitFor();
  const row = page.getByRole('listitem').filter({ hasText: 'Annuaire académique' });
  await row.getByText('Annuaire LDAP, ouvert').waitFor();

  await page.getByRole('navigation').getByRole('link', { name: 'Règles' }).click();
  await page.getByRole('link', { name: 'Double validation' }).click();
  await page.getByRole('radio', { name: 'Choisir' }).check();
  for (const name of [
    'Donner un mot de passe provisoire',
    'Modifier les fournisseurs d’identité',
    'Modifier les services connectés',
  ])
    await page.getByRole('checkbox', { name }).check();
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await said.getByText('Les règles sont enregistrées.').waitFor();

  await page.getByRole('navigation').getByRole('link', { name: 'Fournisseurs d’identité' }).click();
  await page.getByRole('button', { name: 'Modifier Annuaire académique' }).click();
  await dialog.getByRole('textbox', { name: /^Nom de l’annuaire/ }).fill('Annuaire fédérateur');
  await page.keyboard.press('Enter');
  await becomesRequest(page, 'Modifier un fournisseur d’identité');
  await page.getByRole('navigation').getByRole('link', { name: 'Services connectés' }).click();
  await page.getByRole('button', { name: 'Ajouter un service' }).click();
  await dialog.getByRole('textbox', { name: 'Nom' }).fill('ENT');
  await dialog.getByRole('textbox', { name: 'Adresses de retour' }).fill('https://ent.example/retour');
  await dialog.getByRole('button', { name: 'Enregistrer' }).click();
  await becomesRequest(page, 'Connecter un service');
  await leave();
});

test('a provisional password asked for by support waits for the administrator, who agrees', async () => {
  const claude = await goTo(house, account('cdupont1'), '/console');
  const found = claude.page.getByRole('region', { name: 'Personnes trouvées' });
  await found.getByRole('link').first().click();
  await claude.page.getByRole('button', { name: 'Mot de passe provisoire' }).click();
  await dialogOf(claude.page).getByRole('textbox', { name: 'Motif' }).fill('Oubli, au téléphone');
  await claude.page.keyboard.press('Enter');
  await claude.page.getByText(/un second administrateur doit valider/).waitFor();

  const nadia = await goTo(house, account('nbenali'), '/console');
  const { page } = nadia;
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
