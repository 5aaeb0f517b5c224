/** "Bring in my old mail": a mailbox of Debian's Dovecot comes over while one watches; a file; taking one's mail along. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { type OldServer, startOldServer } from '#tools/testing/dovecot.ts';
import {
  checkAccessibility,
  checkThemes,
  getsFocus,
  openHouse,
  personOf,
  phone,
  type House,
  type Visitor,
  type VisitOptions,
} from './harness.ts';
import { atWork, goTo } from './mailPage.ts';

let house: House;
let old: OldServer;
before(async () => {
  old = await startOldServer();
  const env = { PLI_IMPORTS_ANY_CERTIFICATE_HOSTS: '127.0.0.1', PLI_IMPORTS_OCTETS_PER_SECOND: '30k' };
  house = await openHouse({ env });
  const mail = (n: number) => ({
    octets: `From: Zoé <z@old.example>\nSubject: Ancien courriel ${n}\nMessage-ID: <${n}@old>\n\n${'bonjour '.repeat(80)}\n`,
    letters: 'S',
    at: 1_600_000_000 + n * 3600,
  });
  old.fill(
    'claire',
    [],
    Array.from({ length: 300 }, (_, n) => mail(n)),
  );
  old.fill(
    'claire',
    ['Éléments envoyés'],
    Array.from({ length: 60 }, (_, n) => mail(1000 + n)),
  );
  old.fill(
    'claire',
    ['Établissements', 'Collège'],
    Array.from({ length: 60 }, (_, n) => mail(2000 + n)),
  );
});
after(async () => {
  await house.close();
  await old.stop();
});

const person = (index: number) => personOf(house, index);

interface Imports {
  readonly host: Locator;
  readonly userName: Locator;
  readonly password: Locator;
  readonly start: Locator;
  readonly list: Locator;
}

const imports = (page: Page): Imports => ({
  host: page.getByRole('textbox', { name: 'Serveur de réception (IMAP)' }),
  userName: page.getByRole('textbox', { name: 'Identifiant ou adresse chez l’ancienne messagerie' }),
  password: page.getByLabel('Mot de passe de l’ancienne messagerie'),
  start: page.getByRole('button', { name: 'Commencer la copie' }),
  list: page.getByRole('region', { name: 'Mes récupérations' }),
});

async function atImports(index: number, options: VisitOptions = {}): Promise<Visitor & { readonly on: Imports }> {
  const visitor = await goTo(house, person(index), '/settings/import', options);
  const on = imports(visitor.page);
  await on.host.waitFor();
  return { ...visitor, on };
}

/** Fills in the form with keys alone. */
async function typeServer(page: Page, on: Imports, password: string): Promise<void> {
  await on.host.focus();
  await page.keyboard.type('127.0.0.1');
  await page.keyboard.press('Tab');
  await page.keyboard.type('claire');
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const port = page.getByRole('textbox', { name: 'Port' });
  await port.fill(String(old.tlsPort));
  await port.press('Enter');
}

test('one comes from the settings with keys alone, and is told what is missing', async () => {
  const { page, leave } = await atWork(house, person(0));
  await page.getByRole('button', { name: 'Réglages', exact: true }).focus();
  await page.keyboard.press('Enter');
  const entry = page.getByRole('dialog').getByRole('button', { name: 'Récupérer mes anciens courriels' });
  await entry.focus();
  await page.keyboard.press('Enter');
  const on = imports(page);
  await on.host.waitFor();
  assert.match(page.url(), /\/settings\/import$/);
  const title = page.getByRole('heading', { level: 1, name: 'Récupérer mes anciens courriels' });
  await getsFocus(title);
  await on.start.click();
  await page.getByText('Indiquez le serveur').waitFor();
  await getsFocus(on.host);
  await on.host.fill('pas un serveur !');
  await on.userName.fill('x');
  await on.password.fill('x');
  await on.start.click();
  await page.getByText('Ce n’est pas un nom de serveur').waitFor();
  await page.getByRole('link', { name: 'Retour aux messages' }).click();
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  await leave();
});

