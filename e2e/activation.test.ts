/** Coming in for the first time, by keys alone: NUMEN or provisional password, rules, terms, recovery address. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  becomeMany,
  checkAccessibility,
  eventually,
  getsFocus,
  openHouse,
  phone,
  signIn,
  visit,
  type House,
} from './harness.ts';
import { codeFor } from './codes.ts';

let house: House;
before(async () => {
  house = await openHouse({ isLab: false });
});
after(() => house.close());

const typed = async (page: Page, label: RegExp | string, text: string): Promise<void> => {
  await page.getByLabel(label, { exact: typeof label === 'string' }).focus();
  await page.keyboard.type(text);
};
const rule = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });

test('a newcomer comes in with a NUMEN, by keys alone, and chooses what only they know', async () => {
  const { page, leave, expectComplaint } = await visit(house);
  expectComplaint(/status of 4(?:01|22)/);
  const link = page.getByRole('link', { name: 'Première connexion' });
  await link.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Première connexion' }).waitFor();
  await eventually(async () => assert.equal(await page.title(), 'Première connexion — Pli'));
  await page.getByText('01 99 00 42 42').waitFor();
  await checkAccessibility(page);

  await typed(page, 'Identifiant ou adresse électronique', 'ibelkacem');
  await typed(page, 'NUMEN ou mot de passe provisoire', '96E2601234VAX');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('ne vont pas ensemble').waitFor();
  await page.keyboard.type('96 e 26 01234 val');
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: 'Choisissez votre mot de passe' }).waitFor();
  const first = page.getByLabel('Nouveau mot de passe', { exact: true });
  await getsFocus(first);
  assert.equal(await first.getAttribute('autocomplete'), 'new-password');
  assert.equal(await page.locator('input[name="username"]').inputValue(), 'ibelkacem');
  await page.keyboard.type('belkacem');
  await rule(page, '8 caractères au moins').getByText('respecté').waitFor();
  await rule(page, 'une majuscule').getByText('pas encore').waitFor();
  await rule(page, 'ni votre nom').getByText('pas encore').waitFor();
  await page.getByRole('status').filter({ hasText: 'Il manque' }).waitFor({ state: 'attached' });
  await checkAccessibility(page);

  await first.fill('Tortue2026!');
  await typed(page, 'Nouveau mot de passe, une seconde fois', 'Tortue2026!');
  await page.keyboard.press('Enter');
  await rule(page, 'pas un mot du dictionnaire').getByText('refusé').waitFor();
  await first.fill('Tortue+Cuivre=42');
  await rule(page, 'un caractère spécial').getByText('respecté').waitFor();
  await page.getByLabel('Nouveau mot de passe, une seconde fois').fill('Tortue+Cuivre=43');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('pas identiques').waitFor();
  await page.getByLabel('Nouveau mot de passe, une seconde fois').fill('Tortue+Cuivre=42');
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: 'Conditions d’utilisation' }).waitFor();
  await checkAccessibility(page);
  // A page loaded again goes on where it was.
  await page.reload();
  await page.getByRole('heading', { name: 'Conditions d’utilisation' }).waitFor();
  await page.getByRole('button', { name: 'Continuer' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Cochez la case').waitFor();
  await page.getByRole('checkbox', { name: 'J’ai lu ces conditions' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Continuer' }).focus();
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: 'Adresse de secours' }).waitFor();
  await checkAccessibility(page);
  const [friend] = house.ready.accounts;
  assert.ok(friend);
  await typed(page, 'Adresse électronique de secours', friend.email);
  await page.keyboard.press('Enter');
  await page.getByText('Un code à 6 chiffres a été envoyé').waitFor();
  const code = await codeFor(house, friend, 'code de vérification');
  const wrong = code === '000000' ? '111111' : '000000';
  await typed(page, 'Code à 6 chiffres', wrong);
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Il vous reste 4 essais').waitFor();
  await page.getByLabel('Code à 6 chiffres').fill(code);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Votre compte est prêt' }).waitFor();
  await checkAccessibility(page);
  await page.getByRole('button', { name: 'Utiliser aussi Thunderbird' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Utiliser un autre logiciel' }).waitFor();
  await leave();
});

test('a provisional password is replaced on a telephone, the address left for later', async () => {
  const { page, leave } = await visit(house, phone);
  await signIn(page, { userName: 'htanguy', email: '', password: 'ravo-dimu-kesa-47' });
  await page.getByRole('heading', { name: 'Choisissez votre mot de passe' }).waitFor();
  await page.getByLabel('Nouveau mot de passe', { exact: true }).fill('Wagon/Bleuet?73');
  await page.getByLabel('Nouveau mot de passe, une seconde fois').fill('Wagon/Bleuet?73');
  await checkAccessibility(page);
  await page.getByRole('button', { name: 'Enregistrer et continuer' }).tap();
  await page.getByRole('checkbox', { name: 'J’ai lu ces conditions' }).tap();
  await page.getByRole('button', { name: 'Continuer' }).tap();
  await page.getByRole('button', { name: 'Plus tard' }).tap();
  await page.getByRole('button', { name: 'Ouvrir ma messagerie' }).tap();
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  await leave();
});

test('who proves the password of a closed account hears why and whom to call; a stranger hears nothing', async () => {
  const { page, leave, expectComplaint } = await visit(house);
  expectComplaint(/status of 4(?:01|23)/);
  const account = house.ready.accounts[1];
  assert.ok(account);
  for (const [state, sentence] of [
    ['closed', 'Votre compte est fermé'],
    ['blocked', 'Votre compte est bloqué'],
  ] as const) {
    await house.lab.pli(['account', 'lock', account.userName, '--state', state]);
    await signIn(page, account);
    const alert = page.getByRole('alert');
    await alert.getByText(sentence).waitFor();
    await alert.getByText('01 99 00 42 42').waitFor();
    await checkAccessibility(page);
    await signIn(page, { ...account, password: 'faux' });
    await alert.getByText('Identifiant ou mot de passe incorrect').waitFor();
    await becomeMany(alert.getByText('01 99 00 42 42'), 0);
  }
  await house.lab.pli(['account', 'unlock', account.userName]);
  await leave();
});

test('a browser that refuses cookies is told so', async () => {
  const { page, leave } = await visit(house);
  await page.addInitScript("Object.defineProperty(navigator, 'cookieEnabled', { get: () => false })");
  await page.route('**/auth/state', (route) => route.fulfill({ json: { steps: [], isKnown: false } }));
  await page.reload();
  const [account] = house.ready.accounts;
  assert.ok(account);
  await signIn(page, account);
  await page.getByRole('alert').getByText('refuse les cookies').waitFor();
  await leave();
});

