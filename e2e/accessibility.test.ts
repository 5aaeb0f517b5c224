/** Every page and state by the rules of WCAG 2.2 AA, in light, dark and contrast; and what no rule can see. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  becomeMany,
  checkAccessibility,
  checkThemes,
  getsFocus,
  openHouse,
  personOf,
  phone,
  signIn,
  visit,
  type House,
} from './harness.ts';
import { deliver } from './letters.ts';
import { atWork, mailPage, type Mail } from './mailPage.ts';

let house: House;
before(async () => {
  house = await openHouse();
  await deliver(house, account().email, [
    {
      subject: 'Lettre illustrée',
      html: '<p>Bonjour <a href="https://exemple.example/">le lien</a></p><img alt="" src="https://exemple.example/i.png">',
      files: [
        { name: 'note.txt', type: 'text/plain', octets: Buffer.from('Une note') },
        { name: 'son.bin', type: 'application/octet-stream', octets: Buffer.alloc(20) },
      ],
    },
  ]);
});
after(() => house.close());

const account = () => personOf(house);

/** Each state is reached from the inbox, and left again by Escape. */
const states: readonly (readonly [name: string, reach: (mail: Mail) => Promise<void>])[] = [
  ['the inbox', (mail) => mail.rows.nth(3).waitFor()],
  [
    'an open message with files and blocked images',
    async (mail) => {
      await mail.open('Lettre illustrée');
      await mail.page.getByText(/image distante est bloquée/).waitFor();
    },
  ],
  [
    'its menu',
    async (mail) => {
      await mail.page.getByRole('button', { name: 'Autres actions sur ce message' }).click();
      await mail.page.getByRole('menu').waitFor();
    },
  ],
  [
    'headers and passport',
    async (mail) => {
      await mail.page.getByRole('button', { name: 'Autres actions sur ce message' }).click();
      await mail.page.getByRole('menuitem', { name: 'En-têtes et passeport' }).click();
      await mail.page.getByRole('dialog').getByText('Message-ID').waitFor();
    },
  ],
  [
    'a preview',
    async (mail) => {
      await mail.page.getByRole('button', { name: 'Aperçu de note.txt' }).click();
      await mail.page.getByRole('dialog').getByText('Une note').waitFor();
    },
  ],
  [
    'a conversation of several messages',
    async (mail) => {
      await mail.open(/\d messages/);
    },
  ],
  [
    'rows picked',
    async (mail) => {
      await mail.list.focus();
      await mail.page.keyboard.press('Shift+ArrowDown');
      await mail.page.getByRole('toolbar', { name: 'Actions sur la sélection' }).waitFor();
    },
  ],
  [
    'the mailbox picker',
    async (mail) => {
      await mail.page.keyboard.press('v');
      await mail.page.getByRole('dialog').getByRole('option').first().waitFor();
    },
  ],
  [
    'the help sheet',
    async (mail) => {
      await mail.page.keyboard.press('?');
      await mail.page.getByRole('dialog', { name: 'Raccourcis clavier' }).waitFor();
    },
  ],
  [
    'the settings',
    async (mail) => {
      await mail.page.getByRole('button', { name: /^Compte/ }).click();
      await mail.page.getByRole('menuitem', { name: 'Réglages' }).click();
      await mail.page.getByRole('dialog', { name: 'Réglages' }).waitFor();
    },
  ],
  [
    'a new mailbox',
    async (mail) => {
      await mail.page.getByRole('button', { name: 'Nouveau dossier' }).click();
      await mail.page.getByRole('dialog').waitFor();
    },
  ],
  [
    'search results',
    async (mail) => {
      await mail.search.fill('bulletin');
      await mail.page.keyboard.press('Enter');
      await mail.rows.first().locator('mark').first().waitFor();
    },
  ],
  [
    'nothing found',
    async (mail) => {
      await mail.search.fill('rienDeTel');
      await mail.page.keyboard.press('Enter');
      await mail.page.getByText('Aucun résultat').waitFor();
    },
  ],
];

