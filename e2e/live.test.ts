/** What changes elsewhere is seen here: new mail, other tabs, a server that goes and comes back, a crowd of messages. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { env } from 'node:process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { LabAccount } from '#tools/lab.ts';
import { freePort } from '#tools/testing/free-port.ts';
import { eventually, openHouse, type House } from './harness.ts';
import { deliver } from './letters.ts';
import { atWork, mailPage } from './mailPage.ts';

/** 100,000 by hand; the list holds as many elements for 1,200, which are more than two answers of the server. */
const crowd = Number(env['PLI_TEST_MESSAGES'] ?? 1_200);
/** The crowd is still being indexed meanwhile. */
const patience = { timeout: 60_000 };

let house: House;
let account: LabAccount;
before(async () => {
  // The server comes back where it was: a page knows no other address.
  const [http, lmtp] = await Promise.all([freePort(), freePort()]);
  house = await openHouse({ isDemo: false, env: { PLI_HTTP_PORT: String(http), PLI_LMTP_PORT: String(lmtp) } });
  account = await house.lab.addAccount('veilleuse');
});
after(() => house.close());

test('a message that arrives appears by itself, in the list and in the count', async () => {
  const { mail, leave } = await atWork(house, account);
  await mail.page.getByText('Aucun message ici').waitFor();
  await deliver(house, account.email, [{ subject: 'Toute fraîche', text: 'Bonjour' }]);
  await mail.row('Toute fraîche').waitFor();
  await mail.mailbox('Boîte de réception 1 message non lu').waitFor();
  await leave();
});

test('swaks delivers from outside over SMTP, and it appears too', async () => {
  const { mail, leave } = await atWork(house, account);
  await promisify(execFile)('swaks', [
    '--server',
    `127.0.0.1:${house.ready.ports['smtp']}`,
    '--from',
    'dehors@ailleurs.example',
    '--to',
    account.email,
    '--header',
    'Subject: Par la grande porte',
  ]);
  await mail.row('Par la grande porte').waitFor();
  await leave();
});

test('two tabs and another device agree at once', async () => {
  const { mail, leave } = await atWork(house, account);
  const second = mailPage(await mail.page.context().newPage());
  await second.page.goto(mail.page.url());
  const device = await atWork(house, account);
  await second.row('Toute fraîche').waitFor();
  await device.mail.row('Toute fraîche').waitFor();
  await mail.open('Toute fraîche');
  await mail.page.keyboard.press('s');
  await second.row(/Suivi, .*Toute fraîche/).waitFor();
  await device.mail.row(/Suivi, .*Toute fraîche/).waitFor();
  await device.mail.open('Toute fraîche');
  await device.mail.page.keyboard.press('e');
  await mail.row('Toute fraîche').waitFor({ state: 'detached' });
  await second.row('Toute fraîche').waitFor({ state: 'detached' });
  await device.leave();
  await leave();
});

test('who leaves in one tab has left in all', async () => {
  const { mail, leave, expectComplaint } = await atWork(house, account);
  expectComplaint(/401/);
  const second = await mail.page.context().newPage();
  await second.goto('/');
  await second.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  await second.getByRole('button', { name: /^Compte/ }).click();
  await second.getByRole('menuitem', { name: 'Se déconnecter' }).click();
  await second.getByRole('heading', { name: 'Connexion' }).waitFor();
  await mail.page.getByRole('dialog', { name: 'Votre session a expiré' }).waitFor();
  await leave();
});

test('the server goes and comes back: it is said, heals by itself, and what was done meanwhile is kept', async () => {
  await deliver(house, account.email, [{ subject: 'Avant la panne', text: 'a' }]);
  const { mail, leave, expectComplaint } = await atWork(house, account);
  expectComplaint(/ERR_|Failed to load|status of 5/);
  await mail.row('Avant la panne').waitFor();
  await house.lab.stop();
  await mail.page
    .getByRole('status')
    .getByText(/Connexion interrompue/)
    .waitFor();
  // Not the first row: a letter about the new device may stand above it by now.
  await mail.row('Avant la panne').click();
  await mail.page.keyboard.press('s');
  await mail.page.getByText(/1 modification en attente/).waitFor();
  await mail.row(/Suivi, .*Avant la panne/).waitFor();
  await house.lab.start();
  await mail.page.getByText(/Connexion interrompue/).waitFor({ state: 'detached' });
  await mail.page.getByText(/en attente/).waitFor({ state: 'detached' });
  // What was opened without a line comes with it.
  await mail.subject.getByText('Avant la panne').waitFor();
  await mail.page.getByRole('button', { name: 'Autres actions sur ce message' }).waitFor();
  const device = await atWork(house, account);
  await device.mail.row(/Suivi, .*Avant la panne/).waitFor();
  await device.leave();
  await leave();
});

test(`a list of ${crowd} scrolls from end to end and never holds more than a screenful`, async () => {
  const many = await house.lab.addAccount('foule');
  await deliver(
    house,
    many.email,
    Array.from({ length: crowd }, (_, n) => ({ subject: `Message numéro ${n}`, text: `Texte ${n}` })),
  );
  const { mail, leave } = await atWork(house, many);
  await mail.rows.first().waitFor(patience);
  await eventually(async () => assert.equal(await mail.list.getAttribute('aria-rowcount'), String(crowd)));
  await mail.list.focus();
  await mail.page.keyboard.press('End');
  await mail.list.locator(`[aria-rowindex="${crowd}"][data-active]`).waitFor(patience);
  await eventually(async () => assert.ok((await mail.rows.count()) < 60));
  await mail.list.evaluate((list) => list.scrollTo(0, list.scrollHeight / 2));
  await mail.list.locator(`[aria-rowindex="${Math.round(crowd / 2)}"]`).waitFor(patience);
  await mail.page.keyboard.press('Home');
  await mail.list.locator('[aria-rowindex="1"][data-active]').waitFor(patience);
  await leave();
});
