/** The console at work: one act on a selection, and an account that others got into, from its card to what was held. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { checkAccessibility, eventually, openHouse, phone, type House } from './harness.ts';
import { atWork, goTo } from './mailPage.ts';

let house: House;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

function account(index: number) {
  const one = house.ready.accounts[index];
  assert.ok(one);
  return one;
}
/** Claire teaches; Nadia administers the academy. */
const claire = () => account(0);
const nadia = () => account(2);

function on(page: Page) {
  return {
    search: page.getByRole('searchbox', { name: 'Chercher une personne' }),
    results: page.getByRole('region', { name: 'Personnes trouvées' }),
    dialog: page.getByRole('dialog'),
    said: page.getByRole('status'),
  };
}

test('people are ticked by the keyboard, blocked as a job, and each line says what became of it', async () => {
  const { page, leave } = await goTo(house, nadia(), '/console');
  const { search, results, dialog } = on(page);
  await search.fill('mar');
  const found = results.getByRole('checkbox', { name: /^Sélectionner (?!les)/ });
  // A page of everybody stood there until what was typed was found.
  await eventually(async () => assert.ok((await found.count()) > 0 && (await found.count()) < 50));
  await results.getByRole('checkbox', { name: 'Sélectionner les personnes affichées' }).focus();
  await page.keyboard.press('Space');
  const count = await found.count();
  await results.getByText(new RegExp(`${count} personnes? sélectionnées?`)).waitFor();
  await results.getByRole('button', { name: 'Agir sur la sélection' }).click();
  await dialog.getByRole('combobox', { name: 'Action' }).selectOption('Suspendre');
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Campagne de hameçonnage');
  await page.keyboard.press('Enter');
  await dialog.getByText('Ce n’est pas le nombre de personnes.').waitFor();
  await checkAccessibility(page);
  await dialog.getByRole('textbox', { name: /écrivez le nombre/ }).fill(String(count));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 2, name: /^Suspendre, \d+ personne/ }).waitFor();
  await page.getByText(/^Terminée le/).waitFor();
  await page.getByText(new RegExp(`${count} faites, 0 refusées, 0 inconnues`)).waitFor();
  await checkAccessibility(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Télécharger le résultat (CSV)' }).click(),
  ]);
  const stream = await download.createReadStream();
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  assert.equal(Buffer.concat(pieces).toString('utf8').trimEnd().split('\r\n').length, count + 1);

  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Personnes' }).click();
  await results.getByRole('button', { name: 'Agir sur un fichier CSV' }).click();
  const file = { name: 'gens.csv', mimeType: 'text/csv', buffer: Buffer.from('identifiant\nnadia.inconnue\n') };
  await dialog.getByLabel('Fichier CSV').setInputFiles(file);
  await dialog.getByText('1 personne dans le fichier').waitFor();
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Essai');
  await page.keyboard.press('Enter');
  await page.getByRole('cell', { name: 'Inconnue, ou hors de vos unités' }).waitFor();
  await leave();
});

/** A message of Claire's that leaves tomorrow. */
async function schedule(subject: string): Promise<void> {
  const { userName, password } = claire();
  const headers = {
    authorization: `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`,
    'content-type': 'application/json',
  };
  const session: unknown = await (await fetch(`${house.ready.url}/.well-known/jmap`, { headers })).json();
  const found = JSON.stringify(session).match(/"primaryAccounts":\{"[^"]+":"([^"]+)"/);
  const accountId = found?.[1] ?? assert.fail('no account');
  const ask = async (methodCalls: unknown): Promise<string> => {
    const using = ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail', 'urn:ietf:params:jmap:submission'];
    const answer = await fetch(`${house.ready.url}/jmap/api`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ using, methodCalls }),
    });
    return answer.text();
  };
  const known = await ask([
    ['Identity/get', { accountId, ids: null }, 'i'],
    ['Mailbox/query', { accountId, filter: { role: 'drafts' } }, 'm'],
  ]);
  const [, identity = ''] = /"list":\[\{"id":"([^"]+)"/.exec(known) ?? [];
  const [, mailbox = ''] = /"ids":\["([^"]+)"/.exec(known) ?? [];
  const [, email = ''] = /"email":"([^"]+)"/.exec(known) ?? [];
  const holdUntil = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
  const draft = {
    mailboxIds: { [mailbox]: true },
    from: [{ email }],
    to: [{ email: 'ami@ailleurs.example' }],
    subject,
    bodyStructure: { partId: '1', type: 'text/plain' },
    bodyValues: { '1': { value: 'Bonjour' } },
  };
  const envelope = {
    mailFrom: { email, parameters: { HOLDUNTIL: holdUntil } },
    rcptTo: [{ email: 'ami@ailleurs.example', parameters: null }],
  };
  const done = await ask([
    ['Email/set', { accountId, create: { d: draft } }, 'd'],
    ['EmailSubmission/set', { accountId, create: { s: { identityId: identity, emailId: '#d', envelope } } }, 's'],
  ]);
  assert.match(done, /"undoStatus":"pending"/);
}

test('a compromised account is shut, put right, what it sends is held and given up, and it is given back', async () => {
  await schedule('Gagnez un téléphone');
  const theirs = await atWork(house, claire());
  theirs.expectComplaint(/401/);
  const { page, leave } = await goTo(house, nadia(), '/console', {
    ...phone,
    viewport: { width: 390, height: 844 },
  });
  const { search, results, dialog } = on(page);
  await search.fill('claire dup');
  // The list of everybody may give way to what was found under the pointer.
  await results.getByText('1 personne trouvée').waitFor();
  await results.getByRole('link', { name: 'Claire Dupont' }).click();
  await page.getByRole('button', { name: 'Compte compromis' }).click();
  await dialog.getByRole('heading', { name: 'Bloquer le compte tout de suite' }).waitFor();
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Envois en masse signalés');
  await checkAccessibility(page);
  await dialog.getByRole('button', { name: 'Tout bloquer' }).click();
  const mend = dialog.getByRole('heading', { name: 'Ce qui a changé, et ce qui est retenu' });
  await mend.waitFor();
  await page.waitForFunction('document.activeElement?.textContent === "Ce qui a changé, et ce qui est retenu"');
  await theirs.page.getByRole('textbox', { name: /Identifiant/ }).waitFor();
  await theirs.page.close();
  const held = dialog.getByRole('group', { name: 'Retenu dans la file d’envoi' });
  await held.getByText(/ami@ailleurs\.example.*Gagnez un téléphone/).waitFor();
  await checkAccessibility(page);
  await held.getByRole('button', { name: 'Ne pas envoyer' }).click();
  await held.getByText('Rien n’est retenu.').waitFor();
  await dialog.getByRole('button', { name: 'Rendre le compte' }).click();
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Identité vérifiée au guichet');
  await page.keyboard.press('Enter');
  const secret = dialog.locator('code');
  await secret.waitFor();
  assert.match((await secret.textContent()) ?? '', /^[a-z]{4}-[a-z]{4}-[a-z]{4}-\d\d$/);
  await dialog.getByRole('button', { name: 'C’est transmis' }).click();
  await page.getByText('Provisoire, à changer à la prochaine connexion').waitFor();
  await leave();
});
