/** The console: an administrator and an agent of support find people, help them, and are told of in the log. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  becomeMany,
  checkAccessibility,
  checkThemes,
  eventually,
  getsFocus,
  openHouse,
  phone,
  type House,
  type Visitor,
  type VisitOptions,
} from './harness.ts';
import { atWork, goTo } from './mailPage.ts';

let house: House;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

/** Claire teaches; Nadia administers the academy; Claude helps in one department. */
const people = { claire: 0, nadia: 2, claude: 3 } as const;
const account = (who: keyof typeof people) => {
  const one = house.ready.accounts[people[who]];
  assert.ok(one);
  return one;
};

async function atConsole(
  who: keyof typeof people,
  options: VisitOptions = {},
): Promise<Visitor & ReturnType<typeof consolePage>> {
  const visitor = await goTo(house, account(who), '/console', options);
  const on = consolePage(visitor.page);
  await on.search.waitFor();
  return { ...visitor, ...on };
}

function consolePage(page: Page) {
  return {
    page,
    title: page.getByRole('heading', { level: 1, name: 'Console d’administration' }),
    search: page.getByRole('searchbox', { name: 'Chercher une personne' }),
    results: page.getByRole('region', { name: 'Personnes trouvées' }),
    acts: page.getByRole('group', { name: 'Actions' }),
    dialog: page.getByRole('dialog'),
    said: page.getByRole('status'),
    card: (name: string) => page.getByRole('heading', { level: 2, name }),
    open: async (text: string, name: string): Promise<void> => {
      await page.getByRole('searchbox', { name: 'Chercher une personne' }).fill(text);
      const found = page.getByRole('region', { name: 'Personnes trouvées' }).getByRole('link', { name }).first();
      // The list of before may give way to this one under the pointer.
      await eventually(async () => {
        await found.click({ timeout: 5_000 });
        await page.getByRole('heading', { level: 2, name }).waitFor({ timeout: 5_000 });
      });
    },
  };
}

