/** "Use another program": what a secretary finds there, the password of one device, and its end. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import {
  becomeMany,
  checkAccessibility,
  checkThemes,
  eventually,
  getsFocus,
  hasFocusWithin,
  openHouse,
  personOf,
  phone,
  type House,
  type Visitor,
  type VisitOptions,
} from './harness.ts';
import { atWork, goTo } from './mailPage.ts';

const env = {
  PLI_PUBLIC_HOST: 'mail.ac-valmont.example',
  PLI_PUBLIC_IMAPS_PORT: '993',
  PLI_PUBLIC_IMAP_PORT: '143',
  PLI_PUBLIC_SUBMISSIONS_PORT: '465',
  PLI_PUBLIC_SUBMISSION_PORT: '587',
  PLI_PUBLIC_SIEVE_PORT: '4190',
};

let house: House;
before(async () => {
  house = await openHouse({ env });
});
after(() => house.close());

/** What makes and counts app passwords has a person of its own: 1 and 2. */
const person = (index: number) => personOf(house, index);

interface Programs {
  readonly title: Locator;
  readonly name: Locator;
  readonly make: Locator;
  readonly secret: Locator;
  readonly list: Locator;
}

const programs = (page: Page): Programs => ({
  title: page.getByRole('heading', { level: 1, name: 'Utiliser un autre logiciel' }),
  name: page.getByRole('textbox', { name: 'Nom du logiciel ou de l’appareil' }),
  make: page.getByRole('button', { name: 'Créer le mot de passe' }),
  secret: page.locator('code').filter({ hasText: /^[a-z]{4}(?:-[a-z]{4}){3}$/ }),
  list: page.getByRole('region', { name: 'Vos logiciels et appareils' }),
});

async function atPrograms(index: number, options: VisitOptions = {}): Promise<Visitor & { readonly on: Programs }> {
  const visitor = await goTo(house, person(index), '/settings/programs', options);
  const on = programs(visitor.page);
  await on.name.waitFor();
  return { ...visitor, on };
}

/** What a program does with a password: GET of the JMAP session, by HTTP Basic. */
async function knocks(userName: string, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
  return (await fetch(`${house.ready.url}/.well-known/jmap`, { headers: { authorization } })).status;
}

test('one comes from the settings, with keys alone, and finds addresses, servers and ports with their copy buttons', async () => {
  const { page, leave } = await atWork(house, person(0));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Réglages', exact: true }).focus();
  await page.keyboard.press('Enter');
  const entry = page.getByRole('dialog').getByRole('button', { name: 'Utiliser un autre logiciel' });
  await entry.focus();
  await page.keyboard.press('Enter');
  const on = programs(page);
  await on.name.waitFor();
  assert.match(page.url(), /\/settings\/programs$/);
  await eventually(async () => assert.equal(await page.title(), 'Utiliser un autre logiciel — Pli'));
  await getsFocus(on.title);

  const facts = page.getByRole('region', { name: 'Les réglages, si le logiciel les demande' });
  for (const text of [person(0).email, 'mail.ac-valmont.example', '993', '465', 'SSL/TLS', 'Mot de passe normal'])
    await facts.getByText(text, { exact: true }).first().waitFor();
  assert.ok(!(await facts.getByText('STARTTLS', { exact: true }).first().isVisible()), 'the rest is folded away');
  for (const [name, value] of [
    ['Votre compte, Adresse et identifiant', person(0).email],
    ['Réception (IMAP), Serveur', 'mail.ac-valmont.example'],
    ['Envoi (SMTP), Port', '465'],
  ] as const) {
    await facts.getByRole('button', { name: `Copier : ${name}` }).click();
    await page.getByRole('status').getByText(`Copié : ${name}`).waitFor();
    await eventually(async () => assert.equal(await page.evaluate('navigator.clipboard.readText()'), value));
  }
  await page.getByRole('link', { name: 'Retour aux messages' }).click();
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  await leave();
});

