/** Writing, in a real browser against a real server: two people, drafts, files, undo, crash of a tab, phone, keyboard. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import {
  becomeMany,
  checkAccessibility,
  eventually,
  getsFocus,
  hasFocusWithin,
  openHouse,
  personOf,
  phone,
  signIn,
  visit,
  type House,
  type Visitor,
  type VisitOptions,
} from './harness.ts';

let house: House;

before(async () => {
  house = await openHouse();
});
after(() => house.close());

/** The demonstration's first person, or the second. */
async function enter(which: 0 | 1, options: VisitOptions = {}): Promise<Visitor> {
  const visitor = await visit(house, options);
  await signIn(visitor.page, personOf(house, which));
  await visitor.page.getByRole('heading', { name: /boîte de réception/i }).waitFor();
  return visitor;
}

const emailOf = (which: 0 | 1): string => personOf(house, which).email;

async function compose(page: Page): Promise<Locator> {
  const count = await page.locator('[data-composer]').count();
  await page.getByRole('button', { name: 'Nouveau message' }).first().click();
  const composer = page.locator('[data-composer]').nth(count);
  await composer.getByRole('combobox', { name: 'À' }).waitFor();
  return composer;
}

const text = (composer: Locator): Locator => composer.getByRole('textbox', { name: 'Texte du message' });

const reads = (locator: Locator, words: RegExp): Promise<void> =>
  eventually(async () => assert.match(await locator.innerText(), words));
const holds = (field: Locator, value: string): Promise<void> =>
  eventually(async () => assert.equal(await field.inputValue(), value));

async function fill(composer: Locator, to: string, subject: string, body: string): Promise<void> {
  await composer.getByRole('combobox', { name: 'À' }).fill(to);
  await composer.getByRole('combobox', { name: 'À' }).press('Enter');
  await composer.getByLabel('Objet').fill(subject);
  await text(composer).click();
  await composer.page().keyboard.type(body);
}

/** Pastes HTML as another program would put it on the clipboard. In the page's own words: it has types this file has not. */
async function pasteHtml(page: Page, html: string): Promise<void> {
  await page.evaluate(`(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/html', ${JSON.stringify(html)});
    const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    document.querySelector('[data-body] [role="textbox"]').dispatchEvent(paste);
  })()`);
}

/** All that this browser keeps of what is being written, as JSON; nothing before the first word of it. */
const keptCopies = (page: Page): Promise<string> =>
  page.evaluate<string>(`(async () => {
    const known = await indexedDB.databases();
    if (!known.some(({ name }) => name === 'pli-compose')) return '';
    const answered = (asked) => new Promise((resolve, reject) => {
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    const database = await answered(indexedDB.open('pli-compose'));
    const rows = await answered(database.transaction('drafts').objectStore('drafts').getAll());
    database.close();
    return JSON.stringify(rows);
  })()`);

test('a message is written by keyboard, called back, sent again, and read by another person', async () => {
  const claire = await enter(0);
  const marc = await enter(1);
  const { page } = claire;
  await page.keyboard.press('c');
  const composer = page.locator('[data-composer]');
  await getsFocus(composer.getByRole('combobox', { name: 'À' }));
  await page.keyboard.type(`${emailOf(1)},`);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Sortie au musée');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Bonjour Marc,\n- lundi\nmardi\n\n');
  await page.keyboard.press('Control+b');
  await page.keyboard.type('Merci');
  await checkAccessibility(page);
  await page.keyboard.press('Control+Enter');
  await composer.waitFor({ state: 'detached' });
  const undo = page.getByRole('region', { name: 'Messages en cours d’envoi' }).getByRole('button', { name: 'Annuler' });
  await undo.click();
  await composer.waitFor();
  await becomeMany(text(composer).locator('li'), 2);
  await reads(text(composer).locator('strong'), /^Merci$/);
  await composer.getByRole('button', { name: 'Envoyer' }).click();
  await composer.waitFor({ state: 'detached' });
  await marc.page.getByText('Sortie au musée').first().click();
  // The buttons stand under the message: they move as it comes, and away from under the pointer.
  await marc.page.frameLocator('iframe[title="Contenu du message"]').first().getByText('Merci').waitFor();
  await marc.page.getByRole('button', { name: 'Répondre', exact: true }).last().click();
  const answer = marc.page.locator('[data-composer]');
  await text(answer).locator('blockquote').waitFor();
  await holds(answer.getByLabel('Objet'), 'Re: Sortie au musée');
  await reads(text(answer), /a écrit :/);
  await becomeMany(text(answer).locator('blockquote li'), 2);
  await getsFocus(text(answer));
  await marc.page.keyboard.type('D’accord.');
  await checkAccessibility(marc.page);
  await marc.page.keyboard.press('Control+Enter');
  await answer.waitFor({ state: 'detached' });
  await page.getByText('D’accord').first().waitFor();
  await claire.leave();
  await marc.leave();
});

