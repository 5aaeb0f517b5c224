/** The command line brings accounts over from Debian's Dovecot: from a CSV file, killed in the middle, and again. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';

import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { planCommands } from '#tools/testing/commands.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { type OldServer, startOldServer } from '#tools/testing/dovecot.ts';

const main = fileURLToPath(new URL('../../main.ts', import.meta.url));
/** So many emails has each of them. */
const each = 160;
const users = ['ana', 'bob', 'cléo', 'dan', 'eve'];
const ascii = (name: string): string => name.normalize('NFD').replace(/\p{M}/gu, '');

forEachDatabase((name, databaseUrl, folder) => {
  describe(`importing on the command line on ${name}`, () => {
    let old: OldServer;
    /** Looks on from outside. */
    let store: Store;
    const env = { PLI_DATA: folder, PLI_DATABASE_URL: databaseUrl };
    const pli = planCommands(env);
    const start = (words: readonly string[], input = '') => {
      const child = spawn(process.execPath, [main, ...words], { env: { PATH: process.env['PATH'] ?? '', ...env } });
      child.stdin.end(input);
      return child;
    };
    const json = async (words: readonly string[], input = ''): Promise<unknown> => {
      const { out, err } = await pli([...words, '--json'], input);
      assert.notEqual(out, '', err);
      return JSON.parse(out);
    };
    const countEmails = async (): Promise<Readonly<Record<string, number>>> => {
      const sql = 'select email, email_count from account order by id';
      const found = await read(store, (tx) => tx.connection.all({ sql }, []));
      return Object.fromEntries(found.map((row) => [String(row['email']), Number(row['email_count'])]));
    };

    before(async () => {
      old = await startOldServer();
      await pli(['tenant', 'add', 'x']);
      store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      await pli(['domain', 'add', 'x.example']);
      for (const user of users) {
        await pli(['account', 'add', ascii(user), '--email', `${ascii(user)}@x.example`]);
        const mail = (n: number) => ({
          octets: `From: z@old.example\nSubject: ${user} ${n}\nMessage-ID: <${ascii(user)}.${n}@old>\n\n${'x '.repeat(n)}\n`,
          at: 1_600_000_000 + n,
        });
        old.fill(
          ascii(user),
          [],
          Array.from({ length: each }, (_, n) => mail(n)),
        );
      }
    });
    after(async () => {
      await store.close();
      await old.stop();
    });

    const flags = () => ['--host', '127.0.0.1', '--port', String(old.port), '--security', 'clear'];

    it('a CSV of five accounts with a master password; kill -9 in the middle; the second run ends it, the third finds nothing', async () => {
      const csv = join(folder, 'accounts.csv');
      const lines = users.map((user) => `${ascii(user)};${ascii(user)}@x.example`);
      writeFileSync(csv, ['user;account', ...lines, 'nobody;nobody@x.example', ';x'].join('\n'));
      const report = join(folder, 'report.jsonl');
      const words = ['import', 'imap', ...flags(), '--csv', csv, '--master', old.master.name, '--password-stdin'];
      words.push('--report', report);
      const child = start([...words, '--rate', '20k', '--concurrency', '5'], `${old.master.password}\n`);
      for (let tries = 0; tries < 1_200; tries += 1) {
        await sleep(50);
        const sum = Object.values(await countEmails()).reduce((a, b) => a + b, 0);
        if (sum >= each / 2) break;
      }
      child.kill('SIGKILL');
      await once(child, 'close');
      const partly = Object.values(await countEmails()).reduce((a, b) => a + b, 0);
      assert.ok(partly > 0 && partly < users.length * each, String(partly));

      const again = await pli([...words, '--json'], `${old.master.password}\n`);
      assert.equal(again.code, 1, 'two lines are wrong');
      const told: unknown = JSON.parse(again.out);
      assert.ok(Array.isArray(told));
      assert.deepEqual(
        told.map((line: Record<string, unknown>) => [line['line'], line['state']]),
        [
          [2, 'done'],
          [3, 'done'],
          [4, 'done'],
          [5, 'done'],
          [6, 'done'],
          [7, 'refused'],
          [8, 'refused'],
        ],
      );
      const counts = await countEmails();
      for (const user of users) assert.equal(counts[`${ascii(user)}@x.example`], each);
      assert.equal(readFileSync(report, 'utf8').trim().split('\n').length, 7);

      const third: unknown = await json(words, `${old.master.password}\n`);
      assert.ok(Array.isArray(third));
      assert.deepEqual(
        third.slice(0, 5).map((line: Record<string, unknown>) => [line['imported'], line['duplicates']]),
        users.map(() => [0, each]),
      );
      assert.deepEqual(await countEmails(), counts);
      const secrets = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(old.master.password));
      assert.deepEqual(
        secrets.map((entry) => entry.name),
        [],
        'the password stands nowhere on the disk',
      );
    });

    it('exports and imports a maildir, an mbox and a ZIP', async () => {
      await pli(['account', 'add', 'copy', '--email', 'copy@x.example']);
      for (const format of ['maildir', 'mbox', 'zip']) {
        const out = join(folder, `out.${format}`);
        const exported = await json(['export', format, out, '--account', 'ana']);
        assert.deepEqual(Reflect.get(Object(exported), 'emails'), each);
        const imported = Object(await json(['import', format, out, '--account', 'copy@x.example']));
        const first = format === 'maildir';
        assert.deepEqual(
          [Reflect.get(imported, 'imported'), Reflect.get(imported, 'duplicates')],
          first ? [each, 0] : [0, each],
        );
      }
      assert.equal((await pli(['export', 'mbox', join(folder, 'out.mbox'), '--account', 'ana'])).code, 2, 'not empty');
      assert.equal((await pli(['import', 'mbox', '/nowhere', '--account', 'ana'])).code, 2);
    });
  });
});
