/** What one asks for and another decides: acts that take two administrators, and more room for one's mail. */
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessibility, checkThemes, getsFocus, openHouse, type House, type Visitor } from './harness.ts';
import { goTo } from './mailPage.ts';

let house: House;
/** Nadia administers the academy, Claude helps in one department: one login each for all of it. */
let nadia: Visitor;
let claude: Visitor;
const visitors: Visitor[] = [];
before(async () => {
  house = await openHouse();
  visitors.push((nadia = await goTo(house, account('nbenali'), '/console/providers')));
  visitors.push((claude = await goTo(house, account('cdupont1'), '/console')));
});
after(async () => {
  try {
    for (const { leave } of visitors) await leave();
  } finally {
    await house.close();
  }
});

function account(key: string) {
  const found = house.ready.accounts.find(({ userName }) => userName === key);
  if (!found) throw new Error(`no ${key}: ${house.ready.accounts.map(({ userName }) => userName).join(' ')}`);
  return found;
}

const dialogOf = (page: Page) => page.getByRole('dialog');

/** What needs a second one is no error: it is said as news, the dialog closes, and one's own requests are a button away. */
async function becomesRequest(page: Page, act: string): Promise<void> {
  // Under the pointer the message stays.
  await page.getByRole('status').getByText('un second administrateur doit valider').hover();
  await dialogOf(page).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Mes demandes', exact: true }).click();
  await getsFocus(page.getByRole('heading', { level: 2, name: 'À approuver' }));
  await page.getByRole('listitem').getByText(act).waitFor();
}

test('a directory is added by one; once two are wanted, what one asks for waits and is said to wait', async () => {
  const { page } = nadia;
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
});

test('a provisional password asked for by support waits for the administrator, who agrees', async () => {
  const found = claude.page.getByRole('region', { name: 'Personnes trouvées' });
  await found.getByRole('link').first().click();
  await claude.page.getByRole('button', { name: 'Mot de passe provisoire' }).click();
  await dialogOf(claude.page).getByRole('textbox', { name: 'Motif' }).fill('Oubli, au téléphone');
  await claude.page.keyboard.press('Enter');
  await claude.page.getByText(/un second administrateur doit valider/).waitFor();

  const { page } = nadia;
  await page.goto('/console');
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
  await dialogOf(claude.page).getByRole('button').last().click();
});

test('more room is asked for, granted for a time, refused with a reason, and each answer comes by letter', async () => {
  const [dialog, said] = [dialogOf(nadia.page), nadia.page.getByRole('status')];
  await nadia.page.goto('/console');
  await nadia.page.getByRole('searchbox', { name: 'Chercher une personne' }).fill('cdupont1');
  const found = nadia.page.getByRole('region', { name: 'Personnes trouvées' });
  await found.getByText('1 personne trouvée').waitFor();
  await found.getByRole('link', { name: 'Claude Dupont' }).click();
  await nadia.page.getByRole('button', { name: 'Changer l’espace' }).click();
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Essai');
  await dialog.getByRole('textbox', { name: 'Espace en Go' }).fill('2');
  await nadia.page.keyboard.press('Enter');
  await said.getByText('L’espace de Claude Dupont est changé.').waitFor();

  const { page } = claude;
  await page.goto('/settings/storage');
  const size = page.getByRole('textbox', { name: 'Espace total souhaité, en Go' });
  const ask = async (wanted: string, why: string): Promise<void> => {
    await size.fill(wanted);
    await page.getByRole('textbox', { name: 'Pourquoi ?' }).fill(why);
    await page.getByRole('button', { name: 'Envoyer la demande' }).press('Enter');
    await page.getByText('En attente de réponse').waitFor();
  };
  await size.fill('1');
  await size.press('Enter');
  await page.getByText('Dites pourquoi vous en avez besoin.').waitFor();
  await getsFocus(size);
  await checkThemes(page, ['light', 'dark']);
  await page.getByLabel('Jusqu’au (facultatif)').fill(`${new Date().getFullYear() + 1}-03-31`);
  await ask('5', 'Photos du chantier');

  await nadia.page.goto('/console/requests');
  await nadia.page.getByText('Motif : Photos du chantier').waitFor();
  await nadia.page.getByRole('button', { name: 'Accepter la demande de Claude Dupont' }).press('Enter');
  const amount = dialog.getByRole('textbox', { name: 'Espace total accordé, en Go' });
  await getsFocus(amount);
  await checkThemes(nadia.page, ['light', 'dark']);
  await amount.fill('4');
  await dialog.getByRole('textbox', { name: 'Un mot pour la personne' }).fill('Pensez à trier');
  await nadia.page.keyboard.press('Enter');
  await said.getByText('La demande de Claude Dupont est acceptée.').waitFor();
  // The page of who asked stood open.
  await page.getByText(/4\sGo accordés jusqu’au .*31 mars/).waitFor();
  await page.getByText(/utilisés sur 4\sGo/).waitFor();

  await ask('9', 'Encore des photos');
  await nadia.page.reload();
  await nadia.page.getByRole('button', { name: 'Refuser la demande de Claude Dupont' }).press('Enter');
  const because = dialog.getByRole('textbox', { name: 'Motif du refus' });
  await getsFocus(because);
  await nadia.page.keyboard.press('Enter');
  await dialog.getByText('Donnez le motif.').waitFor();
  await checkAccessibility(nadia.page);
  await because.fill('Pas avant le tri');
  await nadia.page.keyboard.press('Enter');
  await said.getByText('La demande de Claude Dupont est refusée.').waitFor();
  await page.getByText('Réponse : Pas avant le tri').waitFor();

  await page.goto('/');
  for (const answer of ['acceptée', 'refusée'])
    await page.getByRole('row', { name: new RegExp(`Votre demande d’espace est ${answer}`) }).waitFor();
});