test('what was typed survives the death of the tab; a closed or deleted draft comes back', async () => {
  const { page, leave } = await enter(0);
  await fill(await compose(page), 'quelqu.un@ac-valmont.example', 'Perdu et retrouvé', 'Les premiers mots');
  await eventually(async () => assert.match(await keptCopies(page), /Les premiers mots/));
  const context = page.context();
  await page.close({ runBeforeUnload: false });
  const again = await context.newPage();
  await again.goto('/');
  await again.getByRole('button', { name: 'Reprendre' }).click();
  const composer = again.locator('[data-composer]');
  await composer.waitFor();
  await reads(text(composer), /Les premiers mots/);
  await holds(composer.getByLabel('Objet'), 'Perdu et retrouvé');
  await composer.getByText(/Brouillon enregistré à/).waitFor();
  await hasFocusWithin(composer);
  await again.keyboard.press('Escape');
  await composer.waitFor({ state: 'detached' });
  await again.getByText('Brouillon enregistré', { exact: true }).waitFor();
  await again.getByRole('button', { name: 'Rouvrir' }).click();
  await composer.getByRole('button', { name: 'Supprimer le brouillon' }).click();
  await composer.waitFor({ state: 'detached' });
  await again.getByRole('button', { name: 'Annuler' }).click();
  await reads(text(composer), /Les premiers mots/);
  await leave();
});

test('pasted from Word, fake lists are lists and nothing strange remains', async () => {
  const { page, leave } = await enter(0);
  const composer = await compose(page);
  const item = (words: string): string =>
    `<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;</span></span>${words}</p>`;
  await text(composer).waitFor();
  await pasteHtml(
    page,
    `<html><head><style>p{color:red}</style></head><body style="tab-interval:36pt">${item('Un')}${item('Deux')}<p class=MsoNormal style="color:#C00000;position:fixed"><b>Gras</b><o:p></o:p></p><img src="https://ailleurs.example/p.png" width=1 height=1><script>alert(1)</script></body></html>`,
  );
  await becomeMany(text(composer).locator('ul li'), 2);
  await becomeMany(text(composer).locator('[data-colour="red"] strong, strong [data-colour="red"]'), 1);
  assert.equal(await text(composer).locator('img, script, [style]').count(), 0);
  await page.keyboard.press('Escape');
  await leave();
});

test('files are attached, pictures stand in the text, and a promised file is asked for', async () => {
  const { page, leave } = await enter(0);
  const composer = await compose(page);
  await fill(composer, emailOf(1), 'Programme', 'Vous trouverez ci-joint le programme.');
  await page.keyboard.press('Control+Enter');
  const asked = page.getByRole('dialog', { name: 'Avant d’envoyer' });
  await asked.getByText(/ci-joint/).waitFor();
  await checkAccessibility(page);
  await asked.getByRole('button', { name: 'Revenir au message' }).click();
  await composer
    .getByLabel('Joindre des fichiers', { exact: true })
    .last()
    .setInputFiles({
      name: 'programme.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('lundi'),
    });
  await composer.getByRole('button', { name: 'Retirer programme.txt' }).waitFor();
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAGUlEQVR42mNk+M9AEmAiTfmohlENQ0gDAEZmAh8wQ8VzAAAAAElFTkSuQmCC';
  await composer
    .getByLabel('Image dans le texte')
    .last()
    .setInputFiles({
      name: 'plan du site.png',
      mimeType: 'image/png',
      buffer: Buffer.from(png, 'base64'),
    });
  await text(composer).getByRole('img', { name: 'plan du site' }).waitFor();
  // The picture is seen at once, and counts as a file when the server has it.
  await eventually(async () => assert.match(await keptCopies(page), /plan du site\.png/));
  await composer.getByText(/Brouillon enregistré à/).waitFor();
  await page.keyboard.press('Control+Enter');
  await composer.waitFor({ state: 'detached' });
  await page.getByText('Message envoyé : « Programme »').first().waitFor();
  await leave();
});

test('without a connection nothing is lost: the message leaves when it is back', async () => {
  const claire = await enter(0);
  const marc = await enter(1);
  claire.expectComplaint(/ERR_INTERNET_DISCONNECTED/);
  const { page } = claire;
  const composer = await compose(page);
  await page.context().setOffline(true);
  await fill(composer, emailOf(1), 'Parti plus tard', 'Écrit sans connexion');
  await composer.getByText('Hors connexion : gardé sur cet appareil').waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText('Hors connexion : « Parti plus tard » partira', { exact: false }).last().waitFor();
  await page.context().setOffline(false);
  await page.getByText('Message envoyé : « Parti plus tard »').last().waitFor();
  await marc.page.getByText('Parti plus tard').first().waitFor();
  await claire.leave();
  await marc.leave();
});

