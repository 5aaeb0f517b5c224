/** Programs that do one thing over IMAP and say whether they could: curl, neomutt, offlineimap. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { planLab, type LabAccount, type Ready } from '#tools/lab.ts';
import { needMailClient } from '#tools/needs/mail-clients.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { portOf } from '#conversations/hard/house.ts';
import { digestOf, writeLetter } from '#conversations/hard/letters.ts';
import { LmtpSender } from '#conversations/hard/lmtp-sender.ts';
import { lookInto, openImap, succeed } from './house.ts';

const folder = temporaryFolder();
const lab = planLab({ folder });
let ready: Ready;
before(async () => {
  ready = await lab.start();
});
after(() => lab.kill());

async function deliver(account: LabAccount, count: number): Promise<void> {
  const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
  for (let number = 0; number < count; number += 1)
    await sender.deliver(
      'expediteur@ailleurs.example',
      [account.email],
      writeLetter(number, 500, [account.email]).octets,
    );
  sender.close();
}

test('curl lists, reads, searches, files and flags', async () => {
  const account = await lab.addAccount('curl');
  await deliver(account, 3);
  const home = temporaryFolder();
  const curl = needMailClient('curl');
  const url = `imap://127.0.0.1:${portOf(ready, 'imap')}`;
  const ask = (words: readonly string[]) =>
    succeed(curl, ['-sS', '--user', `${account.userName}:${account.password}`, ...words], { home });
  assert.match(await ask([`${url}/`]), /\* LIST \(.*\) "\/" "?INBOX"?/);
  assert.equal(
    digestOf(Buffer.from(await ask([`${url}/INBOX;MAILINDEX=2`]), 'latin1')),
    writeLetter(1, 500, [account.email]).digest,
  );
  assert.match(
    await ask([`${url}/INBOX;MAILINDEX=2;SECTION=HEADER.FIELDS%20(SUBJECT)`]),
    /^Subject: lettre 1\r\n\r\n$/,
  );
  assert.match(await ask([`${url}/INBOX?SUBJECT%20%22lettre%202%22`]), /^\* SEARCH 3\r?\n$/);
  const file = join(home, 'lettre.eml');
  const letter = writeLetter(77, 20_000, [account.email]);
  writeFileSync(file, letter.octets);
  await ask(['-T', file, `${url}/INBOX`]);
  await ask([`${url}/INBOX`, '-X', 'STORE 4 +Flags \\Flagged']);
  const client = await openImap(ready, account);
  const seen = await lookInto(client, 'INBOX');
  assert.equal(seen[3]?.digest, letter.digest);
  assert.ok(seen[3]?.flags.includes('\\Flagged'));
  await client.logout();
});

test('neomutt opens the inbox, tags by a pattern and files into the archives', async () => {
  const account = await lab.addAccount('mutt');
  await deliver(account, 12);
  const home = temporaryFolder();
  const url = `imap://127.0.0.1:${portOf(ready, 'imap')}`;
  const keys = '<tag-pattern>~s "lettre 1"<enter><tag-prefix><save-message>=Archive<enter><sync-mailbox><exit>';
  writeFileSync(
    join(home, 'muttrc'),
    [
      `set imap_user = "${account.userName}" imap_pass = "${account.password}"`,
      `set folder = "${url}/"`,
      'set spoolfile = "+INBOX"',
      'set ssl_starttls = no ssl_force_tls = no',
      'set confirm_append = no confirm_create = no delete = yes quit = yes wait_key = no',
      'unset mark_old',
      `push '${keys}'`,
    ].join('\n'),
  );
  const mutt = needMailClient('neomutt');
  // It asks for a terminal: script gives it one.
  await succeed('/usr/bin/script', ['-qec', `${mutt} -n -F ${join(home, 'muttrc')}`, '/dev/null'], { home });
  const client = await openImap(ready, account);
  // lettre 1, 10 and 11
  assert.equal((await lookInto(client, 'Archive')).length, 3);
  assert.equal((await lookInto(client, 'INBOX')).length, 9);
  await client.logout();
});

test('offlineimap keeps a maildir and an account alike', async () => {
  const account = await lab.addAccount('hors.ligne');
  await deliver(account, 100);
  const home = temporaryFolder();
  const maildir = join(home, 'Maildir');
  mkdirSync(maildir);
  const rc = join(home, 'offlineimaprc');
  writeFileSync(rc, offlineSettings(home, portOf(ready, 'imap'), account));
  const offlineimap = needMailClient('offlineimap');
  const sync = () => succeed(offlineimap, ['-o', '-c', rc, '-u', 'basic'], { home });
  const names = (mailbox: string) =>
    ['cur', 'new'].flatMap((part) =>
      readdirSync(join(maildir, mailbox, part)).map((name) => join(maildir, mailbox, part, name)),
    );
  await sync();
  assert.equal(names('INBOX').length, 100);
  const letter = writeLetter(500, 900, [account.email]);
  writeFileSync(
    join(maildir, 'INBOX/cur/1700000000_0.1.here,U=999999:2,FS'),
    letter.octets.toString('latin1').replaceAll('\r\n', '\n'),
    'latin1',
  );
  await sync();
  const client = await openImap(ready, account);
  const before = await lookInto(client, 'INBOX');
  assert.equal(before.length, 101);
  assert.deepEqual(before.find(({ uid }) => uid === before.at(-1)?.uid)?.flags, ['\\Flagged', '\\Seen']);
  const lock = await client.getMailboxLock('INBOX');
  await client.messageFlagsAdd('1:5', ['\\Seen']);
  await client.messageDelete('6:7');
  lock.release();
  await sync();
  assert.equal(names('INBOX').length, 99);
  assert.equal(names('INBOX').filter((name) => /:2,.*S/.test(name)).length, 6);
  assert.ok(names('INBOX').some((name) => readFileSync(name, 'latin1').includes('Subject: lettre 500')));
  await client.logout();
});

function offlineSettings(home: string, port: number, { userName, password }: LabAccount): string {
  return `
[general]
accounts = pli
metadata = ${home}/meta
[Account pli]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = ${home}/Maildir
[Repository far]
type = IMAP
remotehost = 127.0.0.1
remoteport = ${port}
remoteuser = ${userName}
remotepass = ${password}
ssl = no
starttls = no
auth_mechanisms = LOGIN
folderfilter = lambda name: name in ['INBOX', 'Archive']
`;
}