test('whose password ends soon is told quietly, and replaces it in the settings', async () => {
  const { page, leave, expectComplaint } = await visit(house);
  expectComplaint(/status of 422/);
  const account = house.ready.accounts[2];
  assert.ok(account);
  await page.route('**/auth/own-password', async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const answer: object = await (await route.fetch()).json();
    return route.fulfill({ json: { ...answer, isEnding: true, expiresAt: Date.now() + 3.5 * 86_400_000 } });
  });
  await signIn(page, account);
  await page.getByText('Votre mot de passe expire dans 3 jours').waitFor();
  await page.getByRole('link', { name: 'Le changer maintenant' }).click();
  await page.getByRole('heading', { name: 'Changer de mot de passe' }).waitFor();
  await checkAccessibility(page);
  await page.getByLabel('Mot de passe actuel').fill('faux');
  for (const label of ['Nouveau mot de passe', 'Nouveau mot de passe, une seconde fois'])
    await page.getByLabel(label, { exact: true }).fill('Merle;Savon:19');
  await page.getByRole('button', { name: 'Changer le mot de passe' }).click();
  await page.getByRole('alert').getByText('Le mot de passe actuel n’est pas le bon').waitFor();
  await page.getByLabel('Mot de passe actuel').fill(account.password);
  await page.getByRole('button', { name: 'Changer le mot de passe' }).click();
  await page.getByText('Votre mot de passe est changé').waitFor();
  await leave();
});
