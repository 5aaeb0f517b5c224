/** Reading: hostile HTML does nothing, images wait to be asked for, files come as they were sent. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import type { Download } from 'playwright-core';
import type { LabAccount } from '#tools/lab.ts';
import { becomeMany, eventually, getsFocus, hasFocusWithin, openHouse, type House } from './harness.ts';
import { deliver, printLetter, type Letter } from './letters.ts';
import { atWork, type Mail } from './mailPage.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
  'base64',
);
const noise = Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 7919) % 251));

let house: House;
let account: LabAccount;
/** Somebody else's server of pictures; whoever asks it is noted. */
let elsewhere: Server;
let elsewhereUrl = '';
const asked: string[] = [];

before(async () => {
  elsewhere = createServer((request, answer) => {
    asked.push(request.url ?? '');
    answer.writeHead(200, { 'content-type': 'image/png' }).end(png);
  });
  await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
  const address = elsewhere.address();
  assert.ok(address !== null && typeof address !== 'string');
  elsewhereUrl = `http://127.0.0.1:${address.port}`;
  house = await openHouse({ isDemo: false });
  account = await house.lab.addAccount('lectrice');
});
after(async () => {
  await house.close();
  elsewhere.close();
});

/** Delivers one letter, opens it, and looks at it. */
async function reading(letter: Letter | string, subject: string, work: (mail: Mail) => Promise<void>): Promise<void> {
  await deliver(house, account.email, [letter]);
  const { mail, leave } = await atWork(house, account);
  await mail.open(subject);
  await work(mail);
  await leave();
}

const hostile = (
  evil: string,
): string => `<html><head><base href="${evil}/"><meta http-equiv="refresh" content="0;url=${evil}/m">
<link rel=stylesheet href="${evil}/l.css"><title><style></title>
<style>@import url(${evil}/i.css); body{background:url(${evil}/b.png) #fee;height:100%;min-height:100vh} p{position:fixed;top:0}
@font-face{font-family:x;src:url(${evil}/f.woff)} .a{& b{background:url(${evil}/n.png)}} .h{height:100vh}</style></head>
<body background="${evil}/bg.png" onload="parent.hurt=1" style="min-height:100vh;color:darkred">
<script>parent.hurt=1</script><img src=x onerror="parent.hurt=1"><svg onload="parent.hurt=1"><style><img src=1 onerror=parent.hurt=1></style></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=parent.hurt=1&gt;"></table></mtext></math>
<form action="${evil}/f"><input name=a value=b autofocus onfocus=parent.hurt=1><button>Envoyer</button></form><iframe src="${evil}/if"></iframe>
<object data="${evil}/o"></object><embed src="${evil}/e"><video src="${evil}/v" poster="${evil}/p"></video>
<table background="${evil}/tb.png"><tr><td background="${evil}/td.png">cellule</td></tr></table>
<p id=over style="position:fixed;inset:0;background:url(${evil}/s.png);z-index:9999">Recouvre tout</p>
<img srcset="${evil}/ss.png 1x" src="${evil}/pix.png" alt="pixel"><picture><source srcset="${evil}/pp.png"><img src="//127.0.0.9:9/proto.png"></picture>
<a href="javascript:parent.hurt=1">js</a> <a href="data:text/html,<script>1</script>">data</a> <a href=" java&#10;script:alert(1)">js2</a>
<a href="//relatif.example/">rel</a> <a href="https://exemple.example/page">bon lien</a>
<noscript><p title="</noscript><img src=x onerror=parent.hurt=1>"></noscript><details open ontoggle=parent.hurt=1>d</details>
<div class=h style="height:100vh;margin-left:-9999px">haut</div><p name=body>fin du message</p></body></html>`;

test('hostile HTML runs nothing, asks nobody, covers nothing and complains of nothing', async () => {
  asked.length = 0;
  await reading({ subject: 'Hostile', html: hostile(elsewhereUrl) }, 'Hostile', async (mail) => {
    await mail.content.getByText('fin du message').waitFor();
    assert.equal(await mail.page.evaluate('globalThis.hurt'), undefined);
    const inside = await mail.frame.evaluate((frame: HTMLIFrameElement) => {
      const inner = frame.contentDocument;
      const all = [...(inner?.querySelectorAll('*') ?? [])];
      return {
        tags: all
          .map(({ localName }) => localName)
          .filter((name) =>
            /^(?:script|form|input|button|iframe|object|embed|video|svg|math|base|meta|link|style|source)$/.test(name),
          ),
        handlers: all
          .flatMap((one) => one.getAttributeNames())
          .filter((name) => /^on|^srcset$|^background$|^id$/.test(name)),
        links: [...(inner?.querySelectorAll('a[href]') ?? [])].map((link) => link.getAttribute('href')),
        fixed: all.filter((one) => inner?.defaultView?.getComputedStyle(one).position !== 'static').length,
        heightPx: frame.clientHeight,
      };
    });
    assert.deepEqual(
      { ...inside, heightPx: 0 },
      {
        tags: [],
        handlers: [],
        links: ['https://exemple.example/page'],
        fixed: 0,
        heightPx: 0,
      },
    );
    await mail.page.waitForTimeout(300);
    const laterPx = await mail.frame.evaluate((frame) => frame.clientHeight);
    assert.equal(laterPx, inside.heightPx, 'the frame does not grow with itself');
    assert.ok(laterPx < 900, `${laterPx}`);
  });
  assert.deepEqual(asked, []);
});

