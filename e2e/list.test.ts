/** The list and the mailboxes: what one does to conversations by mouse and by keys, and takes back. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { eventually, hasFocusWithin, openHouse, type House, type Visitor } from './harness.ts';
import { deliver } from './letters.ts';
import { atWork, type Mail } from './mailPage.ts';

let house: House;
let visitor: Visitor;
let mail: Mail;
let number = 0;

before(async () => {
  house = await openHouse({ isDemo: false });
});
after(() => house.close());

// Each test has somebody of its own, with five letters, the newest on top.
beforeEach(async () => {
  number += 1;
  const account = await house.lab.addAccount(`liste${number}`);
  await deliver(
    house,
    account.email,
    ['Un', 'Deux', 'Trois', 'Quatre', 'Cinq'].map((subject) => ({
      subject,
      text: `Texte ${subject}`,
      ...(subject === 'Deux' && {
        files: [{ name: 'a.txt', type: 'text/plain', octets: Buffer.from('a') }],
      }),
    })),
  );
  ({ mail, ...visitor } = await atWork(house, account));
  await mail.row('Cinq').waitFor();
});
afterEach(() => visitor.leave());

const subjects = async (): Promise<string> => {
  const names = await mail.rows.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
  return names.map((name) => /(?:Un|Deux|Trois|Quatre|Cinq)(?=,)/.exec(name)?.[0] ?? '?').join(' ');
};
/** Two keys one right after the other: a sequence is over when the second one takes long. */
const sequence = async (...keys: readonly string[]): Promise<void> => {
  await Promise.all(keys.map((key) => mail.page.keyboard.press(key)));
};
const becomes = (wanted: string): Promise<void> => eventually(async () => assert.equal(await subjects(), wanted));

test('a row says all of itself, the inbox how much is unread', async () => {
  await mail.row(/^Non lu, Paul Dehors, Deux, avec pièce jointe, /).waitFor();
  await mail.mailbox('Boîte de réception 5 messages non lus').waitFor();
  await eventually(async () => assert.match(await mail.page.title(), /\(5\)/));
});

test('an opened conversation is read, and can be made unread again', async () => {
  await mail.open('Trois');
  await mail.mailbox('Boîte de réception 4 messages non lus').waitFor();
  await mail.page.keyboard.press('u');
  await mail.mailbox('Boîte de réception 5 messages non lus').waitFor();
  await mail.row(/^Non lu, .*Trois/).waitFor();
});

test('a star is set and taken off by key, by button and by undo', async () => {
  await mail.open('Trois');
  await mail.page.keyboard.press('s');
  await mail.row(/Suivi, .*Trois/).waitFor();
  await mail.undo();
  await mail.row(/Suivi, .*Trois/).waitFor({ state: 'detached' });
  await mail.row('Un').hover();
  await mail.row('Un').getByRole('button', { name: 'Suivre' }).click();
  await mail.row(/Suivi, .*Un,/).waitFor();
});

for (const [what, key, said, mailbox] of [
  ['archived', 'e', 'Conversation archivée', 'Archives'],
  ['deleted', 'Delete', 'Conversation mise à la corbeille', 'Corbeille'],
  ['reported as spam', '!', 'Conversation signalée comme indésirable', 'Indésirables'],
] as const) {
  test(`a conversation is ${what} by ${key}, the next one opens, and undo brings it back`, async () => {
    await mail.open('Trois');
    await mail.page.keyboard.press(key);
    await mail.said(said);
    await becomes('Cinq Quatre Deux Un');
    await mail.page.getByRole('heading', { level: 1, name: 'Deux' }).waitFor();
    await mail.undo();
    await becomes('Cinq Quatre Trois Deux Un');
    await mail.row('Trois').click();
    await mail.subject.getByText('Trois').waitFor();
    await mail.page.keyboard.press(key);
    await mail.mailbox(mailbox).click();
    await mail.row('Trois').waitFor();
    await mail.page.keyboard.press('z');
    await mail.row('Trois').waitFor({ state: 'detached' });
  });
}

test('several are picked by mouse: one by one, and a range', async () => {
  await mail.row('Cinq').click();
  await mail.row('Trois').click({ modifiers: ['Shift'] });
  await mail.page.getByText('3 sélectionnées').waitFor();
  await mail.row('Quatre').click({ modifiers: ['Control'] });
  await mail.page.getByText('2 sélectionnées').waitFor();
  await mail.pick(mail.row('Un'));
  await mail.page.getByText('3 sélectionnées').waitFor();
  await mail.page
    .getByRole('toolbar', { name: 'Actions sur la sélection' })
    .getByRole('button', { name: 'Archiver' })
    .click();
  await mail.said('3 conversations archivées');
  await becomes('Quatre Deux');
  await mail.undo();
  await becomes('Cinq Quatre Trois Deux Un');
});

test('several are picked by keys: a range, all, none', async () => {
  await mail.list.focus();
  await mail.page.keyboard.press('ArrowDown');
  await mail.page.keyboard.press('Shift+ArrowDown');
  await mail.page.keyboard.press('Shift+ArrowDown');
  await mail.page.getByText('3 sélectionnées').waitFor();
  await mail.page.keyboard.press('Escape');
  await mail.page.getByText('3 sélectionnées').waitFor({ state: 'detached' });
  await mail.page.keyboard.press('Control+a');
  await mail.page.getByText('5 sélectionnées').waitFor();
  await mail.page.keyboard.press('#');
  await mail.page.getByText('Aucun message ici').waitFor();
  await mail.page.keyboard.press('z');
  await becomes('Cinq Quatre Trois Deux Un');
});

