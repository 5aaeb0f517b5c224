/** Second factors, passkeys and devices as a person meets them: a telephone's codes, a key in the browser, another tab. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { LabAccount } from '#tools/lab.ts';
import {
  becomeMany,
  checkAccessibility,
  checkThemes,
  getsFocus,
  openHouse,
  phone,
  signIn,
  type House,
  type Visitor,
  type VisitOptions,
} from './harness.ts';
import { atWork, goTo } from './mailPage.ts';

let house: House;
const people: LabAccount[] = [];
before(async () => {
  house = await openHouse({ isDemo: false });
  for (const name of ['zlebon', 'mpetit', 'cdupont', 'agarnier', 'jmoreau', 'lroux'])
    people.push(await house.lab.addAccount(name));
});
after(() => house.close());

/** Each test changes the account of a person of its own. */
function person(index: number): LabAccount {
  const account = people[index];
  assert.ok(account);
  return account;
}

interface Security {
  readonly title: Locator;
  readonly factors: Locator;
  readonly recovery: Locator;
  readonly sessions: Locator;
  readonly devices: Locator;
  readonly events: Locator;
}

const security = (page: Page): Security => ({
  title: page.getByRole('heading', { level: 1, name: 'Sécurité et appareils' }),
  factors: page.getByRole('region', { name: 'Vérification en deux étapes' }),
  recovery: page.getByRole('region', { name: 'Codes de secours', exact: true }),
  sessions: page.getByRole('region', { name: 'Où vous êtes connecté' }),
  devices: page.getByRole('region', { name: 'Appareils connus' }),
  events: page.getByRole('region', { name: 'Journal de vos connexions' }),
});

async function atSecurity(index: number, options: VisitOptions = {}): Promise<Visitor & { readonly on: Security }> {
  const visitor = await goTo(house, person(index), '/settings/security', options);
  const on = security(visitor.page);
  await on.factors.waitFor();
  return { ...visitor, on };
}

