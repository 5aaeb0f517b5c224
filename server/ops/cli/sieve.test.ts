import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { receiveFromFront } from '#server/delivery/receive.ts';
import { findRecipient } from '#server/delivery/recipient.ts';
import { openStore } from '#server/store/open.ts';
import { planCommands } from '#tools/testing/commands.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

const message =
  'From: Zoé <zoe@elsewhere.example>\r\nTo: alice@valmont.example\r\nSubject: Classe verte\r\n\r\nBonjour\r\n';

forEachDatabase((name, databaseUrl, folder) => {
  const pli = planCommands({ PLI_DATA: folder, PLI_DATABASE_URL: databaseUrl });
  const done = async (words: readonly string[], input?: string): Promise<string> => {
    const { code, out, err } = await pli(words, input);
    assert.equal(code, 0, err);
    return out;
  };

  test(`pli sieve tries, keeps and applies scripts on ${name}`, async () => {
    await done(['tenant', 'add', 'valmont']);
    await done(['domain', 'add', 'valmont.example']);
    await done(['account', 'add', 'alice', '--password-stdin'], 'secret\n');
    const eml = join(folder, 'message.eml');
    const script = join(folder, 'tri.sieve');
    writeFileSync(eml, message);
    writeFileSync(
      script,
      'require ["fileinto", "mailbox", "include"];\ninclude :optional :global "commun";\nif header :contains "subject" "classe" { fileinto :create "Classes"; }\n',
    );
    const tried = await done(['sieve', 'test', script, eml]);
    assert.match(tried, /3 {2}header :contains "subject" "classe" +→ true +\("Classe verte"\)/);
    assert.match(tried, /→ file into "Classes", made where it is not there/);
    const bad = await pli(['sieve', 'put', 'faux', '-', '--account', 'alice'], 'keep;\nfoo;\n');
    assert.equal(bad.code, 1);
    assert.match(bad.err, /Line 2, column 1/);

    const store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
    const recipient = await findRecipient(store, 'alice@valmont.example', 0);
    assert.ok(recipient.kind === 'here');
    const sender = {
      mailFrom: 'zoe@elsewhere.example',
      remoteAddress: '::1',
      helloName: 'x',
      tls: null,
      protocol: 'LMTP',
    };
    await receiveFromFront(store, Buffer.from(message), sender, [recipient]);

    await done(['sieve', 'put', 'tri', script, '--account', 'alice@valmont.example', '--activate']);
    await done(['sieve', 'put', 'commun', '-', '--global'], 'require "imap4flags"; addflag "commun";');
    assert.match(await done(['sieve', 'list', '--account', 'alice']), /^tri +active +\d+ +operator$/m);
    assert.equal(await done(['sieve', 'list', '--global']), 'commun\n');
    assert.match(await done(['sieve', 'get', 'tri', '--account', 'alice']), /include :optional/);
    const applied: unknown = JSON.parse(await done(['sieve', 'apply', 'tri', '--account', 'alice', '--json']));
    assert.ok(typeof applied === 'object' && applied !== null);
    const { state, done: count, changed, failed } = { state: '', done: 0, changed: 0, failed: 0, ...applied };
    assert.deepEqual({ state, count, changed, failed }, { state: 'done', count: 1, changed: 1, failed: 0 });
    assert.match(await done(['sieve', 'test', script, eml, '--account', 'alice']), /commun/);
    assert.equal(await done(['sieve', 'forwarding', 'forbid']), 'valmont: forbid\n');
    assert.equal((await pli(['sieve', 'forwarding', 'perhaps'])).code, 2);
    assert.equal((await pli(['sieve', 'delete', 'tri', '--account', 'alice'])).code, 1);
    await done(['sieve', 'activate', '--account', 'alice']);
    await done(['sieve', 'delete', 'tri', '--account', 'alice']);
    await done(['sieve', 'delete', 'commun', '--global']);
    await store.close();
  });
});
