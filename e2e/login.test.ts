/** At the door, with the delays of production: who gets in, and what the others are told. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mailPage } from './mailPage.ts';
import { eventually, openHouse, personOf, signIn, visit, type House } from './harness.ts';

let house: House;
before(async () => {
  house = await openHouse({ isLab: false });
});
after(() => house.close());

const first = () => personOf(house);

test('the door says whose house it is and that it is a demonstration', async () => {
  const { page, leave } = await visit(house);
  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
  await page.getByText('Académie de Valmont').waitFor();
  await page.getByText('les personnes et les messages sont fictifs').waitFor();
  await eventually(async () => assert.equal(await page.title(), 'Connexion — Pli'));
  await page.locator('html[lang=fr]').waitFor();
  await leave();
});

test('one logs in by user name or by address, with keys alone, and leaves again', async () => {
  const { page, leave } = await visit(house);
  for (const name of [first().userName, first().email.toUpperCase()]) {
    const userName = page.getByRole('textbox', { name: 'Identifiant ou adresse électronique' });
    await userName.focus();
    await page.keyboard.type(name);
    await page.keyboard.press('Tab');
    await page.keyboard.type(first().password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
    await page.getByRole('button', { name: /^Compte/ }).click();
    await page.getByRole('menuitem', { name: 'Se déconnecter' }).click();
    await page.getByRole('heading', { name: 'Connexion' }).waitFor();
  }
  await page.goto('/search?q=bulletin');
  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
  await leave();
});

test('who leaves waits for what the page still asks, and is told where the server does not answer', async () => {
  const { page, leave, expectComplaint } = await visit(house);
  expectComplaint(/ERR_FAILED/);
  await signIn(page, first());
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  const logOut = async (): Promise<void> => {
    await page.getByRole('button', { name: /^Compte/ }).click();
    await page.getByRole('menuitem', { name: 'Se déconnecter' }).click();
  };
  await page.route('**/auth/logout', (route) => route.abort());
  await logOut();
  await page.getByText('vous êtes encore connecté').waitFor();
  await page.unroute('**/auth/logout');

  // Slow answers: asked as a stranger they would be refused, and the browser would remark on it.
  await page.route('**/jmap/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await mailPage(page).mailbox('Envoyés').click();
  await logOut();
  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
  await leave();
});

test('the password can be looked at, and is hidden at first', async () => {
  const { page, leave } = await visit(house);
  const password = page.getByLabel('Mot de passe', { exact: true });
  await password.fill('secret');
  assert.equal(await password.getAttribute('type'), 'password');
  await page.getByRole('button', { name: 'Afficher le mot de passe' }).click();
  await eventually(async () => assert.equal(await password.getAttribute('type'), 'text'));
  await leave();
});

test('the language is that of the browser, and one may choose another', async () => {
  const { page, leave } = await visit(house, { locale: 'en-GB' });
  await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
  await page.getByRole('button', { name: 'Français' }).click();
  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
  await page.locator('html[lang=fr]').waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
  await leave();
});

test('a page asked for is shown after logging in', async () => {
  const { page, leave } = await visit(house);
  await page.goto('/search?q=bulletin');
  await signIn(page, first());
  await page.getByRole('heading', { level: 1, name: 'Recherche : bulletin' }).waitFor();
  await page.waitForURL(/\/search\?q=bulletin$/);
  await leave();
});

test('an address that leads elsewhere after logging in is not followed', async () => {
  const { page, leave } = await visit(house);
  await page.goto('/login?to=//elsewhere.example/');
  await signIn(page, first());
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  assert.equal(new URL(page.url()).host, new URL(house.ready.url).host);
  await leave();
});

// Last: it locks the account, for the others too.
test('a wrong password is refused in words, and after many one has to wait', async () => {
  const { page, leave, expectComplaint } = await visit(house);
  expectComplaint(/status of 4(?:01|23|29)/);
  const account = personOf(house, 2);
  await signIn(page, { ...account, password: 'faux' });
  // Each way in has a place for what went wrong with it; the others are empty.
  const alert = page.getByRole('alert').filter({ hasText: /\S/ });
  await alert.getByText('Identifiant ou mot de passe incorrect').waitFor();
  // One types again at once: what was wrong is selected.
  await eventually(async () => assert.equal(await page.evaluate('document.activeElement.name'), 'password'));
  const isToldToWait = async (): Promise<boolean> =>
    /réessayez dans|verrouillé/i.test((await alert.textContent()) ?? '');
  for (let attempt = 0; attempt < 12 && !(await isToldToWait()); attempt += 1) {
    const answered = page.waitForResponse('**/auth/login');
    await signIn(page, { ...account, password: `faux ${attempt}` });
    await answered;
    await page.getByRole('button', { name: 'Se connecter', exact: true }).waitFor();
  }
  await eventually(async () => assert.ok(await isToldToWait(), (await alert.textContent()) ?? ''));
  await leave();
});

test('a door whose question was lost asks again', async () => {
  const { page, leave, expectComplaint } = await visit(house);
  expectComplaint(/ERR_FAILED/);
  let asked = 0;
  await page.route('**/auth/info', (route) => (++asked === 1 ? route.abort() : route.continue()));
  await page.reload();
  await page.getByRole('heading', { name: 'Comptes de démonstration' }).waitFor();
  assert.ok(asked > 1);
  await leave();
});
