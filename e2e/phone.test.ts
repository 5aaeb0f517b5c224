/** On a telephone: one pane at a time, by touch, down to 320 px, with nothing out of sight to the side. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { eventually, openHouse, personOf, phone, type House } from './harness.ts';
import { atWork } from './mailPage.ts';

const isSeen = (locator: Locator): Promise<boolean> =>
  locator.waitFor({ timeout: 6_000 }).then(
    () => true,
    () => false,
  );

let house: House;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

const fits = async (page: Page, where: string): Promise<void> => {
  const [wide, room] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  assert.ok(wide <= room, `${where}: ${wide} px in ${room}`);
};

for (const width of [390, 320]) {
  test(`the way through mailboxes, list, message and search at ${width} px`, async () => {
    const { mail, page, leave } = await atWork(house, personOf(house), { ...phone, viewport: { width, height: 740 } });
    await mail.rows.nth(1).waitFor();
    await fits(page, 'list');
    await mail.rows.nth(1).tap();
    await mail.subject.waitFor();
    await page.getByRole('button', { name: 'Autres actions sur ce message' }).first().waitFor();
    await fits(page, 'message');
    await eventually(async () => {
      for (const name of ['Archiver', 'Supprimer', 'Suivre', 'Ne plus suivre', 'Autres actions sur ce message']) {
        for (const button of await page.getByRole('button', { name, exact: true }).all()) {
          const box = await button.boundingBox();
          assert.ok(
            box && box.x >= 0 && box.x + box.width <= width && box.width >= 24 && box.height >= 24,
            `${name} ${JSON.stringify(box)}`,
          );
        }
      }
    });
    await page.getByRole('button', { name: 'Retour à la liste' }).tap();
    await mail.rows.first().waitFor();
    await page.getByRole('button', { name: 'Dossiers' }).tap();
    const drawer = page.getByRole('dialog', { name: 'Dossiers' });
    await drawer.getByRole('link', { name: /^Envoyés/ }).tap();
    await drawer.waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 1, name: 'Envoyés' }).waitFor();
    await mail.search.fill('bulletin');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Recherche : bulletin' }).waitFor();
    // The words of the demonstration may still be on their way into the index.
    for (let tries = 0; tries < 8 && !(await isSeen(mail.rows.first())); tries += 1) await page.reload();
    await mail.rows.first().waitFor();
    await fits(page, 'search');
    // What is picked is worked on with a finger as well.
    await page.goto('/');
    await mail.pick(mail.rows.nth(1));
    await page
      .getByRole('toolbar', { name: 'Actions sur la sélection' })
      .getByRole('button', { name: 'Déplacer vers…' })
      .tap();
    await page.getByRole('dialog').getByRole('option', { name: 'Archives' }).waitFor();
    await fits(page, 'picker');
    await leave();
  });
}

test('the back gesture leads from the message to the list', async () => {
  const { mail, page, leave } = await atWork(house, personOf(house), phone);
  await mail.rows.nth(2).tap();
  await mail.subject.waitFor();
  await page.goBack();
  await mail.rows.nth(2).waitFor();
  await leave();
});
