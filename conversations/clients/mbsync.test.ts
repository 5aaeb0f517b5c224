/**
 * mbsync (isync) keeps a maildir and an account alike, in both directions: the strictest of the plain clients, since
 * each of its mistakes or ours shows as a message too many or too few.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { planLab, type LabAccount, type Ready } from '#tools/lab.ts';
import { needMailClient } from '#tools/needs/mail-clients.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';
import { assertSound, isLong, portOf } from '#conversations/hard/house.ts';
import { digestOf, writeLetter } from '#conversations/hard/letters.ts';
import { LmtpSender } from '#conversations/hard/lmtp-sender.ts';
import { lookInto, openImap, succeed } from './house.ts';

const from = 'expediteur@ailleurs.example';
const program = needMailClient('mbsync');

forEachDatabase((database, databaseUrl, folder) => {
  const count = database === 'sqlite' || isLong ? 5000 : 500;
  const lab = planLab({ folder, databaseUrl });
  const home = temporaryFolder();
  const inbox = join(home, 'mail/INBOX');
  let ready: Ready;
  let account: LabAccount;
  before(async () => {
    ready = await lab.start();
    account = await lab.addAccount('anne');
    mkdirSync(join(home, 'mail'));
    writeFileSync(join(home, 'mbsyncrc'), settings(home, portOf(ready, 'imap'), account));
  });
  after(() => lab.kill());

  const deliver = async (first: number, letters: number): Promise<void> => {
    const next = Array.from({ length: letters }, (_, at) => first + at);
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
        for (let number = next.pop(); number !== undefined; number = next.pop()) {
          const [fate] = await sender.deliver(from, [account.email], writeLetter(number, 500, [account.email]).octets);
          assert.equal(fate?.kind, 'delivered');
        }
        sender.close();
      }),
    );
  };
  const sync = () => succeed(program, ['-c', join(home, 'mbsyncrc'), '-V', '-a'], { home });
  /** Files of the maildir: the octets' digest with CRLF line ends, and the letters of its flags. */
  const local = (): readonly (readonly [digest: string, flags: string])[] =>
    ['cur', 'new'].flatMap((part) =>
      readdirSync(join(inbox, part)).map((name) => {
        return [digestOf(plain(readFileSync(join(inbox, part, name)))), /:2,([A-Z]*)$/.exec(name)?.[1] ?? ''] as const;
      }),
    );
  const letters: Readonly<Record<string, string>> = {
    '\\Seen': 'S',
    '\\Flagged': 'F',
    '\\Answered': 'R',
    '\\Draft': 'D',
  };
  const remote = async (): Promise<readonly (readonly [digest: string, flags: string])[]> => {
    const client = await openImap(ready, account);
    const seen = await lookInto(client, 'INBOX', plain);
    await client.logout();
    return seen.map(
      ({ digest, flags }) =>
        [
          digest,
          flags
            .flatMap((flag) => letters[flag] ?? [])
            .sort()
            .join(''),
        ] as const,
    );
  };
  const assertAlike = async (): Promise<void> => {
    const [here, there] = [local(), await remote()];
    const sorted = (all: readonly (readonly [string, string])[]) => all.map((one) => one.join(' ')).toSorted();
    assert.deepEqual(sorted(here), sorted(there));
  };

  /** The account's clock is the strictest witness: HIGHESTMODSEQ moves with every flag and every message. */
  const clock = async (): Promise<unknown> => {
    const client = await openImap(ready, account);
    const status = await client.status('INBOX', {
      highestModseq: true,
      uidNext: true,
      messages: true,
    });
    await client.logout();
    assert.ok(status);
    const { highestModseq, uidNext, messages } = status;
    return {
      highestModseq,
      uidNext,
      messages,
      names: ['cur', 'new'].flatMap((part) => readdirSync(join(inbox, part))).toSorted(),
    };
  };
  const assertNothingChangesBySync = async (): Promise<void> => {
    const before = await clock();
    await sync();
    assert.deepEqual(await clock(), before);
  };

  test(`${count} messages come down octet for octet, and a second time nothing changes`, async () => {
    await deliver(0, count);
    await sync();
    assert.equal(local().length, count);
    await assertAlike();
    await assertNothingChangesBySync();
  });

  test('what changes on either side is changed on the other', async () => {
    const files = readdirSync(join(inbox, 'cur')).concat(readdirSync(join(inbox, 'new')));
    const where = (name: string) => (readdirSync(join(inbox, 'cur')).includes(name) ? 'cur' : 'new');
    // Here: ten read and starred, five deleted, three written.
    for (const name of files.slice(0, 10)) {
      const base = name.replace(/:2,.*$/, '');
      renameSync(join(inbox, where(name), name), join(inbox, 'cur', `${base}:2,FS`));
    }
    for (const name of files.slice(10, 15)) {
      const base = name.replace(/:2,.*$/, '');
      renameSync(join(inbox, where(name), name), join(inbox, 'cur', `${base}:2,ST`));
    }
    for (let number = 0; number < 3; number += 1) {
      const letter = writeLetter(900_000 + number, 700, [account.email]).octets.toString('latin1');
      writeFileSync(join(inbox, 'cur', `1700000000.${number}.here:2,S`), letter.replaceAll('\r\n', '\n'), 'latin1');
    }
    // There: two more by LMTP, four answered, one moved away.
    await deliver(count, 2);
    const client = await openImap(ready, account);
    const lock = await client.getMailboxLock('INBOX');
    await client.messageFlagsAdd(`${count - 20}:${count - 17}`, ['\\Answered']);
    await client.messageMove(`${count - 10}`, 'Archive');
    lock.release();
    await client.logout();
    await sync();
    await assertAlike();
    assert.equal(local().length, count - 5 + 3 + 2 - 1);
    assert.equal(
      readdirSync(join(home, 'mail/Archive/cur')).length + readdirSync(join(home, 'mail/Archive/new')).length,
      1,
    );
    await assertNothingChangesBySync();
    await assertSound(lab);
  });
});

/** CRLF line ends, and without the field by which mbsync finds again what it has uploaded. */
function plain(message: Buffer): Buffer {
  const text = message.toString('latin1').replaceAll(/\r?\n/g, '\r\n');
  return Buffer.from(text.replace(/^X-TUID: .*\r\n/m, ''), 'latin1');
}

function settings(home: string, port: number, { userName, password }: LabAccount): string {
  return `
FSync no

IMAPAccount pli
Host 127.0.0.1
Port ${port}
User ${userName}
Pass ${password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account pli

MaildirStore near
Path ${home}/mail/
Inbox ${home}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
Remove Both
SyncState *
`;
}
