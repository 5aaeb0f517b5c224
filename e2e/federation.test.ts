/**
 * By the portal of the demonstration: in on the page that was asked for, out there and here, and told why where one is not
 * let in. And by the password of a directory, typed on our own page.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { directoryBase, directoryReader, type Slapd, startSlapd } from '#tools/testing/slapd.ts';
import { checkAccessibility, openHouse, personOf, signIn, visit, type House } from './harness.ts';

const folder = temporaryFolder();
let house: House;
let slapd: Slapd | undefined;
before(async () => {
  house = await openHouse();
});
after(async () => {
  await slapd?.stop();
  await house.close();
});

const way = { name: 'Continuer avec Cerbère (démonstration)' };

test('the portal lets somebody in on the page they asked for, and leaving it leaves the mail too', async () => {
  const { page, leave, expectComplaint } = await visit(house);
  // What the page of the mail asks once its session is over.
  expectComplaint(/status of 401/);
  const account = personOf(house);
  await page.goto('/search?q=bulletin');
  await page.getByRole('link', way).waitFor();
  await checkAccessibility(page);
  await page.getByRole('link', way).press('Enter');
  await page.getByRole('heading', { name: 'Cerbère (démonstration)' }).waitFor();
  await page.getByText('ce portail est fictif').waitFor();
  await checkAccessibility(page);
  await page.getByLabel('Identifiant').fill(account.userName);
  await page.getByLabel('Mot de passe').fill('faux');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('incorrect').waitFor();
  await page.getByLabel('Identifiant').fill(account.userName);
  await page.getByLabel('Mot de passe').fill(account.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Recherche : bulletin' }).waitFor();
  assert.match(page.url(), /\/search\?q=bulletin$/);

  // The portal is left in another tab, and this one hears of it.
  const portal = await page.context().newPage();
  await portal.goto('/portail-demo/logout');
  await portal.getByText('Vous avez quitté le portail, et la messagerie avec lui.').waitFor();
  await portal.close();
  await page.reload();
  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
  await leave();
});

test('leaving the mail offers to leave the portal, on a telephone and by keys', async () => {
  const { page, leave } = await visit(house, { viewport: { width: 390, height: 780 } });
  const account = personOf(house);
  await page.getByRole('link', way).click();
  await page.getByLabel('Identifiant').fill(account.userName);
  await page.getByLabel('Mot de passe').fill(account.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  await page.getByRole('button', { name: /^Compte/ }).click();
  await page.getByRole('menuitem', { name: 'Se déconnecter' }).click();
  const out = page.getByRole('link', { name: 'Quitter aussi Cerbère (démonstration)' });
  await out.waitFor();
  await out.press('Enter');
  await page.getByText('Vous avez quitté le portail').waitFor();
  await page.getByRole('link', { name: 'Retour à la messagerie' }).press('Enter');
  await page.getByRole('link', way).click();
  await page.getByLabel('Mot de passe').waitFor();
  await leave();
});

test('an answer that this browser did not ask for is refused in words', async () => {
  const { page, leave } = await visit(house);
  await page.goto('/login?sso=none');
  await page.getByRole('alert').getByText('Cette connexion a expiré').waitFor();
  await leave();
});

test('where a directory keeps the passwords, its own is typed on the same page; while it is away, one is told when to try again', async () => {
  const { page, leave, expectComplaint } = await visit(house);
  expectComplaint(/status of 4(?:01|29)/);
  const account = personOf(house);
  const password = 'Celui-de-l-annuaire-1';
  const entry = [
    `dn: uid=${account.userName},${directoryBase}`,
    'objectClass: inetOrgPerson',
    `uid: ${account.userName}`,
    'cn: x',
    'sn: x',
    `userPassword: ${password}`,
  ];
  slapd = await startSlapd(folder, entry.join('\n'));
  const reader = ['--bind-dn', directoryReader.dn, '--secret-stdin', '--base', directoryBase];
  const whose = ['--tenant', 'valmont-demonstration', '--passwords-of', '*'];
  const trust = ['--inside', '--certificate', join(folder, 'certificate.pem')];
  await house.lab.pli(
    ['provider', 'add', 'ldap', 'Annuaire', '--url', slapd.tlsUrl, ...reader, ...trust, ...whose],
    `${directoryReader.password}\n`,
  );
  await signIn(page, account);
  await page.getByRole('alert').getByText('incorrect').waitFor();
  await signIn(page, { ...account, password });
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  await page.getByRole('button', { name: /^Compte/ }).click();
  await page.getByRole('menuitem', { name: 'Se déconnecter' }).click();

  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
  await slapd.stop();
  await signIn(page, account);
  await page
    .getByRole('alert')
    .getByText(/Réessayez dans \d+ secondes/)
    .waitFor();
  await leave();
});
