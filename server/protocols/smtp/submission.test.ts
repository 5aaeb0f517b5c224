import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { setAccessPolicy } from '#server/access/policy.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '#tools/testing/house.ts';
import { planOutbound } from '#server/delivery/outbound/options.ts';
import { giveUpAfterMs, warnAfterMs } from '#server/delivery/outbound/schedule.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { type JobRunner, runJobs } from '#server/jobs/run.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import { asBlobHash, type AccountId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { rows } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';
import { submissionJobs } from '#server/submission/run.ts';
import { listQueue } from '#server/submission/queue.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';

import { type SmtpServer, startSmtp } from './server.ts';
import { submissionHandlers } from './submission.ts';
import { connectTo, type TestClient, testCertificate } from './port.testing.ts';

forEachDatabase((_name, databaseUrl, folder) => {
  let store: Store;
  let house: TestHouse;
  let server: SmtpServer;
  let jobs: JobRunner;
  let spoolFolder: string;

  before(async () => {
    spoolFolder = mkdtempSync(join(tmpdir(), 'pli-spool-'));
    store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
    setAccessPolicy(store, { isThrottled: false });
    house = await openTestHouse(store);
    server = await startSmtp(
      {
        kind: 'submission',
        host: '127.0.0.1',
        port: 0,
        hostName: 'mail.academie.example',
        secureContext: testCertificate,
        isTlsImplicit: false,
        mayAuthenticateInClear: false,
        mechanisms: ['PLAIN', 'LOGIN'],
        maxHoldSeconds: 86_400,
        spoolFolder,
        limits: {},
        onEvent: () => undefined,
      },
      submissionHandlers(store, 'mail.academie.example'),
    );
    const settings = { hostName: 'x.example', isLab: true, smarthost: '', connectionsPerHost: 1, ca: undefined };
    const kinds = submissionJobs({
      store,
      outbound: planOutbound(settings),
      connections: 4,
      patience: { giveUpAfterMs, warnAfterMs },
      timeZone: 'Europe/Paris',
      onEvent: () => undefined,
    });
    jobs = runJobs(store, { ...kinds }, { lookEveryMs: 50, onFault: (_job, error) => console.error(error) });
  });
  after(async () => {
    await server.close(100);
    await jobs.close();
    await store.close();
    rmSync(spoolFolder, { recursive: true, force: true });
  });

  const plain = ({ userName, password }: TestPerson, authorizationId = '') =>
    Buffer.from(`${authorizationId}\0${userName}\0${password}`).toString('base64');

  async function open(person = house.alice): Promise<TestClient> {
    const client = connectTo(server.port);
    await client.read();
    await client.send('EHLO laptop.example');
    assert.match(await client.send(`AUTH PLAIN ${plain(person)}`), /^235/);
    return client;
  }

  async function hand(client: TestClient, from: string, to: string, message: readonly string[]): Promise<string> {
    assert.match(await client.send(`MAIL FROM:<${from}>`), /^250/);
    assert.match(await client.send(`RCPT TO:<${to}>`), /^250/);
    assert.match(await client.send('DATA'), /^354/);
    return client.send([...message, '.'].join('\r\n'));
  }

  /** The messages of a mailbox, oldest first, once there are `count`. */
  async function messagesIn(accountId: AccountId, role: string, count: number): Promise<readonly string[]> {
    for (let tries = 0; tries < 2_000; tries += 1) {
      const found = await read(store, async (tx) =>
        rows(
          tx,
          tx.q
            .selectFrom('mailbox_email')
            .innerJoin('mailbox', (join) =>
              join
                .onRef('mailbox.account_id', '=', 'mailbox_email.account_id')
                .onRef('mailbox.id', '=', 'mailbox_email.mailbox_id'),
            )
            .innerJoin('email', (join) =>
              join
                .onRef('email.account_id', '=', 'mailbox_email.account_id')
                .onRef('email.id', '=', 'mailbox_email.email_id'),
            )
            .select('email.hash')
            .where('mailbox_email.account_id', '=', accountId)
            .where('mailbox.role', '=', role)
            .orderBy('mailbox_email.uid'),
        ),
      );
      if (found.length >= count) {
        const blobs = found.map(({ hash }) => openBlob(store, house.tenantId, asBlobHash(hash)));
        const texts = (await Promise.all(blobs)).map(async (blob) =>
          Buffer.from((await blob?.bytes()) ?? []).toString(),
        );
        return Promise.all(texts);
      }
      await new Promise((resolve) => void setTimeout(resolve, 25));
    }
    throw new Error(`fewer than ${count} messages in ${role}`);
  }

  test('what a mail program leaves out is completed, and nothing of it is filed unasked', async () => {
    const { alice, bruno } = house;
    const client = await open();
    assert.match(await hand(client, alice.email, bruno.email, ['Subject: a', 'Bcc: x@y.fr', '', 'b']), /^250 2\.0\.0/);
    const [message = ''] = await messagesIn(bruno.accountId, 'inbox', 1);
    assert.match(message, /^Received: by mail\.academie\.example \(Pli\) with ESMTPA id \S+;\r\n\t\w{3}, /);
    assert.match(message, new RegExp(`^From: Alice Martin <${alice.email}>\r$`, 'm'));
    assert.match(message, /^Date: /m);
    assert.match(message, /^Message-ID: <[^>]+@academie\.example>\r$/m);
    assert.doesNotMatch(message, /^Bcc/m);
    assert.doesNotMatch(message, /127\.0\.0\.1|laptop/, 'where the writer sits is nobody’s business');
    assert.deepEqual(await messagesIn(alice.accountId, 'sent', 0), []);
    // A body without any header is a message all the same.
    assert.match(await hand(client, alice.email, bruno.email, ['Bonjour Bruno']), /^250/);
    const [, bare = ''] = await messagesIn(bruno.accountId, 'inbox', 2);
    assert.match(bare, /\r\n\r\nBonjour Bruno\r\n$/);
    client.destroy();
  });

  test('a copy goes to Sent where it is asked for, with Bcc and without the asking', async () => {
    const { alice, bruno } = house;
    const client = await open();
    const message = ['X-Pli-Save-Sent: yes', `From: ${alice.email}`, 'Bcc: x@y.fr', 'Subject: copie', '', 'c'];
    await hand(client, alice.email, bruno.email, message);
    const [copy = ''] = await messagesIn(alice.accountId, 'sent', 1);
    assert.match(copy, /^Bcc: x@y\.fr\r$/m);
    assert.doesNotMatch(copy, /X-Pli|Received/);
    const inbox = await messagesIn(bruno.accountId, 'inbox', 3);
    assert.doesNotMatch(inbox[2] ?? 'X-Pli', /X-Pli|Bcc/);
    client.destroy();
  });

  test('nobody sends as somebody else, in the envelope or in From', async () => {
    const { alice, bruno } = house;
    const client = await open();
    assert.match(await client.send(`MAIL FROM:<${bruno.email}>`), /^550 5\.7\.1/);
    assert.match(await client.send('MAIL FROM:<x@elsewhere.example>'), /^550 5\.7\.1/);
    assert.match(await hand(client, alice.email, bruno.email, [`From: ${bruno.email}`, '', 'x']), /^550 5\.7\.1/);
    assert.match(await client.send(`MAIL FROM:<${alice.email}>`), /^250/);
    assert.match(await client.send('RCPT TO:<nobody@academie.example>'), /^550 5\.1\.1/);
    assert.match(await client.send('RCPT TO:<x@elsewhere.example>'), /^250/);
    client.destroy();
  });

  test('a mandate lets a person send for a functional mailbox', async () => {
    const { alice, bruno, tenantId } = house;
    const school = await addFunctionalAccount(store, operator, { tenantId, name: 'Collège' });
    const client = await open(bruno);
    assert.match(await client.send(`MAIL FROM:<${school.email}>`), /^550 5\.7\.1/);
    const to = { tenantId, accountId: school.accountId, personId: bruno.personId };
    await grantMandate(store, operator, { ...to, rights: ['sendOnBehalf'] });
    assert.match(await hand(client, school.email, alice.email, [`From: ${school.email}`, '', 'x']), /^250/);
    const [message = ''] = await messagesIn(alice.accountId, 'inbox', 1);
    assert.match(message, new RegExp(`^Sender: Bruno Petit <${bruno.email}>\r$`, 'm'));
    client.destroy();
  });

  test('a message may be held (RFC 4865)', async () => {
    const { alice, bruno } = house;
    const client = await open();
    assert.match(await client.send(`MAIL FROM:<${alice.email}> HOLDFOR=3600`), /^250/);
    await client.send(`RCPT TO:<${bruno.email}>`);
    await client.send('DATA');
    assert.match(await client.send('Subject: plus tard\r\n\r\nx\r\n.'), /^250/);
    const [held] = await listQueue(store, operator, { limit: 10 });
    assert.equal(held?.kind, 'hold');
    assert.ok((held?.nextTryAt ?? 0) > Date.now() + 3_500_000);
    client.destroy();
  });

  test('logging in needs the right password, and one’s own name', async () => {
    const { alice, bruno } = house;
    const client = connectTo(server.port);
    await client.read();
    await client.send('EHLO laptop.example');
    assert.match(await client.send(`AUTH PLAIN ${plain({ ...alice, password: 'wrong' })}`), /^535/);
    assert.match(await client.send(`AUTH PLAIN ${plain(alice, bruno.userName)}`), /^535/);
    assert.match(await client.send('AUTH LOGIN'), /^334/);
    assert.match(await client.send(Buffer.from(alice.email).toString('base64')), /^334/);
    assert.match(await client.send(Buffer.from(alice.password).toString('base64')), /^235/);
    client.destroy();
  });
});