test('remote images are blocked until asked for, then come through our own server', async () => {
  asked.length = 0;
  const html = `<p>Une image</p><img alt="loin" src="${elsewhereUrl}/loin.png"><div style="background-image:url('${elsewhereUrl}/fond.png');height:20px"></div>`;
  await reading({ subject: 'Lointaine', html }, 'Lointaine', async (mail) => {
    await mail.page.getByText(/^2 images distantes sont bloquées/).waitFor();
    assert.deepEqual(asked, []);
    await mail.page.getByRole('button', { name: 'Afficher les images' }).click();
    await mail.page.getByText(/images distantes sont bloquées/).waitFor({ state: 'detached' });
    await mail.content.getByRole('img', { name: 'loin' }).waitFor();
    await mail.frame.evaluate((frame: HTMLIFrameElement) => frame.contentDocument?.querySelector('img')?.decode());
    await eventually(async () => assert.equal(asked.length, 2));
  });
  // The third-party watch of the harness has seen that the browser itself asked nobody.
  assert.deepEqual([...asked].sort(), ['/fond.png', '/loin.png']);
});

test('a sender one trusts is shown with images from then on', async () => {
  const html = `<img alt="toujours" src="${elsewhereUrl}/toujours.png">`;
  await deliver(house, account.email, [
    { subject: 'Confiance 1', html },
    { subject: 'Confiance 2', html },
  ]);
  const { mail, leave } = await atWork(house, account);
  await mail.open('Confiance 1');
  await mail.page.getByRole('button', { name: 'Toujours pour paul@dehors.example' }).click();
  await mail.open('Confiance 2');
  await mail.content.getByRole('img', { name: 'toujours' }).waitFor();
  await becomeMany(mail.page.getByText(/est bloquée/), 0);
  await leave();
});

test('inline pictures are shown where they stand, and not listed as files', async () => {
  const files = [{ name: 'logo.png', type: 'image/png', octets: png, cid: 'logo@ici' }];
  await reading(
    { subject: 'Logo', html: '<p>Voici</p><img alt="logo" src="cid:logo@ici">', files },
    'Logo',
    async (mail) => {
      await mail.content.getByRole('img', { name: 'logo', exact: true }).waitFor();
      const width = await mail.frame.evaluate(async (frame: HTMLIFrameElement) => {
        const image = frame.contentDocument?.querySelector('img');
        await image?.decode();
        return image?.naturalWidth;
      });
      assert.equal(width, 10);
      await becomeMany(mail.content.getByRole('img'), 1);
      await becomeMany(mail.page.getByText('1 pièce jointe'), 0);
    },
  );
});

test('quoted text is folded, and unfolds', async () => {
  const text = 'Oui.\r\n\r\nLe 3 mars 2026, Claire a écrit :\r\n> Une question\r\n> longue\r\n';
  await reading({ subject: 'Citation', text }, 'Citation', async (mail) => {
    await mail.page.getByText('Oui.').first().waitFor();
    await becomeMany(mail.page.getByText('> Une question'), 0);
    await mail.page.getByRole('button', { name: 'Afficher le texte cité' }).click();
    await mail.page.getByText('> Une question').waitFor();
    await mail.page.getByRole('button', { name: 'Masquer le texte cité' }).click();
    await becomeMany(mail.page.getByText('> Une question'), 0);
  });
});

test('everybody a message went to can be seen, with addresses', async () => {
  const letter = {
    subject: 'Copies',
    text: 'a',
    cc: 'Direction <dir@ailleurs.example>',
    headers: ['Reply-To: piege@autre.example'],
  };
  await reading(letter, 'Copies', async (mail) => {
    await mail.page.getByText('copie : Direction').click();
    await mail.page.getByText('Direction <dir@ailleurs.example>').waitFor();
    await mail.page.getByText('piege@autre.example').waitFor();
  });
});