test('wrong addresses are named, and nothing leaves', async () => {
  const { page, leave } = await enter(0);
  const composer = await compose(page);
  await fill(composer, 'dupont; x@y', 'Essai', 'Bonjour');
  await composer.getByRole('button', { name: 'Envoyer' }).click();
  const asked = page.getByRole('dialog', { name: 'Avant d’envoyer' });
  await asked.getByText('dupont, x@y').waitFor();
  await hasFocusWithin(asked);
  await page.keyboard.press('Escape');
  await asked.waitFor({ state: 'detached' });
  await getsFocus(composer.getByRole('button', { name: 'Envoyer' }));
  // Back from the last token into the input, to mend it.
  await composer.getByRole('combobox', { name: 'À' }).focus();
  await page.keyboard.press('Backspace');
  await holds(composer.getByRole('combobox', { name: 'À' }), 'x@y');
  await leave();
});

test('a table is made and walked by keys', async () => {
  const { page, leave } = await enter(0);
  const composer = await compose(page);
  await text(composer).click();
  await composer.getByRole('button', { name: 'Insérer un tableau…' }).click();
  await page.getByRole('dialog', { name: 'Insérer un tableau' }).getByLabel('Lignes').fill('2');
  await page.getByLabel('Colonnes', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Insérer', exact: true }).click();
  await text(composer).locator('tr').first().waitFor();
  await getsFocus(text(composer));
  await page.keyboard.type('a');
  for (const cell of ['b', 'c', 'd', 'e']) {
    await page.keyboard.press('Tab');
    await page.keyboard.type(cell);
  }
  await becomeMany(text(composer).locator('tr'), 3);
  assert.equal(
    await text(composer)
      .locator('th')
      .allInnerTexts()
      .then((all) => all.join('').trim()),
    'ab',
  );
  await composer.getByRole('button', { name: 'Tableau', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Supprimer la colonne' }).click();
  await becomeMany(text(composer).locator('td'), 2);
  await leave();
});

test('the toolbar is one stop, walked by arrows, and says what is pressed', async () => {
  const { page, leave } = await enter(0);
  const composer = await compose(page);
  await text(composer).click();
  await page.keyboard.type('mot');
  await page.keyboard.press('Control+a');
  const bold = composer.getByRole('button', { name: 'Gras' });
  await bold.focus();
  await page.keyboard.press('Enter');
  await composer.getByRole('button', { name: 'Gras', pressed: true }).waitFor();
  await page.keyboard.press('ArrowRight');
  await getsFocus(composer.getByRole('button', { name: 'Italique' }));
  await reads(text(composer).locator('strong'), /^mot$/);
  await leave();
});

test('on a phone a composer fills the screen, and what is behind it is out of reach', async () => {
  const { page, leave } = await enter(0, phone);
  const composer = await compose(page);
  await eventually(async () => {
    const box = await composer.boundingBox();
    assert.deepEqual([box?.x, box?.width], [0, 360]);
  });
  await page.locator('main[inert]').waitFor();
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  await checkAccessibility(page);
  await composer.getByRole('button', { name: 'Enregistrer et fermer' }).click();
  await page.locator('main:not([inert])').waitFor();
  await leave();
});

test('two composers stand side by side, and one made small comes back', async () => {
  const { page, leave } = await enter(0, { viewport: { width: 1440, height: 900 } });
  await fill(await compose(page), '', 'Premier', '');
  const second = await compose(page);
  await second.getByLabel('Objet').fill('Second');
  await becomeMany(page.locator('[data-composer]'), 2);
  await second.getByRole('button', { name: 'Réduire' }).click();
  await becomeMany(page.locator('[data-composer]'), 1);
  await page.getByRole('button', { name: /Agrandir la rédaction « Second »/ }).click();
  await becomeMany(page.getByRole('region', { name: 'Second' }), 1);
  await checkAccessibility(page);
  await leave();
});

test('a draft open in two tabs is said in both', async () => {
  const { page, leave } = await enter(0);
  const composer = await compose(page);
  await fill(composer, '', 'Écrit deux fois', 'Un');
  await composer.getByText(/Brouillon enregistré à/).waitFor();
  const other = await page.context().newPage();
  await other.goto('/');
  await other
    .getByRole('treeitem', { name: /Brouillons/ })
    .or(other.getByRole('link', { name: /Brouillons/ }))
    .first()
    .click();
  await other.getByText('Écrit deux fois').first().click();
  await other.getByRole('button', { name: 'Reprendre la rédaction' }).click();
  await other.getByText('Ce brouillon est ouvert dans un autre onglet', { exact: false }).waitFor();
  await composer.getByText('Ce brouillon est ouvert dans un autre onglet', { exact: false }).waitFor();
  await leave();
});

test('plain text loses formatting only after a warning', async () => {
  const { page, leave } = await enter(0);
  const composer = await compose(page);
  await text(composer).click();
  await page.keyboard.type('- un\ndeux');
  await composer.getByRole('button', { name: 'Autres actions' }).click();
  await page.getByRole('menuitem', { name: 'Passer en texte brut' }).click();
  await page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog', { name: 'Passer en texte brut ?' }))
    .getByRole('button', { name: 'Passer en texte brut' })
    .click();
  await holds(text(composer), '- un\n- deux\n');
  await leave();
});