test('each program has its steps, and Apple’s devices a code that leads to the profile', async () => {
  const { page, leave } = await atPrograms(0);
  const steps = page.getByRole('region', { name: '2. Réglez votre logiciel' });
  const stepsText = async (): Promise<string> => (await steps.getByRole('listitem').allTextContents()).join('\n');
  const said: string[] = [];
  for (const program of ['Thunderbird', 'Outlook', 'iPhone, iPad ou Mac', 'Android', 'Autre']) {
    await steps.getByRole('radio', { name: program }).check();
    // The steps of the one before stand there until these are rendered.
    await eventually(async () => assert.notEqual(await stepsText(), said.at(-1)));
    said.push(await stepsText());
  }
  assert.equal(new Set(said).size, 5);
  await steps.getByRole('radio', { name: 'iPhone, iPad ou Mac' }).check();
  const code = await steps.getByRole('img', { name: /^Code QR/ }).getAttribute('aria-label');
  assert.match(code ?? '', new RegExp(`/setup/pli\\.mobileconfig\\?email=${encodeURIComponent(person(0).email)}$`));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    steps.getByRole('link', { name: 'Télécharger le profil' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'pli.mobileconfig');
  await leave();
});

test('an app password is shown once, opens the mailbox, tells its last use, and ends for good', async () => {
  const { page, on, leave } = await atPrograms(1);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await on.list.getByText('Aucun autre logiciel n’a de mot de passe').waitFor();
  await on.make.click();
  await page.getByText('Donnez-lui un nom').waitFor();
  await getsFocus(on.name);

  await page.keyboard.type('Téléphone');
  await page.getByRole('checkbox', { name: 'envoyer des messages' }).uncheck();
  await on.name.press('Enter');
  const made = page.getByRole('heading', { name: 'Mot de passe pour « Téléphone »' });
  await getsFocus(made);
  await page.getByText('il ne sera plus jamais affiché').waitFor();
  const password = (await on.secret.textContent()) ?? '';
  await page.getByRole('button', { name: 'Copier : Mot de passe', exact: true }).click();
  await eventually(async () => assert.equal(await page.evaluate('navigator.clipboard.readText()'), password));
  const row = on.list.getByRole('listitem').filter({ hasText: 'Téléphone' });
  await row.getByText('Peut lire et classer mes messages', { exact: true }).waitFor();
  await row.getByText('Jamais utilisé').waitFor();

  await page.getByRole('button', { name: 'J’ai terminé' }).click();
  await becomeMany(page.getByText(password), 0);
  await getsFocus(on.name);
  assert.equal(await knocks(person(1).email, password), 200);
  await page.reload();
  await row.getByText(/^Dernière utilisation.*, depuis 127\.0\.0\.1$/).waitFor();
  assert.ok(!(await page.content()).includes(password));

  await row.getByRole('button', { name: 'Révoquer Téléphone' }).click();
  const question = page.getByRole('dialog', { name: 'Révoquer « Téléphone » ?' });
  await question.getByText('ne peut pas être annulé').waitFor();
  await hasFocusWithin(question);
  // Enter by habit destroys nothing.
  await page.keyboard.press('Enter');
  await question.waitFor({ state: 'detached' });
  assert.equal(await knocks(person(1).email, password), 200);
  await row.getByRole('button', { name: 'Révoquer Téléphone' }).click();
  await question.getByRole('button', { name: 'Révoquer' }).click();
  await page.getByRole('status').getByText('« Téléphone » est révoqué').waitFor();
  await on.list.getByText('Aucun autre logiciel n’a de mot de passe').waitFor();
  assert.equal(await knocks(person(1).email, password), 401);
  await leave();
});

test('a lost line is said, nothing is made, and the page fills in when the line is back', async () => {
  const { page, on, leave, expectComplaint } = await atPrograms(2);
  expectComplaint(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  await page.context().setOffline(true);
  await on.name.fill('Tablette');
  await on.make.click();
  const alert = page.getByRole('alert');
  await alert.getByText(/Le serveur n’a pas répondu|La connexion est interrompue/).waitFor();
  await on.make.click();
  await alert.getByText('Rien n’a été créé').waitFor();
  await page.context().setOffline(false);
  // The next attempt is the person's own; the page only stops standing in the way.
  await page.getByText(/^Connexion interrompue/).waitFor({ state: 'detached' });
  await on.make.click();
  await on.secret.waitFor();
  await becomeMany(on.list.getByRole('listitem'), 1);
  await leave();
});

test('without a clipboard the value is selected, to be copied by hand', async () => {
  const { page, leave } = await atPrograms(0);
  await page.evaluate('Object.defineProperty(navigator, "clipboard", { value: undefined })');
  await page.getByRole('button', { name: 'Copier : Votre compte, Adresse et identifiant' }).click();
  await page.getByRole('status').getByText('Le texte est sélectionné').waitFor();
  await eventually(async () => assert.equal(await page.evaluate('getSelection().toString()'), person(0).email));
  await leave();
});

test('the page speaks English', async () => {
  const { page, leave } = await goTo(house, person(0), '/settings/programs', { chosen: { language: 'en' } });
  await page.getByRole('heading', { level: 1, name: 'Use another program' }).waitFor();
  await page.getByRole('button', { name: 'Create the password' }).waitFor();
  assert.doesNotMatch((await page.getByRole('main').textContent()) ?? '', /[àâçéêîôû]|réglages|mot de passe/i);
  await leave();
});

test('every state of the page keeps the rules in every look', async () => {
  const { page, on, leave } = await atPrograms(0);
  await checkThemes(page);
  await on.make.click();
  await page.getByText('Donnez-lui un nom').waitFor();
  await checkThemes(page);
  await on.name.fill('Essai');
  await on.make.click();
  await on.secret.waitFor();
  await page.getByRole('radio', { name: 'iPhone, iPad ou Mac' }).check();
  await page.getByText('Réglages pour les autres cas').click();
  await on.list.getByText('Essai').waitFor();
  await checkThemes(page);
  await page.getByRole('radio', { name: 'Outlook' }).check();
  await page.getByRole('button', { name: 'Révoquer Essai' }).click();
  await page.getByRole('dialog').waitFor();
  await checkThemes(page);
  await leave();
});

test('at 320 px nothing is out of sight to the side, the targets are large, and the mailboxes are a tap away', async () => {
  const { page, on, leave } = await atPrograms(0, { ...phone, viewport: { width: 320, height: 640 } });
  await on.name.fill('Mon téléphone au nom tout à fait interminable, offert par la collectivité');
  await on.make.tap();
  await on.secret.waitFor();
  await page.getByRole('radio', { name: 'iPhone, iPad ou Mac' }).check();
  await page.getByText('Réglages pour les autres cas').tap();
  const overhang = await page.evaluate<readonly string[]>(`[...document.querySelectorAll('main *')]
    .filter((it) => it.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(it).position !== 'absolute')
    .map((it) => it.outerHTML.slice(0, 120))`);
  assert.deepEqual(overhang, []);
  for (const button of await page.getByRole('main').getByRole('button').all()) {
    const box = await button.boundingBox();
    assert.ok(box && box.height >= 40, `${await button.textContent()} ${JSON.stringify(box)}`);
  }
  await checkAccessibility(page);
  await page.getByRole('button', { name: 'Ouvrir les dossiers' }).tap();
  await page.getByRole('dialog', { name: 'Dossiers' }).waitFor();
  await leave();
});
