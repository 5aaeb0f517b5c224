/** Two people and a mandate: offered on one screen, accepted on the other, used, and ended under the other's eyes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessibility, eventually, openHouse, phone, type House } from './harness.ts';
import { atWork, goTo } from './mailPage.ts';
import type { LabAccount } from '#tools/lab.ts';

let house: House;
let claire: LabAccount;
let marc: LabAccount;
let lea: LabAccount;
before(async () => {
  house = await openHouse({ isDemo: false });
  claire = await house.lab.addAccount('claire');
  marc = await house.lab.addAccount('marc');
  lea = await house.lab.addAccount('lea');
});
after(() => house.close());

const atMandates = async (page: Page): Promise<void> => {
  await page.goto('/settings/mandates');
  await page.getByRole('heading', { level: 1, name: 'Délégations' }).waitFor();
  await page.getByRole('combobox', { name: 'À qui' }).waitFor();
};

test('a mailbox is opened to a colleague who accepts, writes for its holder, and loses it the moment it is ended', async () => {
  const holder = await atWork(house, claire);
  const colleague = await atWork(house, marc);
  await atMandates(holder.page);
  await checkAccessibility(holder.page);
  await holder.page.getByText('Personne d’autre que vous').waitFor();
  await holder.page.getByRole('button', { name: 'Proposer' }).click();
  await holder.page.getByText('Choisissez une personne de l’annuaire.').waitFor();
  await holder.page.getByRole('combobox', { name: 'À qui' }).fill(marc.email);
  await holder.page.getByRole('combobox', { name: 'À qui' }).press('Enter');
  await holder.page.getByRole('radio', { name: /Envoyer de ma part/ }).check();
  await holder.page.getByLabel('Motif').fill('congés de Noël');
  await holder.page.getByRole('button', { name: 'Proposer' }).click();
  const given = holder.page.getByRole('region', { name: 'Qui peut agir pour moi' });
  await given.getByText('En attente de sa réponse').waitFor();

  // It is told without a reload.
  await colleague.page.getByRole('link', { name: 'Voir' }).click();
  await colleague.page.getByText('Attend votre réponse').waitFor();
  await checkAccessibility(colleague.page);
  await colleague.page.getByRole('button', { name: /^Accepter d’agir pour/ }).focus();
  await colleague.page.keyboard.press('Enter');
  const others = colleague.page.getByRole('navigation', { name: 'Messageries' });
  await colleague.page.getByRole('button', { name: /^Ouvrir la messagerie de/ }).click();
  await colleague.page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  await others.locator('[aria-current]').waitFor();

  await others.getByRole('link', { name: /marc/i }).click();
  await colleague.page.getByRole('button', { name: 'Nouveau message' }).click();
  const composer = colleague.page.locator('[data-composer]');
  const note = { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('17 h') };
  await composer.locator('input[type=file]').first().setInputFiles(note);
  // On its way it can only be cancelled, and the message does not move.
  await composer.getByRole('button', { name: 'Retirer note.txt' }).waitFor();
  // Begun as oneself, it goes on as somebody else, with its file.
  const from = composer.getByRole('combobox', { name: 'De', exact: true });
  const holders = await from.locator('option').filter({ hasText: claire.email }).getAttribute('value');
  const begun = await composer.getAttribute('data-composer');
  await from.selectOption(holders);
  await colleague.page.locator(`[data-composer]:not([data-composer='${begun}'])`).getByText('note.txt').waitFor();
  await eventually(async () => assert.equal(await from.inputValue(), holders));
  await composer.getByRole('combobox', { name: 'À' }).fill(lea.email);
  await composer.getByRole('combobox', { name: 'À' }).press('Enter');
  await composer.getByLabel('Objet').fill('Conseil de classe');
  await composer.getByRole('textbox', { name: 'Texte du message' }).click();
  await colleague.page.keyboard.type('Mme la principale vous attend à 17 h.');
  await composer.getByRole('button', { name: 'Envoyer' }).click();
  const reader = await atWork(house, lea);
  await reader.mail.row(/Conseil de classe/).waitFor();
  await reader.mail.open(/Conseil de classe/);
  await reader.page.getByText(/marc.* pour .*claire/i).waitFor();
  await reader.page.getByText('note.txt').first().waitFor();

  await atMandates(holder.page);
  await holder.page.getByRole('button', { name: /^Arrêter la délégation/ }).click();
  await holder.page.getByRole('button', { name: 'Arrêter', exact: true }).click();
  await holder.page.getByText('Délégation arrêtée.').waitFor();
  await others.waitFor({ state: 'detached' });
  await holder.page.getByText('Délégations passées').click();
  await holder.page.getByText('Motif : congés de Noël').waitFor();
  for (const visitor of [holder, colleague, reader]) await visitor.leave();
});

test('the page holds on a telephone in the dark', async () => {
  const { page, leave } = await goTo(house, lea, '/settings/mandates', { ...phone, colorScheme: 'dark' });
  await page.getByRole('heading', { level: 1, name: 'Délégations' }).waitFor();
  await checkAccessibility(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} px too wide`);
  await leave();
});