test('conversations are moved by key, by typing the mailbox, and by dragging', async () => {
  await mail.open('Quatre');
  await mail.page.keyboard.press('v');
  await mail.page.getByRole('dialog').getByRole('combobox').fill('arch');
  await mail.page.keyboard.press('Enter');
  await mail.toast('Conversation déplacée dans « Archives »').waitFor();
  await becomes('Cinq Trois Deux Un');
  await mail.row('Deux').dragTo(mail.mailbox('Archives'));
  await becomes('Cinq Trois Un');
  await mail.mailbox('Archives').click();
  await becomes('Quatre Deux');
});

test('mailboxes are made, nested, renamed, filled, emptied and deleted', async () => {
  const { page } = mail;
  const dialog = page.getByRole('dialog');
  const choose = async (mailbox: string, choice: string): Promise<void> => {
    await dialog.waitFor({ state: 'detached' });
    const item = page.getByRole('menuitem', { name: choice });
    // A menu closes when the dialog before it gives the focus back, and when a new mailbox gets the server's name for it.
    await eventually(async () => {
      if (!(await item.isVisible())) await mail.mailbox(mailbox).click({ button: 'right', timeout: 5_000 });
      await item.click({ timeout: 5_000 });
    });
  };
  await page.getByRole('button', { name: 'Nouveau dossier' }).click();
  await dialog.getByRole('textbox').fill('Projets');
  await page.keyboard.press('Enter');
  await mail.mailbox('Projets').waitFor();
  await choose('Projets', 'Nouveau sous-dossier…');
  await dialog.getByRole('textbox').fill('Voyage à Brême');
  await page.keyboard.press('Enter');
  await mail.mailbox('Voyage à Brême').waitFor();
  await choose('Voyage', 'Renommer…');
  await dialog.getByRole('textbox').fill('Échange');
  await page.keyboard.press('Enter');
  await mail.mailbox('Échange').waitFor();
  await choose('Projets', 'Nouveau sous-dossier…');
  await dialog.getByRole('textbox').fill('échange');
  await page.keyboard.press('Enter');
  await dialog.getByText('Un dossier porte déjà ce nom ici.').waitFor();
  await page.keyboard.press('Escape');
  await choose('Échange', 'Déplacer…');
  await dialog.getByRole('option', { name: 'Premier niveau' }).click();
  await page.getByRole('button', { name: 'Sous-dossiers de Projets' }).waitFor({ state: 'detached' });
  await mail.row('Trois').dragTo(mail.mailbox('Échange'));
  await mail.mailbox('Échange 1').waitFor();
  await choose('Échange', 'Supprimer tous les messages…');
  await dialog.getByText('1 message sera supprimé définitivement.').waitFor();
  await dialog.getByRole('button', { name: 'Supprimer définitivement' }).click();
  await mail.toast('Le dossier est vide.').waitFor();
  await mail.mailbox('Échange').click();
  await page.getByText('Aucun message ici').waitFor();
  await choose('Échange', 'Supprimer le dossier…');
  await dialog.getByRole('button', { name: 'Supprimer le dossier' }).click();
  await mail.mailbox('Échange').waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
});

test('what is deleted in the trash is gone for good, after a question', async () => {
  await mail.open('Un');
  await mail.page.keyboard.press('#');
  await mail.mailbox('Corbeille').click();
  await mail.open('Un');
  await mail.page.keyboard.press('#');
  const dialog = mail.page.getByRole('dialog', { name: 'Supprimer définitivement' });
  await hasFocusWithin(dialog);
  // By habit one presses Enter: nothing is destroyed by it.
  await mail.page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await mail.row('Un').waitFor();
  await mail.page.keyboard.press('#');
  await dialog.getByRole('button', { name: 'Supprimer définitivement' }).click();
  await mail.page.getByText('Aucun message ici').waitFor();
});

test('a day of the calendar shows its messages only', async () => {
  const { page } = mail;
  const calendar = page
    .getByRole('region', { name: 'Calendrier du mois' })
    .or(page.getByRole('group', { name: 'Calendrier du mois' }));
  await calendar.locator('[aria-current="date"]').click();
  await page.getByText(/^Reçus le /).waitFor();
  await becomes('Cinq Quatre Trois Deux Un');
  await page.getByRole('button', { name: 'Tous les jours' }).click();
  await page.getByText(/^Reçus le /).waitFor({ state: 'detached' });
});

test('addresses lead back to what was open, and the back button goes back', async () => {
  const { page } = mail;
  const inbox = page.url();
  await mail.open('Trois');
  const open = page.url();
  await mail.mailbox('Envoyés').click();
  await page.getByText('Aucun message ici').waitFor();
  await page.goBack();
  await mail.subject.getByText('Trois').waitFor();
  await page.goBack();
  await page.getByText('Aucune conversation ouverte').waitFor();
  await eventually(async () => assert.equal(page.url(), inbox));
  await page.goto(open);
  await mail.subject.getByText('Trois').waitFor();
});

test('everything on the way from the list to the archive is done by keys, and the sheet tells which', async () => {
  const { page } = mail;
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Raccourcis clavier' });
  await sheet.getByText('Archiver').waitFor();
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await mail.subject.getByText('Quatre').waitFor();
  await page.keyboard.press('e');
  await becomes('Cinq Trois Deux Un');
  await sequence('g', 'a');
  await page.getByRole('heading', { level: 1, name: 'Archives' }).waitFor();
  await mail.row('Quatre').waitFor();
  await sequence('g', 'i');
  await page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('Deux');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Recherche : Deux' }).waitFor();
});
