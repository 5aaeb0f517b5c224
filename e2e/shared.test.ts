/** Two members of a functional mailbox, a browser each: what one does with a conversation the other sees as it happens. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { LabAccount } from '#tools/lab.ts';
import { checkAccessibility, eventually, openHouse, phone, type House } from './harness.ts';
import { deliver } from './letters.ts';
import { atWork } from './mailPage.ts';

let house: House;
let claire: LabAccount;
let marc: LabAccount;
const address = 'scolarite@example.test';
before(async () => {
  house = await openHouse({ isDemo: false });
  claire = await house.lab.addAccount('claire');
  marc = await house.lab.addAccount('marc');
});
after(() => house.close());

const openShared = async (page: Page): Promise<void> => {
  await page
    .getByRole('navigation', { name: 'Messageries' })
    .getByRole('link', { name: /^Scolarité/ })
    .click();
  await page.getByRole('group', { name: 'Conversations à afficher' }).waitFor();
};

test('members see who answers, whose a conversation is, what is said of it, and that an answer opens it again', async () => {
  const domain = claire.email.slice(claire.email.indexOf('@'));
  const mailbox = address.replace(/@.*/, domain);
  await house.lab.pli(['account', 'add', mailbox, '--functional', 'Scolarité']);
  for (const [who, right] of [
    [claire, 'manage'],
    [marc, 'sendAs'],
  ] as const)
    await house.lab.pli(['mailbox', 'members', 'add', mailbox, who.email, '--may', right, 'write']);
  const letter = { from: 'Parent <parent@ailleurs.example>', messageId: '<demande@ailleurs.example>' };
  await deliver(house, mailbox, [
    { ...letter, subject: 'Demande de certificat', text: 'Bonjour, il me faut un certificat.' },
    { from: 'Autre <autre@ailleurs.example>', subject: 'Autre demande', text: 'Bonjour.' },
  ]);

  const [first, second] = [await atWork(house, claire), await atWork(house, marc)];
  for (const { page, mail } of [first, second]) {
    await openShared(page);
    await mail.open(/Demande de certificat/);
    // The buttons stand under the message: they move as it comes, and away from under the pointer.
    await page.getByRole('article').getByText('il me faut un certificat').waitFor();
  }
  await second.page.getByRole('button', { name: 'Répondre', exact: true }).click();
  await first.page.getByText(/marc.* est en train de répondre/i).waitFor();
  // Whoever begins all the same is warned where they write.
  await first.page.getByRole('button', { name: 'Répondre', exact: true }).click();
  const composer = first.page.locator('[data-composer]');
  await composer.getByText(/marc.* est en train de répondre/i).waitFor();
  await composer.getByRole('button', { name: 'Fermer' }).click();
  await second.page.locator('[data-composer]').getByRole('button', { name: 'Fermer' }).click();
  await first.page.getByText(/est en train de répondre/i).waitFor({ state: 'detached' });

  const bar = first.page.getByRole('group', { name: 'Suivi de la conversation' });
  await bar.getByRole('button', { name: 'Confiée à personne' }).focus();
  await first.page.keyboard.press('Enter');
  await first.page.getByRole('menuitem', { name: /marc/i }).focus();
  await first.page.keyboard.press('Enter');
  await second.page.getByRole('button', { name: 'Confiée à vous' }).waitFor();

  await first.page.getByRole('button', { name: 'Citer' }).click();
  await first.page.getByRole('menuitem', { name: /marc/i }).click();
  await first.page.getByRole('textbox', { name: 'Commentaire interne' }).pressSequentially('vu avec la famille');
  await first.page.getByRole('button', { name: 'Commenter' }).click();
  const comment = second.page.getByRole('listitem', { name: /^Commentaire interne de/ });
  await comment.getByText('vu avec la famille').waitFor();
  await comment.getByText('On vous cite').waitFor();
  await checkAccessibility(second.page);

  const filters = second.page.getByRole('group', { name: 'Conversations à afficher' });
  await filters.getByRole('button', { name: 'À moi' }).click();
  await second.mail.row(/Autre demande/).waitFor({ state: 'detached' });
  await second.mail.row(/Demande de certificat/).waitFor();
  await filters.getByRole('button', { name: 'Fermées' }).click();
  await second.page.getByText('Aucun résultat').waitFor();
  await bar.getByRole('button', { name: 'Fermer', exact: true }).click();
  await first.mail.said(/^Conversation fermée\.$/);
  const row = second.mail.row(/Demande de certificat/);
  await row.waitFor();
  await eventually(async () => {
    const described = await row.getAttribute('aria-describedby');
    const marks = second.page.locator(`[id='${described ?? ''}']`);
    assert.match((await marks.textContent()) ?? '', /confiée à vous, fermée, 1 commentaire/);
  });
  await first.mail.undo();
  await row.waitFor({ state: 'detached' });
  await bar.getByRole('button', { name: 'Fermer', exact: true }).click();
  await row.waitFor();

  await deliver(house, mailbox, [
    {
      ...letter,
      from: 'Autre parent <autre@ailleurs.example>',
      messageId: '<relance@ailleurs.example>',
      inReplyTo: letter.messageId,
      subject: 'Re: Demande de certificat',
      text: 'Et ?',
    },
  ]);
  await row.waitFor({ state: 'detached' });
  await bar.getByRole('button', { name: 'Fermer', exact: true }).waitFor();
  const { pathname } = new URL(first.page.url());
  await first.page.goto(`${pathname.split('/mail/')[0] ?? ''}/settings/mandates`);
  await first.page.getByRole('radio', { name: 'Pour lui seul' }).check();
  await first.page.getByText('Suivi de lecture changé.').waitFor();
  await checkAccessibility(first.page);
  for (const visitor of [first, second]) await visitor.leave();
});

test('the conversation holds on a telephone in the dark', async () => {
  const { page, mail, leave } = await atWork(house, claire, { ...phone, colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Dossiers' }).tap();
  await openShared(page);
  await checkAccessibility(page);
  await mail.open(/Demande de certificat/);
  await page.getByRole('textbox', { name: 'Commentaire interne' }).waitFor();
  await page.getByText('vu avec la famille').waitFor();
  await checkAccessibility(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} px too wide`);
  await leave();
});