test('files are previewed by kind, and downloaded as they were sent, one by one and together', async () => {
  const files = [
    { name: 'image.png', type: 'image/png', octets: png },
    { name: 'note.txt', type: 'text/plain', octets: Buffer.from('Été à la plage') },
    { name: 'page.html', type: 'text/html', octets: Buffer.from('<script>parent.hurt=1</script>Bonjour') },
    { name: 'donnees.bin', type: 'application/octet-stream', octets: noise },
  ];
  await reading({ subject: 'Fichiers', text: 'Ci-joint', files }, 'Fichiers', async (mail) => {
    const { page } = mail;
    const dialog = page.getByRole('dialog');
    const preview = async (name: string): Promise<void> => {
      await page.getByRole('button', { name: `Aperçu de ${name}` }).click();
      await dialog.waitFor();
    };
    const close = async (): Promise<void> => {
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    };
    await preview('image.png');
    await dialog.getByRole('img', { name: 'image.png' }).waitFor();
    await close();
    await preview('note.txt');
    await dialog.getByText('Été à la plage').waitFor();
    await close();
    await preview('page.html');
    await dialog.getByText('<script>parent.hurt=1</script>Bonjour').waitFor();
    await close();
    await preview('donnees.bin');
    await dialog.getByText('Pas d’aperçu').waitFor();
    await close();
    assert.equal(await page.evaluate('globalThis.hurt'), undefined);

    const saved = async (name: string): Promise<Download> => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
      return download;
    };
    for (const { name, octets } of files) {
      const download = await saved(`Télécharger ${name}`);
      assert.equal(download.suggestedFilename(), name);
      assert.deepEqual(await octetsOf(download), octets);
    }
    const zip = await octetsOf(await saved('Tout télécharger (zip)'));
    assert.deepEqual(unzip(zip), new Map(files.map(({ name, octets }) => [name, octets])));
  });
});

test('a message is saved and shown octet for octet as it came, with its headers and passport', async () => {
  const raw = printLetter({ subject: 'Tel quel', text: 'Bonjour', headers: ['X-Essai:  deux  espaces '] });
  await reading(raw, 'Tel quel', async (mail) => {
    const { page } = mail;
    const menu = async (choice: string): Promise<void> => {
      await page.getByRole('button', { name: 'Autres actions sur ce message' }).click();
      await page.getByRole('menuitem', { name: choice }).click();
    };
    const [download] = await Promise.all([page.waitForEvent('download'), menu('Enregistrer (.eml)')]);
    assert.equal(download.suggestedFilename(), 'Tel quel.eml');
    const octets = await octetsOf(download);
    assert.ok(octets.toString().endsWith(raw), octets.toString());
    await menu('Afficher la source');
    // By keys too, however long it is: the text is a stop of its own.
    const source = page.getByRole('dialog').getByRole('region', { name: 'Source du message' });
    await source.getByText('X-Essai:  deux  espaces').waitFor();
    // The dialog takes the focus itself once it is there.
    await hasFocusWithin(page.getByRole('dialog'));
    await source.focus();
    await getsFocus(source);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await getsFocus(page.getByRole('button', { name: 'Autres actions sur ce message' }));
    await menu('En-têtes et passeport');
    const details = page.getByRole('region', { name: 'En-têtes et passeport du message' });
    await details.getByText('LMTP (serveur frontal)').waitFor();
    await page.getByRole('dialog').getByText('deux espaces').waitFor();
  });
});

test('a message nested twenty thousand deep, and one of five megabytes, leave the page alive', async () => {
  await deliver(house, account.email, [
    { subject: 'Profond', html: `${'<table><tr><td><div><span>'.repeat(20_000)}tout en bas` },
    { subject: 'Énorme', html: `<p>${'Beaucoup de texte. '.repeat(270_000)}</p>` },
  ]);
  const { mail, leave } = await atWork(house, account);
  await mail.open('Profond');
  await mail.content.getByText('tout en bas').waitFor();
  await mail.open('Énorme');
  await mail.page.getByText('Le début seulement est affiché').waitFor();
  await mail.open('Profond');
  await leave();
});

test('keys work from inside the message too', async () => {
  await reading(
    { subject: 'Dedans', html: '<p>Cliquez <a href="https://exemple.example/">ici</a></p>' },
    'Dedans',
    async (mail) => {
      await mail.content.getByText('Cliquez').click();
      await mail.page.keyboard.press('e');
      await mail.toast('Conversation archivée').waitFor();
    },
  );
});

test('a dark theme keeps every message readable', async () => {
  await deliver(house, account.email, [
    { subject: 'Sans couleurs', html: '<p>Simple</p>' },
    { subject: 'Coloré', html: '<style>p{color:#333}</style><p>Gris foncé</p>' },
    { subject: 'Nocturne', html: '<body bgcolor="#101820" text="#ffffff"><p>Blanc</p></body>' },
  ]);
  const { mail, leave } = await atWork(house, account, { colorScheme: 'dark' });
  const filter = (): Promise<string> =>
    mail.frame.evaluate((frame: HTMLIFrameElement) => {
      const view = frame.contentWindow;
      const root = frame.contentDocument?.documentElement;
      return view && root ? view.getComputedStyle(root).filter : '';
    });
  for (const [subject, words, wanted] of [
    ['Sans couleurs', 'Simple', /^none$/],
    ['Coloré', 'Gris foncé', /invert/],
    ['Nocturne', 'Blanc', /^none$/],
  ] as const) {
    await mail.open(subject);
    await mail.content.getByText(words).waitFor();
    await eventually(async () => assert.match(await filter(), wanted));
  }
  await leave();
});

async function octetsOf(download: Download): Promise<Buffer> {
  return readFile(await download.path());
}

/** The files of a zip by its central directory, as far as we write them: stored or deflated. */
function unzip(zip: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    files.set(name, zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(data) : Buffer.from(data));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}
