/** Two people with one functional mailbox selected, while one of them reads by the verbs of JMAP: `\Seen` is each one's own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createSecureContext } from 'node:tls';

import { allScopes, operator, type PersonActor } from '#server/access/actor.ts';
import { grantMandate } from '#server/access/mandate.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addPerson } from '#server/directory/person.ts';
import { appendMessages } from '#server/mail/emails/append.ts';
import { changeEmails } from '#server/mail/emails/change.ts';
import { ingest } from '#server/mail/ingest.ts';
import { listMailboxes } from '#server/mail/mailboxes/list.ts';
import { setSeenIsPersonal } from '#server/mail/personal/switch.ts';
import { openView } from '#server/mail/view/open.ts';
import { type AccountId, asId, type EmailId, type MailboxId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';
import { ImapClient } from '#tools/imap-client.ts';
import { testCertificate } from '#tools/testing/certificate.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '#tools/testing/house.ts';

import { type ImapServer, startImap } from './server.ts';

const letters = 3;

forEachDatabase((_name, databaseUrl, folder) => {
  let store: Store;
  let house: TestHouse;
  let server: ImapServer;
  let accountId: AccountId;
  let inboxId: MailboxId;
  let name: string;
  const clients: ImapClient[] = [];

  before(async () => {
    store = await openStore({ databaseUrl, blobsUrl: `file:${folder}/blobs` });
    house = await openTestHouse(store);
    const context = createSecureContext(testCertificate('mail.academie.example'));
    server = await startImap({
      store,
      host: '127.0.0.1',
      port: 0,
      hostName: 'mail.academie.example',
      secureContext: () => context,
      isTlsImplicit: false,
      mayAuthenticateInClear: true,
      limits: {},
      onEvent: () => undefined,
    });
    const { tenantId } = house;
    const added = await addFunctionalAccount(store, operator, { tenantId, name: 'Scolarité' });
    ({ accountId } = added);
    name = `"Partag&AOk-es/${added.email}/INBOX"`;
    await setSeenIsPersonal(store, operator, accountId, true);
    for (const { personId } of [house.alice, house.bruno])
      await grantMandate(store, operator, { tenantId, accountId, personId, rights: ['write'] });
    const { mailboxes } = await listMailboxes(store, operator, accountId);
    inboxId = mailboxes.find(({ role }) => role === 'inbox')?.id ?? asId<MailboxId>(0);
    const messages = [];
    for (let n = 1; n <= letters; n += 1) {
      const message = await ingest(store, Buffer.from(`From: a@x.example\r\nSubject: ${n}\r\n\r\n${n}\r\n`));
      messages.push({ message, keywords: [], isDeleted: false, receivedAt: undefined });
    }
    await appendMessages(store, operator, accountId, { mailboxId: inboxId }, messages);
  });
  after(async () => {
    for (const client of clients) client.close();
    await server.close(100);
    await store.close();
  });

  const open = async ({ userName, password }: { userName: string; password: string }): Promise<ImapClient> => {
    const client = await ImapClient.login(server.port, userName, password);
    clients.push(client);
    return client;
  };
  const ask = async (client: ImapClient, command: string) => (await client.run(command, true)).untagged.join('\n');
  const actorOf = ({ personId }: TestPerson): PersonActor => ({
    kind: 'person',
    tenantId: house.tenantId,
    personId,
    by: 'session',
    scopes: allScopes,
    from: '::1',
  });

  test('FETCH, STORE, SEARCH, STATUS and CONDSTORE say the reader’s own, to both at once', async () => {
    const [alice, bruno] = [await open(house.alice), await open(house.bruno)];
    for (const client of [alice, bruno]) await client.run(`SELECT ${name} (CONDSTORE)`);
    assert.match(await ask(alice, 'STORE 1 +FLAGS (\\Seen \\Flagged)'), /FLAGS \(\\Flagged \\Seen\)/);
    assert.match(await ask(bruno, 'NOOP'), /^\* 1 FETCH \(.*FLAGS \(\\Flagged\)/);
    assert.match(await ask(bruno, 'SEARCH UNSEEN'), /1 2 3$/m);
    assert.match(await ask(alice, 'SEARCH UNSEEN'), /2 3$/m);
    assert.match(await ask(alice, 'SEARCH SEEN'), / 1$/m);
    assert.match(await ask(bruno, `STATUS ${name} (UNSEEN)`), /UNSEEN 3/);
    assert.match(await ask(alice, `STATUS ${name} (UNSEEN)`), /UNSEEN 2/);

    // Bruno reads one in the web client meanwhile.
    const { columns } = await openView(store, operator, accountId, inboxId);
    const two = asId<EmailId>(columns.emailIds[1] ?? 0);
    const clock = /MODSEQ \((\d+)\)/.exec(await ask(bruno, 'FETCH 2 (MODSEQ)'))?.[1];
    await changeEmails(store, actorOf(house.bruno), accountId, [
      { emailId: two, keywords: { kind: 'patch', add: ['$seen'], remove: [] } },
    ]);
    assert.match(await ask(bruno, 'NOOP'), /^\* 2 FETCH \(.*FLAGS \(\\Seen\)/);
    assert.match(await ask(alice, 'FETCH 2 (FLAGS)'), /^\* 2 FETCH \(.*FLAGS \(\)/);
    assert.match((await bruno.run(`STORE 2 (UNCHANGEDSINCE ${clock}) -FLAGS (\\Seen)`)).line, /MODIFIED 2/);
    // The other’s word on the first one moved its clock, and nothing else to be seen here.
    const since = await ask(bruno, `FETCH 1:* (FLAGS) (CHANGEDSINCE ${clock})`);
    assert.match(since, /^\* 1 FETCH \(FLAGS \(\\Flagged\) [^\n]+\n\* 2 FETCH \(FLAGS \(\\Seen\) [^\n]+$/);

    // Reading a body marks it for who reads it.
    await bruno.run('FETCH 3 (BODY[TEXT])');
    assert.match(await ask(bruno, 'SEARCH SEEN'), /2 3$/m);
    assert.match(await ask(alice, 'SEARCH UNSEEN'), /2 3$/m);
    assert.match(await ask(alice, 'STORE 1 FLAGS ()'), /FLAGS \(\)/);
    assert.match(await ask(bruno, 'FETCH 1:3 (FLAGS)'), /1 FETCH \(.*FLAGS \(\)[^]*\\Seen[^]*\\Seen/);
  });

  test('who may only read may say \\Seen, and is offered no other flag', async () => {
    const { tenantId } = house;
    const password = 'un-mot-de-passe-long-pour-Carole';
    const carole = await addPerson(store, operator, { tenantId, givenName: 'Carole', familyName: 'Noir', password });
    await grantMandate(store, operator, { tenantId, accountId, personId: carole.personId, rights: ['read'] });
    const client = await open({ userName: carole.userName, password });
    const { line, untagged } = await client.run(`SELECT ${name}`, true);
    assert.match(line, /READ-WRITE/);
    assert.match(untagged.join('\n'), /PERMANENTFLAGS \(\\Seen\)/);
    assert.match(await ask(client, `MYRIGHTS ${name}`), / lrs$/);
    await client.run('STORE 1 -FLAGS (\\Seen)');
    assert.match(await ask(client, `STATUS ${name} (UNSEEN)`), /UNSEEN 1/, 'what came before her is read');
    await client.run('STORE 1 +FLAGS (\\Seen)');
    assert.match(await ask(client, 'SEARCH UNSEEN'), /SEARCH$/);
    await assert.rejects(client.run('STORE 1 +FLAGS (\\Flagged)'), /NO \[NOPERM\]|NOPERM/);
    await assert.rejects(client.run('EXPUNGE'), /NO/);
    await client.run('CLOSE');
    await client.run(`EXAMINE ${name}`);
    await assert.rejects(client.run('STORE 1 -FLAGS (\\Seen)'), /NO/);
  });
});
