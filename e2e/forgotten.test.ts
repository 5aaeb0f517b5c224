/** Getting in again without the password, by keys alone, and what strangers are told: the same. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkAccessibility, eventually, getsFocus, openHouse, signIn, visit, type House } from './harness.ts';
import { codeFor, subjectsOf } from './codes.ts';

let house: House;
before(async () => {
  house = await openHouse({ isLab: false });
});
after(() => house.close());

const friend = () => {
  const [account] = house.ready.accounts;
  assert.ok(account);
  return account;
};

test('a forgotten password is replaced with a code from the recovery address', async () => {
  // Inès comes in, and gives an address.
  const before = await visit(house);
  await before.page.goto('/activate');
  await before.page.getByRole('button', { name: /Inès Belkacem/ }).click();
  await before.page.getByRole('button', { name: 'Continuer' }).click();
  await before.page.getByLabel('Nouveau mot de passe', { exact: true }).fill('Tortue+Cuivre=42');
  await before.page.getByLabel('Nouveau mot de passe, une seconde fois').fill('Tortue+Cuivre=42');
  await before.page.getByRole('button', { name: 'Enregistrer et continuer' }).click();
  await before.page.getByRole('checkbox').click();
  await before.page.getByRole('button', { name: 'Continuer' }).click();
  await before.page.getByLabel('Adresse électronique de secours').fill(friend().email);
  await before.page.getByRole('button', { name: 'Envoyer un code' }).click();
  await before.page.getByLabel('Code à 6 chiffres').fill(await codeFor(house, friend(), 'code de vérification'));
  await before.page.getByRole('button', { name: 'Vérifier le code' }).click();
  await before.page.getByRole('button', { name: 'Ouvrir ma messagerie' }).click();
  await before.page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();

  // Weeks later, elsewhere.
  const { page, leave, expectComplaint } = await visit(house);
  expectComplaint(/status of 4(?:01|22)/);
  await page.getByRole('link', { name: 'Mot de passe oublié' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Mot de passe oublié' }).waitFor();
  await checkAccessibility(page);
  await page.getByLabel('Identifiant ou adresse électronique').focus();
  await page.keyboard.press('Enter');
  await page.getByText('Indiquez votre identifiant').waitFor();
  await getsFocus(page.getByLabel('Identifiant ou adresse électronique'));
  await page.keyboard.type('ibelkacem');
  await page.keyboard.press('Tab');
  await page.keyboard.type('17/05/1994');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Saisissez le code reçu' }).waitFor();
  await checkAccessibility(page);
  await eventually(async () =>
    assert.equal(await page.evaluate('document.activeElement.autocomplete'), 'one-time-code'),
  );
  await page.keyboard.type(await codeFor(house, friend(), 'choisir un nouveau mot de passe'));
  await page.keyboard.press('Enter');
  await page.getByText('Votre code est bon').waitFor();
  await page.getByLabel('Nouveau mot de passe', { exact: true }).fill('Wagon/Bleuet?73');
  await page.getByLabel('Nouveau mot de passe, une seconde fois').fill('Wagon/Bleuet?73');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  await page.getByText('Votre mot de passe a été changé').first().waitFor();

  // What was open before is not any more, and the other address is told too.
  before.expectComplaint(/status of 401/);
  await before.page.reload();
  await before.page.getByRole('heading', { name: 'Connexion', exact: true }).waitFor();
  await eventually(async () =>
    assert.ok((await subjectsOf(house, friend())).includes('Votre mot de passe a été changé')),
  );
  await signIn(before.page, { userName: 'ibelkacem', email: '', password: 'Tortue+Cuivre=42' });
  await before.page.getByRole('alert').getByText('incorrect').waitFor();
  await before.leave();
  await leave();
});

test('whoever is asked for, the page and the answer are the same', async () => {
  const { page, leave, expectComplaint } = await visit(house, { locale: 'en-GB' });
  expectComplaint(/status of 422/);
  const seen = new Set<string>();
  for (const name of ['nobody', 'cdupont', 'htanguy']) {
    await page.goto('/forgotten');
    await page.getByLabel('User name or e-mail address').fill(name);
    await page.getByLabel('Date of birth').fill('01/01/1970');
    const answered = page.waitForResponse(
      (it) => it.url().endsWith('/auth/recover') && it.request().method() === 'POST',
    );
    await page.getByRole('button', { name: 'Get a code' }).click();
    const response = await answered;
    const { ticket }: { ticket: string } = await response.json();
    await page.getByRole('heading', { name: 'Type the code you received' }).waitFor();
    await page.getByLabel('Code of 6 digits').fill('123456');
    await page.keyboard.press('Enter');
    const said = await page.getByRole('alert').getByText('You have 4 tries left').textContent();
    seen.add([response.status(), ticket.length, said].join(' '));
  }
  assert.equal(seen.size, 1, [...seen].join('\n'));
  await leave();
});
