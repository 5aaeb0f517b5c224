import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';

import { authenticateBasic } from '#server/access/authenticate.ts';
import { refusedFor } from '#server/access/refusal.testing.ts';
import { openStore } from '#server/store/open.ts';
import { planCommands } from '#tools/testing/commands.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

const main = fileURLToPath(new URL('../../main.ts', import.meta.url));

interface Outcome {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

/** In a process of its own, as a person calls it. */
async function runAlone(env: Readonly<Record<string, string>>, words: readonly string[], input = ''): Promise<Outcome> {
  const child = spawn(process.execPath, [main, ...words], { env: { PATH: process.env['PATH'] ?? '', ...env } });
  child.stdin.end(input);
  const ended: Promise<readonly unknown[]> = once(child, 'close');
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

forEachDatabase((name, databaseUrl, folder) => {
  describe(`the command line on ${name}`, () => {
    const env = { PLI_DATA: folder, PLI_DATABASE_URL: databaseUrl };
    const run = planCommands(env);
    const pli = (line: string, input?: string) => run(line.split(' '), input);
    const json = async (line: string, input?: string): Promise<Record<string, unknown>> => {
      const { code, out, err } = await pli(`${line} --json`, input);
      assert.equal(code, 0, err);
      const value: Record<string, unknown> = JSON.parse(out);
      return value;
    };

    it('makes an institution, a domain, a unit and a person who can log in while a server runs', async () => {
      assert.equal((await pli('account add alice')).code, 2);
      await json('tenant add valmont');
      const domain = await json('domain add valmont.example');
      assert.ok(Array.isArray(domain['records']) && domain['records'].length > 5);
      await json('unit add dsi --name DSI');
      const store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
      const added = await json('account add alice --password-stdin', 'secret\n');
      assert.deepEqual([added['userName'], added['email']], ['alice', 'alice@valmont.example']);
      const asked = { userName: 'alice', password: 'secret', remoteAddress: '127.0.0.1' };
      await authenticateBasic(store, asked);
      await json('account lock alice --reason test');
      await assert.rejects(authenticateBasic(store, asked), refusedFor('accountLocked'));
      await json('account unlock alice');
      await json('account password alice --must-change', 'other');
      await assert.rejects(authenticateBasic(store, { ...asked, password: 'other' }), refusedFor('loginUnfinished'));
      assert.equal((await pli('account password alice', 'other')).code, 1, 'held to the rules of the institution');
      await json('account password alice', 'Tortue+Cuivre=42');
      await authenticateBasic(store, { ...asked, password: 'Tortue+Cuivre=42' });
      const given = await json('account provisional alice');
      const provisional = { ...asked, password: String(given['provisionalPassword']) };
      await assert.rejects(authenticateBasic(store, provisional), refusedFor('loginUnfinished'));
      await json('account password alice', 'Wagon/Bleuet?73');
      const { id, secret } = await json('account app-password add alice --label Téléphone --scope mail');
      await authenticateBasic(store, { ...asked, password: String(secret), scope: 'mail' });
      const listed = await pli('account app-password list alice');
      assert.match(
        listed.out,
        new RegExp(`^${String(id)} +appPassword +Téléphone +mail +made .* used .* from 127\\.0\\.0\\.1\\n$`),
      );
      assert.equal((await pli('account app-password add alice --scope everything')).code, 2);
      await json(`account app-password revoke alice ${String(id)}`);
      await assert.rejects(authenticateBasic(store, { ...asked, password: String(secret) }));
      assert.equal((await pli(`account app-password revoke alice ${String(id)}`)).code, 2);
      await json('account add scolarite@valmont.example --functional Scolarité --personal-seen');
      assert.equal((await json('account seen scolarite@valmont.example common'))['seen'], 'common');
      assert.equal((await pli('account seen scolarite@valmont.example mine')).code, 2);
      assert.match((await pli('account seen alice@valmont.example personal')).err, /invalidArguments/);
      const members = 'mailbox members';
      await json(`${members} add scolarite@valmont.example alice --may draft write --until 2099-08-31`);
      assert.match(
        (await pli(`${members} list scolarite@valmont.example`)).out,
        /^alice@valmont\.example +alice +read draft write +until 2099-08-31 +valid\n$/,
      );
      assert.equal((await pli(`${members} add scolarite@valmont.example alice --may everything`)).code, 2);
      assert.equal((await json(`${members} remove scolarite@valmont.example alice`))['removed'], 1);
      assert.equal((await pli(`${members} remove scolarite@valmont.example alice`)).code, 2);
      const shown = await pli('domain show valmont.example');
      assert.match(shown.out, /^_imaps\._tcp\.valmont\.example\. 3600 IN SRV 0 1 1993 \S+\.$/m);
      assert.match(shown.out, /^_pop3\._tcp\.valmont\.example\. 3600 IN SRV 0 0 0 \.$/m);
      await store.close();
      assert.equal((await json('account show alice@valmont.example'))['userName'], 'alice');
      const again = await pli('account add alice');
      assert.equal(again.code, 1);
      assert.match(again.err, /alreadyExists/);
    });

    it('imports a file, tells the lines it refused, and says so by its exit code', async () => {
      const file = join(folder, 'people.csv');
      const report = join(folder, 'report.jsonl');
      writeFileSync(file, 'familyName;givenName;externalId;unit\nNoël;Éva;1;dsi\nNoël;Éva;2;nowhere\n');
      const first = await pli(`account import ${file} --report ${report}`);
      assert.equal(first.code, 1);
      assert.match(first.err, /line 3: noSuchUnit nowhere/);
      assert.match(first.out, /added: 1; changed: 0; there already: 0; refused: 1/);
      assert.match((await pli('account list')).out, /enoel +Noël +Éva +eva\.noel@valmont\.example +provisioned/);
      assert.equal((await pli('account import /nowhere.csv')).code, 2);
      writeFileSync(file, 'familyName;givenName;externalId;population\nNoël;Ève;1;teacher\n');
      const dry = await pli(`account import ${file} --dry-run --update`);
      assert.match(dry.out, /line 2: ~ 1: givenName Éva → Ève; population staff → teacher/);
      assert.match((await pli(`account import ${file} --update`)).out, /pli account import undo 2 undoes it/);
      assert.match((await pli('account import runs')).out, /^2 .* csv +done +\+0 ~1 -0 !0 +people\.csv$/m);
      assert.match((await pli('account import undo 2')).out, /as before: 1/);
      assert.match((await pli('account list')).out, /enoel +Noël +Éva/);
      assert.equal((await pli('account import undo 9')).code, 2);
      const slips = join(folder, 'slips');
      assert.match((await pli(`account slips 1 --output ${slips}`)).out, /dsi\.html: 1/);
      assert.match(readFileSync(join(slips, 'dsi.html'), 'utf8'), /enoel[^]*class="key">\w+-\w+-\w+-\d+</);
      assert.equal(statSync(join(slips, 'dsi.html')).mode & 0o777, 0o600);
      assert.equal((await pli('account import --ldap Nowhere')).code, 2);
    });
  });
});

describe('the command line', () => {
  it('helps, and tells a wrong command, a wrong option and an unreachable database apart', async () => {
    const helped = await runAlone({}, ['account', 'add', '--help']);
    assert.equal(helped.code, 0);
    assert.match(helped.out, /--password-stdin/);
    assert.equal((await runAlone({}, ['nonsense'])).code, 2);
    const wrong = await runAlone({ PLI_HTTP_PORT: 'x', PLI_HTPP_PORT: '1' }, ['account', 'list']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /PLI_HTPP_PORT is no option[^]*PLI_HTTP_PORT is not a whole number/);
    const away = await runAlone({ PLI_DATABASE_URL: 'postgres://127.0.0.1:1/none' }, ['account', 'list']);
    assert.equal(away.code, 75);
  });
});