test('a wrong password is said; the right one brings everything, while one watches, pauses and goes on', async () => {
  const { page, on, leave } = await atImports(0);
  await typeServer(page, on, 'faux');
  const item = on.list.getByRole('listitem').first();
  await item.getByText('L’ancienne messagerie refuse cet identifiant').waitFor();
  await checkAccessibility(page);
  await item.getByLabel('Mot de passe de claire sur 127.0.0.1').fill(old.password);
  await item.getByRole('button', { name: 'Reprendre' }).click();
  const bar = item.getByRole('progressbar', { name: 'Avancement de claire sur 127.0.0.1' });
  await bar.waitFor();
  await item.getByText(/^[1-9]\d* sur \d+ messages/).waitFor();
  await item.getByText(/Dossier : /).waitFor();
  await checkAccessibility(page);
  await item.getByRole('button', { name: /^Mettre en pause/ }).click();
  await item.getByText('En pause', { exact: true }).waitFor();
  await item.getByRole('button', { name: /^Reprendre/ }).click();
  await item.getByText('Terminée').waitFor({ timeout: 180_000 });
  await item.getByText(/420 messages copiés/).waitFor();
  assert.ok(!(await page.content()).includes(old.password));
  await checkAccessibility(page);

  await page.getByRole('link', { name: 'Retour aux messages' }).click();
  await page.getByRole('link', { name: 'Collège', exact: true }).click();
  await page.getByRole('row', { name: /Ancien courriel 2059/ }).waitFor();
  await page.goto('/settings/import');
  await item.getByRole('button', { name: /^Retirer de la liste/ }).click();
  await on.list.getByText('Aucune récupération pour l’instant').waitFor();
  await leave();
});

test('what is taken along as ZIP comes back as a file to somebody else', async () => {
  const { page, leave } = await atImports(0);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Télécharger en .zip (un fichier par message)' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /\.zip$/);
  const buffer = await readFile(await download.path());
  await page.getByRole('combobox', { name: 'Ce que vous emportez' }).selectOption({ label: 'Envoyés' });
  const [one] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Télécharger en .mbox (un fichier par dossier)' }).click(),
  ]);
  assert.match(one.suggestedFilename(), / Sent .*\.mbox$/);
  await leave();

  const other = await atImports(1);
  const send = other.page.getByRole('button', { name: 'Importer le fichier' });
  await send.click();
  await other.page.getByText('Choisissez un fichier.').waitFor();
  await getsFocus(other.page.getByRole('button', { name: 'Choisir un fichier…' }));
  await other.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'mes courriels.zip', mimeType: 'application/zip', buffer });
  await send.click();
  const item = other.on.list.getByRole('listitem').first();
  await item.getByText('Terminée').waitFor({ timeout: 120_000 });
  await item.getByText(/[1-9]\d* messages copiés/).waitFor();
  await item.getByRole('heading', { name: 'mes courriels.zip' }).waitFor();
  await other.leave();
});

test('the page speaks English', async () => {
  const { page, leave } = await goTo(house, person(2), '/settings/import', { chosen: { language: 'en' } });
  await page.getByRole('heading', { level: 1, name: 'Bring in my old mail' }).waitFor();
  await page.getByRole('button', { name: 'Start the copy' }).waitFor();
  assert.doesNotMatch((await page.getByRole('main').textContent()) ?? '', /[àâçéêîôû]|copie |récupér/i);
  await leave();
});

test('the page keeps the rules in every look', async () => {
  const { page, on, leave } = await atImports(2);
  await on.start.click();
  await page.getByText('Indiquez le serveur').waitFor();
  await page.getByText('Port et sécurité').click();
  await checkThemes(page);
  await leave();
});

test('at 320 px nothing is out of sight to the side, and the targets are large', async () => {
  const { page, on, leave } = await atImports(2, { ...phone, viewport: { width: 320, height: 640 } });
  await typeServer(page, on, 'un mot de passe faux');
  await on.list.getByText('L’ancienne messagerie refuse cet identifiant').waitFor();
  await page.getByText('Port et sécurité').tap();
  const overhang = await page.evaluate<readonly string[]>(`[...document.querySelectorAll('main *')]
    .filter((it) => it.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(it).position !== 'absolute')
    .map((it) => it.outerHTML.slice(0, 120))`);
  assert.deepEqual(overhang, []);
  for (const button of await page.getByRole('main').getByRole('button').all()) {
    const box = await button.boundingBox();
    assert.ok(box && box.height >= 40, `${await button.textContent()} ${JSON.stringify(box)}`);
  }
  await checkAccessibility(page);
  await leave();
});
