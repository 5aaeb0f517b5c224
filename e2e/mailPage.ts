/** The mail screen as its tests see it: by role and name, in French, as a screen reader says it. */
import type { Locator, Page } from 'playwright-core';
import { signIn, visit, type House, type Visitor } from './harness.ts';
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
    open: async (name: string | RegExp): Promise<void> => {
      await list.getByRole('row', { name }).first().click();
      await page.getByRole('article').getByRole('heading', { level: 1 }).waitFor();
    },
    undo: () =>
      page
        .getByRole('region', { name: 'Messages de l’application' })
        .getByRole('button', { name: 'Annuler' })
        .last()
        .click(),
  };
}

/** Somebody with a browser of their own, in their inbox. */
export async function atWork(
  house: House,
  account: LabAccount,
  options: Parameters<typeof visit>[1] = {},
): Promise<Visitor & { readonly mail: Mail }> {
  const visitor = await visit(house, options);
  await signIn(visitor.page, account);
  await visitor.page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
  return { ...visitor, mail: mailPage(visitor.page) };
}
