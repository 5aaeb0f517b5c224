/** A service sends somebody to Pli: they log in on the way, read what it may do, say yes, and take it back later. */
import { createServer, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import * as oidc from 'openid-client';
import type { Page } from 'playwright-core';
import {
  checkAccessibility,
  getsFocus,
  openHouse,
  phone,
  signIn,
  visit,
  type House,
  type Visitor,
  type VisitOptions,
} from './harness.ts';
import type { LabAccount } from '#tools/lab.ts';

const name = 'Espace numérique de travail';
let house: House;
let service: Server;
let url = '';
let configuration: oidc.Configuration;
let person: LabAccount;
const verifier = oidc.randomPKCECodeVerifier();

before(async () => {
  house = await openHouse({ isDemo: false });
  person = await house.lab.addAccount('zlebon');
  service = createServer((request, response) => void serve(request.url ?? '/').then((page) => response.end(page)));
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const address = service.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const words = ['--redirect', `${url}/retour`, '--post-logout', `${url}/fin`, '--scope', 'openid profile email mail'];
  const added: unknown = JSON.parse(await house.lab.pli(['openid', 'client', 'add', name, ...words, '--json']));
  const { clientId, clientSecret } = added as { readonly clientId: string; readonly clientSecret: string };
  configuration = await oidc.discovery(
    new URL(house.ready.url),
    clientId,
    undefined,
    oidc.ClientSecretBasic(clientSecret),
    { execute: [oidc.allowInsecureRequests] },
  );
});
after(async () => {
  service.closeAllConnections();
  service.close();
  await house.close();
});

let idToken = '';

/** The service: a page with a link, and the address people come back to. It stands at another site than Pli. */
async function serve(path: string): Promise<string> {
  const page = (title: string, body: string): string =>
    `<!doctype html><html lang="fr"><meta charset="utf-8"><link rel="icon" href="data:,"><title>${title}</title><h1>${title}</h1>${body}`;
  const at = new URL(path, url);
  if (at.pathname === '/fin') return page('À bientôt', '');
  if (at.pathname === '/retour') {
    if (at.searchParams.has('error')) return page(`Refusé : ${at.searchParams.get('error')}`, '');
    const tokens = await oidc.authorizationCodeGrant(configuration, at, { pkceCodeVerifier: verifier });
    idToken = tokens.id_token ?? '';
    const sub = tokens.claims()?.sub ?? '';
    const { email } = await oidc.fetchUserInfo(configuration, tokens.access_token, sub);
    return page(`Bonjour ${email}`, '');
  }
  const to = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: `${url}/retour`,
    scope: 'openid profile email mail',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return page('Accueil', `<a href="${to.href.replaceAll('&', '&amp;')}">Se connecter avec Pli</a>`);
}

const heading = (page: Page, title: string) => page.getByRole('heading', { level: 1, name: title });

async function atService(options: VisitOptions = {}): Promise<Visitor> {
  const visitor = await visit(house, options);
  visitor.expectComplaint(new RegExp(`third party: ${url}/`));
  return visitor;
}

async function comeToAsk(page: Page): Promise<void> {
  await page.goto(`${url}/`);
  await page.getByRole('link', { name: 'Se connecter avec Pli' }).click();
}

test('a service lets people in after they have logged in here and said yes, once, and no longer when they take it back', async () => {
  const { page, leave } = await atService();
  await comeToAsk(page);
  await signIn(page, person);
  const asks = heading(page, `Autoriser « ${name} » ?`);
  await asks.waitFor();
  await page.getByRole('list', { name: 'Si vous acceptez, il pourra :' }).waitFor();
  await page.getByText('lire et classer tous vos messages').waitFor();
  await checkAccessibility(page);
  const accept = page.getByRole('button', { name: 'Accepter' });
  await accept.focus();
  await getsFocus(accept);
  await page.keyboard.press('Enter');
  await heading(page, `Bonjour ${person.email}`).waitFor();

  // The second time nobody is asked anything.
  await comeToAsk(page);
  await heading(page, `Bonjour ${person.email}`).waitFor();

  await page.goto(`${house.ready.url}/settings/programs`);
  const allowed = page.getByRole('region', { name: 'Logiciels et services autorisés' });
  await allowed.getByText(name, { exact: true }).waitFor();
  await checkAccessibility(page);
  await allowed.getByRole('button', { name: `Retirer l’accès de ${name}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retirer', exact: true }).click();
  await allowed.getByText('Aucun logiciel ni service autorisé').waitFor();

  await comeToAsk(page);
  await asks.waitFor();
  await page.getByRole('button', { name: 'Refuser' }).click();
  await heading(page, 'Refusé : access_denied').waitFor();
  await leave();
});

test('an administrator adds a service in the console, and removes it', async () => {
  await house.lab.pli(['role', 'grant', person.userName, 'tenant', '--reason', 'essai']);
  const { page, leave } = await visit(house);
  await page.goto('/console/clients');
  await signIn(page, person);
  await page.getByRole('button', { name: 'Ajouter un service' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Nom', exact: true }).fill('Cahier de textes');
  await dialog.getByRole('textbox', { name: 'Adresses de retour' }).fill('http://pas-sur.example/');
  await dialog.getByRole('button', { name: 'Enregistrer' }).click();
  await dialog.getByText('À corriger : Adresses de retour.').waitFor();
  await checkAccessibility(page);
  await dialog.getByRole('textbox', { name: 'Adresses de retour' }).fill('https://cahier.example/retour');
  await dialog.getByRole('button', { name: 'Enregistrer' }).click();
  await page.getByRole('dialog', { name: 'Identifiants de « Cahier de textes »' }).waitFor();
  await checkAccessibility(page);
  await page.getByRole('button', { name: 'Fermer' }).click();
  await page.getByRole('button', { name: 'Retirer Cahier de textes' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retirer' }).click();
  await page.getByText('« Cahier de textes » est retiré').waitFor();
  await leave();
});

test('on a telephone in the dark one reads it as well, and logging out at the service is logging out here', async () => {
  const { page, leave } = await atService({ ...phone, colorScheme: 'dark' });
  await comeToAsk(page);
  await signIn(page, person);
  await heading(page, `Autoriser « ${name} » ?`).waitFor();
  await checkAccessibility(page);
  await page.getByRole('button', { name: 'Accepter' }).click();
  await heading(page, `Bonjour ${person.email}`).waitFor();
  await page.goto(
    oidc.buildEndSessionUrl(configuration, { id_token_hint: idToken, post_logout_redirect_uri: `${url}/fin` }).href,
  );
  await heading(page, 'Se déconnecter ?').waitFor();
  await checkAccessibility(page);
  await page.getByRole('button', { name: 'Me déconnecter partout' }).click();
  await heading(page, 'À bientôt').waitFor();
  await page.goto(house.ready.url);
  await page.getByRole('button', { name: 'Se connecter', exact: true }).waitFor();
  await page.goto(`${house.ready.url}/openid/auth?client_id=unknown`);
  await heading(page, 'La connexion à ce service n’a pas abouti').waitFor();
  await leave();
});
