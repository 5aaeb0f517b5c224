/** What everybody is told: announcements, maintenance from its banner to its end, help without login. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkAccessibility, openHouse, phone, type House, visit } from './harness.ts';
import type { LabAccount } from '#tools/lab.ts';
import { atWork, goTo } from './mailPage.ts';

let house: House;
let admin: LabAccount;
let claire: LabAccount;
before(async () => {
  house = await openHouse({ isDemo: false });
  [admin, claire] = [await house.lab.addAccount('nadia'), await house.lab.addAccount('claire')];
  await house.lab.pli(['role', 'grant', 'nadia', 'platform', '--reason', 'essai']);
});
after(() => house.close());

test('an announcement shows at once to whom it concerns, until they have read it', async () => {
  const reader = await atWork(house, claire);
  const { page, leave } = await goTo(house, admin, '/console/announcements');
  await page.getByRole('button', { name: 'Nouvelle annonce' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Publier' }).click();
  await dialog.getByText('Écrivez l’annonce.').waitFor();
  await dialog.getByRole('textbox', { name: 'Texte en français' }).fill('Coupure du réseau lundi à 18 h.');
  await dialog.getByRole('radio', { name: 'Urgent' }).check({ force: true });
  await dialog.getByRole('checkbox', { name: 'Aussi sur la page de connexion' }).check();
  await dialog.getByRole('checkbox', { name: /dire qu’il l’a lue/ }).check();
  await checkAccessibility(page);
  await dialog.getByRole('button', { name: 'Publier' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'Coupure du réseau' });
  await row.getByText(/Affichée, Urgent, Tout le monde/).waitFor();
  const told = reader.page.getByRole('alert').filter({ hasText: 'Coupure du réseau lundi' });
  await told.waitFor();
  await checkAccessibility(reader.page);
  await told.getByRole('button', { name: 'J’ai lu' }).click();
  await told.waitFor({ state: 'detached' });
  await row.getByRole('button', { name: /^Qui l’a lue/ }).click();
  await dialog.getByText(/^1 personnes? sur \d+ ont dit l’avoir lue/).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await checkAccessibility(page);

  const visitor = await visit(house, phone);
  await visitor.page.getByRole('alert').filter({ hasText: 'Coupure du réseau lundi' }).waitFor();
  await checkAccessibility(visitor.page);
  await visitor.leave();
  await row.getByRole('button', { name: /^Retirer/ }).click();
  await dialog.getByRole('button', { name: 'Retirer' }).click();
  await row.getByText(/^Retirée/).waitFor();
  await leave();
  await reader.leave();
});

test('in a maintenance what is written waits, a closed house says so, and all goes on when it opens', async () => {
  const { page: desk, leave } = await goTo(house, admin, '/console/maintenance');
  const reader = await atWork(house, claire);
  reader.expectComplaint(/503|WebSocket|EventSource|ERR_/);
  const plan = async (mode: string): Promise<void> => {
    await desk.getByRole('button', { name: 'Prévoir une maintenance' }).click();
    const dialog = desk.getByRole('dialog');
    await dialog.getByRole('radio', { name: mode }).check({ force: true });
    await dialog.getByRole('textbox', { name: 'Motif' }).fill('Mise à jour');
    await dialog.getByRole('button', { name: 'Prévoir une maintenance' }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  const end = async (): Promise<void> => {
    await desk.getByRole('button', { name: 'Terminer' }).click();
    const dialog = desk.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Motif' }).fill('Fini');
    await dialog.getByRole('button', { name: 'Terminer' }).click();
    await desk.getByText('Tout est ouvert').waitFor();
  };
  await plan('Lecture seule');
  const { page } = reader;
  await page.getByText(/^Maintenance en cours : vous pouvez lire/).waitFor();
  const status = await visit(house);
  await status.page.goto('/status');
  await status.page.getByRole('heading', { name: 'Maintenance : lecture seule' }).waitFor();
  await checkAccessibility(status.page);
  const answer = await status.page.request.get('/status.json');
  assert.match(await answer.text(), /"state":"readOnly"/);
  await end();
  await page.getByText(/^Maintenance en cours/).waitFor({ state: 'detached' });

  await plan('Service fermé');
  await checkAccessibility(desk);
  await page.getByText(/^La messagerie est fermée pour maintenance/).waitFor();
  await page.goto('/');
  await page.getByRole('heading', { name: 'Maintenance en cours' }).waitFor();
  await checkAccessibility(page);
  await status.page.goto('/login');
  await status.page.getByText(/^La messagerie est fermée pour maintenance/).waitFor();
  await end();
  await page.getByRole('grid', { name: /^Messages, / }).waitFor();
  await status.leave();
  await reader.leave();
  await leave();
});

test('help stands open to everybody, and what a browser found is read by the support', async () => {
  const visitor = await visit(house, phone);
  await visitor.page.getByRole('link', { name: 'Aide et assistance' }).click();
  await visitor.page.getByRole('heading', { name: 'Personne ne vous demandera jamais votre mot de passe' }).waitFor();
  await visitor.page.getByText('Mon NUMEN n’est pas accepté').click();
  await visitor.page.getByText(/^Le NUMEN a 13 caractères/).waitFor();
  await checkAccessibility(visitor.page);
  await visitor.page.getByRole('link', { name: 'Lancer la vérification' }).click();
  const spoken = visitor.page.getByText(/^[A-HJ-NP-Z2-9]{7}$/);
  await spoken.waitFor();
  await checkAccessibility(visitor.page);
  const code = (await spoken.textContent()) ?? '';
  await visitor.leave();
  const { page, leave } = await atWork(house, admin);
  await page.goto('/console/diagnosis');
  await page.getByRole('textbox', { name: 'Code de diagnostic' }).fill(code.toLowerCase());
  await page.keyboard.press('Enter');
  await page.getByRole('listitem').filter({ hasText: 'Cookies' }).getByText('fonctionne').waitFor();
  await checkAccessibility(page);
  await page.goto('/console/contacts');
  await page.getByRole('button', { name: 'Modifier le contact : Toute l’institution' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Enregistrer' }).click();
  await dialog.getByText(/^Vérifiez le contact/).waitFor();
  await dialog.getByRole('textbox', { name: 'Téléphone' }).fill('03 80 00 00 00');
  await dialog.getByRole('textbox', { name: 'Adresse électronique' }).fill('aide@x.example');
  await checkAccessibility(page);
  await dialog.getByRole('button', { name: 'Enregistrer' }).click();
  await page.getByText(/^1 sur 1 sont complets/).waitFor();
  await leave();
});