/** The code an authenticator program would show (RFC 6238). */
function codeOf(secret: string, at = Date.now()): string {
  const bits = Array.from(secret.replaceAll(' ', ''), (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('');
  const key = Buffer.from(bits.match(/.{8}/g)?.map((octet) => Number.parseInt(octet, 2)) ?? []);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac.readUInt8(19) & 0xf) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Takes an authenticator program into use. @returns its secret, and the recovery codes. */
async function addTotp(page: Page, on: Security): Promise<{ readonly secret: string; readonly codes: string[] }> {
  await on.factors.getByRole('button', { name: 'Ajouter une application' }).click();
  const dialog = page.getByRole('dialog', { name: 'Ajouter une application d’authentification' });
  const secret = (await dialog.getByLabel('Clé à saisir').textContent()) ?? '';
  await dialog.getByRole('textbox', { name: 'Code de l’application' }).fill(codeOf(secret));
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const shown = page.getByRole('region', { name: 'Vos codes de secours' });
  await shown.getByRole('listitem').first().waitFor();
  await becomeMany(shown.getByRole('listitem'), 10);
  const codes = await shown.getByRole('listitem').allTextContents();
  await page.getByRole('button', { name: 'Je les ai gardés' }).click();
  await shown.waitFor({ state: 'detached' });
  return { secret, codes };
}

/**
 * A key in the browser itself: it asks nobody, and says that it did. So it takes what waits in the field of the name at
 * once, unless the page is told that this browser offers nothing there.
 */
async function addAuthenticator(page: Page): Promise<void> {
  await page.addInitScript(() => {
    if (localStorage.getItem('offersNothing') !== null)
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
  });
  await page.evaluate(() => localStorage.setItem('offersNothing', 'yes'));
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function logOut(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: /^Compte/ }).click();
  await page.getByRole('menuitem', { name: 'Se déconnecter' }).click();
  await page.getByRole('heading', { name: 'Connexion', exact: true }).waitFor();
}

const inbox = (page: Page): Locator => page.getByRole('heading', { level: 1, name: 'Boîte de réception' });
const codeField = (page: Page): Locator => page.getByRole('textbox', { name: 'Code de l’application' });

test('from the settings, with keys alone, a telephone becomes a second factor, and the login asks for its code', async () => {
  const { page, leave, expectComplaint } = await atWork(house, person(0));
  expectComplaint(/status of 422/);
  await page.getByRole('button', { name: 'Réglages', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Sécurité et appareils' }).focus();
  await page.keyboard.press('Enter');
  const on = security(page);
  await on.factors.waitFor();
  await getsFocus(on.title);
  await on.factors.getByText('Votre mot de passe suffit aujourd’hui').waitFor();
  const { secret, codes } = await addTotp(page, on);
  await on.factors.getByRole('listitem').filter({ hasText: 'Mon téléphone' }).getByText('Jamais utilisée').waitFor();
  await on.recovery.getByText('Il vous reste 10 codes.').waitFor();

  await logOut(page);
  await signIn(page, person(0));
  await page.getByRole('heading', { name: 'Vérification en deux étapes' }).waitFor();
  await getsFocus(codeField(page));
  await page.keyboard.type('000000');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Ce code n’est pas le bon').waitFor();
  await checkAccessibility(page);
  await getsFocus(codeField(page));
  // The code that confirmed the telephone is used; the next one is taken already.
  await page.keyboard.type(codeOf(secret, Date.now() + 30_000));
  await page.keyboard.press('Enter');
  await inbox(page).waitFor();

  await logOut(page);
  await signIn(page, person(0));
  // A reload goes on where the login was.
  await codeField(page).waitFor();
  await page.reload();
  await codeField(page).waitFor();
  await page.getByRole('button', { name: 'Saisir plutôt un code de secours' }).click();
  await page.getByRole('textbox', { name: 'Code de secours' }).fill(codes[0] ?? '');
  await page.keyboard.press('Enter');
  await inbox(page).waitFor();
  await page.goto('/settings/security');
  await on.recovery.getByText('Il vous reste 9 codes.').waitFor();
  const log = on.events.getByRole('listitem');
  for (const text of ['Seconde preuve erronée', 'Code de secours utilisé', 'Seconde preuve ajoutée · Mon téléphone'])
    await log.filter({ hasText: text }).first().waitFor();
  await leave();
});

test('a passkey is made, opens alone, and may be renamed and taken away', async () => {
  const { page, on, leave } = await atSecurity(1);
  await addAuthenticator(page);
  await on.factors.getByRole('button', { name: 'Ajouter une clé d’accès' }).click();
  const dialog = page.getByRole('dialog', { name: 'Ajouter une clé d’accès' });
  await dialog.getByRole('textbox', { name: 'Nom' }).fill('Ordinateur du bureau');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Je les ai gardés' }).click();
  const row = on.factors.getByRole('listitem').filter({ hasText: 'Ordinateur du bureau' });
  await row.getByText('Clé d’accès, remplace aussi le mot de passe').waitFor();

  await logOut(page);
  await page.getByRole('button', { name: 'Se connecter avec une clé d’accès' }).click();
  await inbox(page).waitFor();
  await page.goto('/settings/security');
  await row.getByText('Dernière utilisation').waitFor();
  // Where the browser offers it in the field of the name, nothing is left to press.
  await page.evaluate(() => localStorage.removeItem('offersNothing'));
  await page.reload();
  await row.waitFor();
  await page.getByRole('button', { name: /^Compte/ }).click();
  // The page stands there until one has left, and again once the key has opened it.
  const opened = page.waitForResponse((it) => it.url().endsWith('/auth/passkey') && it.request().method() === 'POST');
  await page.getByRole('menuitem', { name: 'Se déconnecter' }).click();
  assert.equal((await opened).status(), 200);
  await page.getByRole('heading', { name: 'Connexion', exact: true }).waitFor({ state: 'detached' });

  await row.getByRole('button', { name: 'Renommer Ordinateur du bureau' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Nom' }).fill('Poste 12');
  await page.keyboard.press('Enter');
  await on.factors.getByText('Poste 12').waitFor();
  await on.factors.getByRole('button', { name: 'Retirer Poste 12' }).click();
  const question = page.getByRole('dialog', { name: 'Retirer « Poste 12 » ?' });
  await question.getByText('votre dernière seconde preuve').waitFor();
  await question.getByRole('button', { name: 'Retirer' }).click();
  await on.factors.getByText('Votre mot de passe suffit aujourd’hui').waitFor();
  await leave();
});

test('after the password the browser’s key will do, and a trusted browser is not asked again', async () => {
  const { page, on, leave } = await atSecurity(2);
  await addAuthenticator(page);
  await on.factors.getByRole('button', { name: 'Ajouter une clé d’accès' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Nom' }).press('Enter');
  await page.getByRole('button', { name: 'Je les ai gardés' }).click();
  const enter = async (): Promise<void> => {
    await logOut(page);
    await signIn(page, person(2));
  };
  await enter();
  await page.getByRole('checkbox', { name: 'Ne plus me le demander sur cet appareil pendant 30 jours' }).check();
  await page.getByRole('button', { name: 'Utiliser ma clé d’accès' }).click();
  await inbox(page).waitFor();
  await enter();
  await inbox(page).waitFor();

  await page.goto('/settings/security');
  const row = on.devices.getByRole('listitem').filter({ hasText: 'Dispensé de la seconde preuve jusqu’au' });
  await row.getByRole('button', { name: /^Oublier / }).click();
  await row.waitFor({ state: 'detached' });
  await enter();
  await page.getByRole('button', { name: 'Utiliser ma clé d’accès' }).waitFor();
  await leave();
});

test('one device signs another out, and it falls out at once; a letter had told of it', async () => {
  const { page, on, leave } = await atSecurity(3);
  const other = await atWork(house, person(3), { userAgent: 'Mozilla/5.0 (Windows NT 10.0; rv:145.0) Firefox/145.0' });
  other.expectComplaint(/401|eventsource/i);
  await page.reload();
  const row = on.sessions.getByRole('listitem').filter({ hasText: 'Firefox sur Windows' });
  await row.getByText('depuis 127.0.0.1').waitFor();
  await on.sessions.getByText('Cet appareil-ci').waitFor();
  await on.events.getByText('Nouvel appareil').waitFor();
  await row.getByRole('button', { name: 'Déconnecter Firefox sur Windows' }).click();
  await row.waitFor({ state: 'detached' });
  await other.page.getByRole('dialog').getByText('Votre session', { exact: false }).first().waitFor();
  await on.sessions.getByText('Vous n’êtes connecté nulle part ailleurs.').waitFor();
  await page.goto('/');
  await page
    .getByRole('grid', { name: /^Messages, / })
    .getByRole('row', { name: /Connexion depuis un nouvel appareil/ })
    .waitFor();
  await other.leave();
  await leave();
});

test('what is sensitive asks again who one is, and then goes on with it', async () => {
  const { page, on, leave, expectComplaint } = await atSecurity(4);
  expectComplaint(/status of (?:403|422)/);
  // As after a quarter of an hour: the server says so once.
  let isOld = true;
  await page.route('**/auth/enrol/totp', async (route) => {
    if (!isOld) return route.continue();
    return route.fulfill({ status: 403, json: { kind: 'stepUpNeeded' } });
  });
  await on.factors.getByRole('button', { name: 'Ajouter une application' }).click();
  const proof = page.getByRole('dialog', { name: 'Est-ce bien vous ?' });
  const password = proof.getByLabel('Mot de passe');
  await password.fill('faux');
  await page.keyboard.press('Enter');
  await proof.getByRole('alert').getByText('Ce mot de passe n’est pas le bon').waitFor();
  await checkAccessibility(page);
  isOld = false;
  await password.fill(person(4).password);
  await page.keyboard.press('Enter');
  await page.getByRole('img', { name: 'Code QR à scanner' }).waitFor();
  await leave();
});

test('another recovery address counts once its code was typed, and may be taken away', async () => {
  const { page, on, leave, expectComplaint } = await atSecurity(4);
  expectComplaint(/status of (?:400|422)/);
  const part = page.getByRole('region', { name: 'Adresse de secours' });
  await part.getByRole('button', { name: 'Indiquer une adresse' }).click();
  const address = part.getByRole('textbox', { name: 'Adresse électronique de secours' });
  await getsFocus(address);
  await page.keyboard.type(person(4).email);
  await page.keyboard.press('Enter');
  await part.getByRole('alert').getByText('celle de cette messagerie').waitFor();
  await address.fill(person(5).email);
  await page.keyboard.press('Enter');
  const code = part.getByRole('textbox', { name: 'Code à 6 chiffres' });
  await getsFocus(code);
  const other = await atWork(house, person(5));
  const letter = other.mail.rows.filter({ hasText: 'votre code de vérification' }).first();
  await letter.waitFor();
  const [sent = ''] = /\d{3} \d{3}/.exec((await letter.textContent()) ?? '') ?? [];
  await code.fill(sent === '000 000' ? '000001' : '000000');
  await page.keyboard.press('Enter');
  await part.getByRole('alert').getByText('Il vous reste 4 essais.').waitFor();
  await checkAccessibility(page);
  await code.fill(sent);
  await page.keyboard.press('Enter');
  await part.getByText(`un code est envoyé à ${person(5).email}`).waitFor();
  await on.events.getByText('Adresse de secours confirmée').waitFor();
  await part.getByRole('button', { name: 'Retirer l’adresse' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retirer l’adresse' }).click();
  await part.getByRole('button', { name: 'Indiquer une adresse' }).waitFor();
  await other.mail.rows.filter({ hasText: 'Votre adresse de secours a été retirée' }).first().waitFor();
  await other.leave();
  await leave();
});

test('every state of the page keeps the rules in every look', async () => {
  const { page, on, leave } = await atSecurity(5);
  await on.events.getByRole('listitem').first().waitFor();
  await checkThemes(page);
  await on.factors.getByRole('button', { name: 'Ajouter une application' }).click();
  await page.getByRole('img', { name: 'Code QR à scanner' }).waitFor();
  await checkThemes(page);
  await page.getByRole('button', { name: 'Fermer' }).click();
  await on.factors.getByRole('button', { name: 'Ajouter une clé d’accès' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Nom' }).waitFor();
  await checkThemes(page);
  await leave();
});

test('at 320 px nothing is out of sight to the side', async () => {
  const { page, on, leave } = await atSecurity(5, { ...phone, viewport: { width: 320, height: 640 } });
  await on.events.getByRole('listitem').first().waitFor();
  const overhang = await page.evaluate<readonly string[]>(`[...document.querySelectorAll('main *')]
    .filter((it) => it.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(it).position !== 'absolute')
    .map((it) => it.outerHTML.slice(0, 120))`);
  assert.deepEqual(overhang, []);
  await checkAccessibility(page);
  await leave();
});

test('the page speaks English', async () => {
  const { page, leave } = await goTo(house, person(5), '/settings/security', { chosen: { language: 'en' } });
  await page.getByRole('heading', { level: 1, name: 'Security and devices' }).waitFor();
  await page.getByRole('button', { name: 'Add an app' }).waitFor();
  await page.getByRole('region', { name: 'Log of your logins' }).getByRole('listitem').first().waitFor();
  assert.doesNotMatch((await page.getByRole('main').textContent()) ?? '', /[àâçéêîôû]|appareil|connexion/i);
  await leave();
});
