/** Debian's sieve-connect keeps scripts in our server as in any other: STARTTLS, login, upload, activate, list, download, delete. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { portOf } from '#conversations/hard/house.ts';
import { planLab, type LabAccount, type Ready } from '#tools/lab.ts';
import { needSieveConnect } from '#tools/needs/sieve-connect.ts';

import { run, succeed } from './house.ts';

const program = needSieveConnect();
const folder = mkdtempSync(join(tmpdir(), 'pli-sieve-connect-'));
const lab = planLab({ folder: join(folder, 'data'), isLab: false, env: { PLI_BIND: '127.0.0.1' } });
const script =
  'require ["fileinto"];\r\n# Éléonore\r\nif header :contains "subject" "classe" { fileinto "Archive"; }\r\n';
let ready: Ready;
let alice: LabAccount;

before(async () => {
  await lab.pli(['init', '--slug', 'essai', '--domain', 'academie.example', '--json']);
  ready = await lab.start();
  alice = await lab.addAccount('alice');
});
after(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

function words(...more: readonly string[]): readonly string[] {
  const port = String(portOf(ready, 'sieve'));
  const who = ['--server', 'localhost', '--4', '--port', port, '--user', alice.userName, '--passwordfd', '0'];
  // The certificate is the server's own, made at its first start: nobody vouches for it.
  return [...who, '--notlsverify', ...more];
}

const asAlice = () => ({ home: folder, input: `${alice.password}\n` });

test('sieve-connect uploads, activates, lists, downloads and deletes a script over TLS', async () => {
  const path = join(folder, 'tri.sieve');
  writeFileSync(path, script);
  await succeed(program, words('--localsieve', path, '--remotesieve', 'tri', '--upload'), asAlice());
  await succeed(program, words('--remotesieve', 'tri', '--activate'), asAlice());
  assert.match(await succeed(program, words('--list'), asAlice()), /"tri" ACTIVE/);
  const back = join(folder, 'back.sieve');
  await succeed(program, words('--remotesieve', 'tri', '--localsieve', back, '--download'), asAlice());
  assert.equal(readFileSync(back, 'utf8').replace(/\r?\n/g, '\r\n'), script);
  await succeed(program, words('--deactivate'), asAlice());
  await succeed(program, words('--remotesieve', 'tri', '--delete'), asAlice());
  assert.doesNotMatch(await succeed(program, words('--list'), asAlice()), /"tri"/);
});

test('a script that is none is refused with its line, and a wrong password with a word', async () => {
  const path = join(folder, 'faux.sieve');
  writeFileSync(path, 'keep;\r\nfrobnicate;\r\n');
  const bad = await run(program, words('--localsieve', path, '--remotesieve', 'faux', '--upload'), asAlice());
  assert.match(bad.out, /2/);
  assert.doesNotMatch(await succeed(program, words('--list'), asAlice()), /"faux"/);
  const wrong = await run(program, words('--list'), { home: folder, input: 'faux\n' });
  assert.notEqual(wrong.code, 0);
});