test('every state keeps the rules in every look', async (context) => {
  const { page, leave } = await visit(house);
  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
  await page.getByText('Comptes de démonstration').waitFor();
  await checkThemes(page);
  await signIn(page, account());
  const mail = mailPage(page);
  const open = page.locator('[role="dialog"], [role="menu"]');
  await mail.rows.nth(3).waitFor();
  for (const [name, reach] of states) {
    await context.test(name, async () => {
      await reach(mail);
      await checkThemes(page);
      if ((await open.count()) > 0) await page.keyboard.press('Escape');
      await becomeMany(open, 0);
    });
  }
  await leave();
});

test('the phone, its drawer and an open message keep the rules at 320 px', async () => {
  const { mail, page, leave } = await atWork(house, account(), { ...phone, viewport: { width: 320, height: 640 } });
  await mail.rows.nth(2).waitFor();
  await checkAccessibility(page);
  await page.getByRole('button', { name: 'Dossiers' }).tap();
  await page.getByRole('dialog', { name: 'Dossiers' }).waitFor();
  await checkAccessibility(page);
  await page.keyboard.press('Escape');
  await mail.rows.nth(2).tap();
  await mail.subject.waitFor();
  await checkAccessibility(page);
  await leave();
});

test('at 400 % everything is there, in one column, without scrolling sideways', async () => {
  // A window of 1280 px at 400 % is 320 px of the page's, with a mouse.
  const { mail, page, leave } = await atWork(house, account(), { viewport: { width: 320, height: 256 } });
  await mail.rows.first().waitFor();
  await mail.list.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await mail.subject.waitFor();
  const [wide, room] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  assert.ok(wide <= room, `${wide} in ${room}`);
  await page.getByRole('button', { name: 'Retour à la liste' }).click();
  await mail.rows.first().waitFor();
  await leave();
});

test('the first stops of the keyboard lead to the parts of the page, and every stop is seen', async () => {
  const { mail, page, leave } = await atWork(house, account());
  await page.reload();
  await mail.rows.nth(3).waitFor();
  const stops: string[] = [];
  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press('Tab');
    const { name, isSeen } = await page.evaluate<{ readonly name: string; readonly isSeen: boolean }>(`(() => {
      const at = document.activeElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
      const around = at.parentElement ? getComputedStyle(at.parentElement) : undefined;
      const rings = [outlineStyle !== 'none' && outlineWidth !== '0px', boxShadow !== 'none',
        around && (around.outlineStyle !== 'none' || around.boxShadow !== 'none')];
      return { name: (at.getAttribute('aria-label') ?? at.textContent ?? '').trim(), isSeen: rings.some(Boolean) };
    })()`);
    stops.push(name);
    assert.ok(isSeen, `the focus is not seen on ${name}`);
  }
  assert.deepEqual(stops.slice(0, 3), [
    'Aller à la liste des messages',
    'Aller au message ouvert',
    'Aller aux dossiers',
  ]);
  await leave();
});

test('a dialog takes the focus and gives it back to the button it came from', async () => {
  const { page, leave } = await atWork(house, account());
  const button = page.getByRole('button', { name: 'Nouveau dossier' });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('textbox').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await getsFocus(button);
  await leave();
});

test('landmarks are one each, with names; what happens is announced', async () => {
  const { mail, page, leave } = await atWork(house, account());
  await mail.rows.nth(3).waitFor();
  await becomeMany(page.getByRole('main'), 1);
  await becomeMany(page.getByRole('banner'), 1);
  await mail.mailboxes.waitFor();
  await mail.conversation.waitFor();
  await becomeMany(page.getByRole('heading', { level: 1 }), 1);
  await mail.open('Lettre illustrée');
  await page.keyboard.press('e');
  const said = page.locator('[role="status"][aria-live="polite"]');
  await said.getByText('Conversation archivée').waitFor();
  await mail.undo();
  await leave();
});
