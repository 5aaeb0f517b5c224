/** Searching in the demonstration's mailbox: operators, highlights, suggestions. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, openHouse, type House, type Visitor } from './harness.ts';
import { deliver } from './letters.ts';
import { atWork, type Mail } from './mailPage.ts';

let house: House;
let visitor: Visitor;
let mail: Mail;
before(async () => {
  house = await openHouse({ isDemo: false });
  const account = await house.lab.addAccount('chercheuse');
  await deliver(house, account.email, [
    { subject: 'Les élèves de 4e', text: 'Voici la liste des élèves.', from: 'Marc Lefèvre <marc@dehors.example>' },
    { subject: 'Réunion', text: 'Un élève manquait.', from: 'Nadia <nadia@dehors.example>' },
    {
      subject: 'Facture',
      text: 'Ci-jointe',
      from: 'Nadia <nadia@dehors.example>',
      files: [{ name: 'f.txt', type: 'text/plain', octets: Buffer.from('x') }],
    },
  ]);
  ({ mail, ...visitor } = await atWork(house, account));
  await mail.row('Facture').waitFor();
});
after(async () => {
  await visitor.leave();
  await house.close();
});

async function find(text: string): Promise<void> {
  await mail.search.fill(text);
  await mail.page.keyboard.press('Enter');
  await mail.page.getByRole('heading', { level: 1, name: `Recherche : ${text}`, exact: true }).waitFor();
  await mail.page
    .getByRole('status')
    .getByText(/^\d+ conversations?$/)
    .waitFor();
}

async function found(): Promise<readonly string[]> {
  const names = await mail.rows.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? ''));
  return names.map((name) => /Les élèves|Réunion|Facture/.exec(name)?.[0] ?? name);
}

for (const [text, wanted] of [
  ['eleve', ['Réunion', 'Les élèves']],
  ['subject:élèves', ['Les élèves']],
  ['objet:élèves', ['Les élèves']],
  ['from:nadia', ['Facture', 'Réunion']],
  ['de:nadia has:attachment', ['Facture']],
  ['"liste des élèves"', ['Les élèves']],
  ['in:inbox facture', ['Facture']],
  ['dans:"Boîte de réception" facture', ['Facture']],
  ['before:2020-01-01', []],
  ['rienDeTel', []],
] as const) {
  test(`${text} finds ${wanted.length === 0 ? 'nothing' : wanted.join(' and ')}`, async () => {
    await find(text);
    await eventually(async () => assert.deepEqual(await found(), wanted));
    if (wanted.length === 0) await mail.page.getByText('Aucun résultat').waitFor();
  });
}

test('what was found is lit, in the subject and in the text', async () => {
  await find('eleve');
  await mail.row('Les élèves').locator('mark').first().waitFor();
  await eventually(async () => {
    const lit = await mail.rows.locator('mark').allTextContents();
    assert.ok(lit.includes('élèves') && lit.includes('élève'), lit.join(' '));
  });
});

test('suggestions are walked by keys and taken by Enter', async () => {
  await mail.page.goto('/');
  await mail.row('Facture').waitFor();
  await mail.page.keyboard.press('/');
  await mail.page.keyboard.type('avec');
  await mail.page.getByRole('option').first().waitFor();
  await mail.page.keyboard.press('ArrowDown');
  await eventually(async () => assert.ok(await mail.search.getAttribute('aria-activedescendant')));
  await mail.page.keyboard.press('Escape');
  await mail.page.getByRole('option').first().waitFor({ state: 'detached' });
});

test('a result opens, and clearing the search leads back to the inbox', async () => {
  await find('facture');
  await mail.open('Facture');
  await mail.page.waitForURL(/\/search\/[^?]+\?q=facture$/);
  await mail.page.getByRole('button', { name: 'Effacer la recherche' }).click();
  await mail.page.getByRole('heading', { level: 1, name: 'Boîte de réception' }).waitFor();
});