async function logsIn(userName: string, password: string): Promise<number> {
  const answer = await fetch(`${house.ready.url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName, password }),
  });
  return answer.status;
}

test('whoever has no role has no door to it, and the address tells nothing', async () => {
  const { page, leave } = await atWork(house, account('claire'));
  await page.getByRole('button', { name: /^Compte/ }).click();
  await page.getByRole('menuitem', { name: 'Réglages' }).waitFor();
  assert.equal(await page.getByRole('menuitem', { name: 'Console d’administration' }).count(), 0);
  await page.goto('/console');
  await page.getByText('Cette page est réservée').waitFor();
  assert.equal(await page.getByRole('searchbox', { name: 'Chercher une personne' }).count(), 0);
  await leave();
});

test('an administrator finds somebody as they type, suspends them with a reason, and takes it back', async () => {
  const { page, leave } = await atWork(house, account('nadia'));
  const on = consolePage(page);
  const { search, results, acts, dialog, said } = on;
  await page.getByRole('button', { name: /^Compte/ }).click();
  await page.getByRole('menuitem', { name: 'Console d’administration' }).click();
  await getsFocus(on.title);
  await search.fill('gar');
  await results.getByRole('link', { name: 'Hélène Garnier' }).waitFor();
  await search.fill('hgarnier');
  await results.getByText('1 personne trouvée').waitFor();
  await results.getByRole('link', { name: 'Hélène Garnier' }).focus();
  await page.keyboard.press('Enter');
  const name = on.card('Hélène Garnier');
  await getsFocus(name);
  await page.getByText('Ni l’objet ni le texte des messages').waitFor();

  await acts.getByRole('button', { name: 'Suspendre' }).click();
  await dialog.getByRole('button', { name: 'Suspendre' }).click();
  await dialog.getByText('Dites pourquoi.').waitFor();
  const reason = dialog.getByRole('textbox', { name: 'Motif' });
  await page.waitForFunction('document.activeElement?.getAttribute("aria-invalid") === "true"');
  await reason.fill('Enquête interne');
  await page.keyboard.press('Enter');
  // The pointer rests on what can be taken back, so that it stays.
  await said.getByText('Le compte de Hélène Garnier est suspendu.').hover();
  await page.getByText('Motif : Enquête interne').waitFor();
  await acts.getByRole('button', { name: 'Rouvrir' }).waitFor();

  await page
    .getByRole('region', { name: 'Messages de l’application' })
    .getByRole('button', { name: 'Annuler' })
    .click();
  await said.getByText('Le compte de Hélène Garnier est rouvert.').waitFor();
  await acts.getByRole('button', { name: 'Suspendre' }).waitFor();

  await page.getByRole('link', { name: 'Journal de ce compte' }).click();
  const lines = page.getByRole('table', { name: 'Lignes du journal' });
  const row = lines.getByRole('row').filter({ hasText: 'Accès fermé' });
  for (const text of ['Nadia Benali', 'Hélène Garnier', 'Enquête interne']) await row.getByText(text).waitFor();
  await lines.getByText('Annulation : Enquête interne').waitFor();
  await leave();
});

test('closing an account takes its user name again, and the quota is a number', async () => {
  const on = await atConsole('nadia');
  const { page, acts, dialog, said, leave } = on;
  await on.open('damien', 'Damien Lœwenbruck');
  await acts.getByRole('button', { name: 'Changer l’espace' }).click();
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Demande du service');
  await dialog.getByRole('textbox', { name: 'Espace en Go' }).fill('beaucoup');
  await page.keyboard.press('Enter');
  await dialog.getByText('Donnez un nombre').waitFor();
  await dialog.getByRole('textbox', { name: 'Espace en Go' }).fill('2,5');
  await page.keyboard.press('Enter');
  await said.getByText('L’espace de Damien Lœwenbruck est changé.').waitFor();
  await page
    .locator('p')
    .filter({ hasText: /utilisés sur 2,5\sGo/ })
    .waitFor();

  await acts.getByRole('button', { name: 'Fermer le compte' }).click();
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Départ');
  await dialog.getByRole('textbox', { name: /recopiez l’identifiant/ }).fill('autre');
  await page.keyboard.press('Enter');
  await dialog.getByText('Ce n’est pas l’identifiant').waitFor();
  await dialog.getByRole('textbox', { name: /recopiez l’identifiant/ }).fill('dloewenbruck');
  await page.keyboard.press('Enter');
  await said.getByText('Le compte de Damien Lœwenbruck est fermé.').waitFor();
  await acts.getByRole('button', { name: 'Rouvrir' }).waitFor();
  await becomeMany(acts.getByRole('button', { name: 'Suspendre' }), 0);
  await leave();
});

test('support gives a provisional password, shown once, and sees neither the log nor roles nor other departments', async () => {
  const on = await atConsole('claude');
  const { page, search, results, acts, dialog, leave, expectComplaint } = on;
  expectComplaint(/status of 403/);
  await search.fill('georges');
  await results.getByText('Personne ne correspond').first().waitFor();
  await on.open('vandenbroucke', 'Mireille Vandenbroucke');
  await eventually(async () =>
    assert.deepEqual(await acts.getByRole('button').allTextContents(), [
      'Donner un mot de passe provisoire',
      'Relancer l’activation',
      'Déconnecter partout',
      'Compte compromis',
    ]),
  );
  await acts.getByRole('button', { name: 'Donner un mot de passe provisoire' }).click();
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Appel au guichet, badge vérifié');
  await page.keyboard.press('Enter');
  const secret = dialog.locator('code');
  await secret.waitFor();
  const password = (await secret.textContent()) ?? '';
  assert.match(password, /^[a-z]{4}-[a-z]{4}-[a-z]{4}-\d\d$/);
  await checkAccessibility(page);
  await dialog.getByRole('button', { name: 'C’est transmis' }).click();
  await eventually(async () => assert.ok(!(await page.content()).includes(password)));
  assert.equal(await logsIn('mvandenbroucke', password), 200, 'it leads to the page where it is replaced');
  const menu = page.getByRole('navigation', { name: 'Console' });
  await menu.getByRole('link', { name: 'Personnes' }).waitFor();
  assert.equal(await menu.getByRole('link', { name: 'Journal' }).count(), 0, 'no door that does not open');
  await page.goto('/console/audit');
  await page.getByText('Le chargement a échoué').waitFor();
  await leave();
});

test('a role is given from the card, listed with who gave it, and revoked', async () => {
  const on = await atConsole('nadia');
  const { page, acts, dialog, said, leave } = on;
  await on.open('etcheverry', 'Lucie Etcheverry');
  await acts.getByRole('button', { name: 'Donner un rôle' }).click();
  await dialog.getByRole('combobox', { name: 'Rôle' }).selectOption('Administration d’une unité');
  await dialog.getByRole('combobox', { name: 'Unité' }).selectOption({ index: 3 });
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Intérim');
  await dialog.getByRole('button', { name: 'Donner le rôle' }).click();
  await said.getByText('Lucie Etcheverry a maintenant ce rôle.').waitFor();
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Rôles' }).click();
  const row = page.getByRole('listitem').filter({ hasText: 'Lucie Etcheverry' });
  await row.getByText(/donné par Nadia Benali/).waitFor();
  await row.getByRole('button', { name: 'Retirer le rôle de Lucie Etcheverry' }).click();
  await dialog.getByRole('textbox', { name: 'Motif' }).fill('Fin de l’intérim');
  await page.keyboard.press('Enter');
  await said.getByText('Le rôle de Lucie Etcheverry est retiré.').waitFor();
  await row.waitFor({ state: 'detached' });
  await leave();
});

test('the log is taken along as a file, with its filters', async () => {
  const { page, leave } = await atConsole('nadia');
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Journal' }).click();
  await page.getByRole('combobox', { name: 'Action' }).selectOption('Connexion');
  await page.getByRole('table', { name: 'Lignes du journal' }).getByText('Connexion').first().waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Exporter en CSV' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^audit \d{4}-\d\d-\d\d\.csv$/);
  const stream = await download.createReadStream();
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  const [head, ...lines] = Buffer.concat(pieces).toString('utf8').trimEnd().split('\r\n');
  assert.match(head ?? '', /at,actor,by,verb/);
  assert.ok(lines.length > 0 && lines.every((line) => line.includes(',login,')));
  await leave();
});

const widths = [
  ['desk', { viewport: { width: 1440, height: 900 } }],
  ['tablet', { viewport: { width: 768, height: 1024 } }],
  ['phone', { ...phone, viewport: { width: 390, height: 844 } }],
] as const;

for (const [screen, options] of widths) {
  test(`every screen keeps the rules on a ${screen} in light and dark, and nothing is wider than the window`, async () => {
    const { page, leave } = await goTo(house, account('nadia'), '/console', options);
    const check = async (where: 'page' | 'dialog' = 'page'): Promise<void> => {
      // A dialog at the foot of a small window is none to axe, which then misses the page behind it.
      if (where === 'dialog' && screen === 'phone') return;
      await checkThemes(page, ['light', 'dark']);
      const [wide, room] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      assert.ok(wide <= room, `${wide} in ${room}`);
    };
    const on = consolePage(page);
    await on.search.fill('dup');
    await on.results.getByRole('link', { name: 'Claire Dupont' }).waitFor();
    await check();
    await on.results.getByRole('link', { name: 'Claire Dupont' }).click();
    await on.card('Claire Dupont').waitFor();
    await check();
    await on.acts.getByRole('button', { name: 'Bloquer' }).click();
    await on.dialog.getByRole('textbox', { name: 'Motif' }).waitFor();
    await check('dialog');
    await page.keyboard.press('Escape');
    await on.dialog.waitFor({ state: 'detached' });
    await on.acts.getByRole('button', { name: 'Donner un rôle' }).click();
    await on.dialog.getByRole('combobox', { name: 'Unité' }).waitFor();
    await check('dialog');
    await page.keyboard.press('Escape');
    await page.goto('/console/audit');
    await page.getByRole('table').waitFor();
    await check();
    await page.goto('/console/roles');
    await page
      .getByRole('button', { name: /Retirer le rôle de/ })
      .first()
      .waitFor();
    await check();
    await leave();
  });
}
