/** The mail screen as its tests see it: by role and name, in French, as a screen reader says it. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { eventually, signIn, visit, type House, type VisitOptions, type Visitor } from './harness.ts';
import type { LabAccount } from '#tools/lab.ts';

export type Mail = ReturnType<typeof mailPage>;

export function mailPage(page: Page) {
  const list = page.getByRole('grid', { name: /^Messages, / });
  const mailboxes = page.getByRole('navigation', { name: 'Dossiers', exact: true });
  return {
    page,
    list,
    mailboxes,
    rows: list.getByRole('row'),
    row: (name: string | RegExp): Locator => list.getByRole('row', { name }),
    mailbox: (name: string): Locator => mailboxes.getByRole('link', { name: new RegExp(`^${name}`) }),
    toast: (text: string | RegExp): Locator => page.getByRole('status').getByText(text),
    conversation: page.getByRole('region', { name: 'Conversation' }),
    subject: page.getByRole('article').getByRole('heading', { level: 1 }),
    message: (name: string | RegExp): Locator => page.getByRole('region', { name }),
    /** The HTML of the open message. */
    content: page.frameLocator('iframe[title="Contenu du message"]').first(),
    frame: page.locator('iframe[title="Contenu du message"]').first(),
    search: page.getByRole('combobox', { name: 'Rechercher dans les messages' }),
    /** Opens a conversation: another one may be on the screen until this one is. */
    open: async (name: string | RegExp): Promise<void> => {
      const row = list.getByRole('row', { name }).first();
      const said = (await row.getAttribute('aria-label')) ?? '';
      await row.click();
      const title = page.getByRole('article').getByRole('heading', { level: 1 });
      await eventually(async () => {
        const subject = await title.innerText();
        assert.ok(said.includes(subject.replace(/^Re: /, '')), `${subject} is open, not ${said}`);
      });
    },
    /** Ticks its box, which shows under the pointer only: rows above it may still be coming. */
    pick: async (row: Locator): Promise<void> =>
      eventually(() => row.getByRole('checkbox').check({ force: true, timeout: 2_000 })),
    /** What was done is said, with a way back. The pointer rests on it, so that it stays for as long as one looks. */
    said: (text: string | RegExp): Promise<void> => page.getByRole('status').getByText(text).hover(),
    undo: () =>
      page
        .getByRole('region', { name: 'Messages de l’application' })
        .getByRole('button', { name: 'Annuler' })
        .last()
        .click(),
  };
}

/** Somebody with a browser of their own, on a page other than the mail: they log in on the way to it. */
export async function goTo(
  house: House,
  account: LabAccount,
  at: string,
  options: VisitOptions = {},
): Promise<Visitor> {
  const visitor = await visit(house, { ...options, at });
  await signIn(visitor.page, account);
  return visitor;
}

/** Somebody with a browser of their own, in their inbox. */
export async function atWork(
  house: House,
  account: LabAccount,
  options: Omit<VisitOptions, 'at'> = {},
): Promise<Visitor & { readonly mail: Mail }> {
  const visitor = await visit(house, options);
  await signIn(visitor.page, account);
  await visitor.page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  return { ...visitor, mail: mailPage(visitor.page) };
}
