/** What a mandate of each level allows, as JMAP's shares (RFC 9670 §4) and IMAP's ACL (RFC 4314) say it: the same. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createSecureContext } from 'node:tls';

import { operator } from '#server/access/actor.ts';
import { grantMandate, revokeMandate } from '#server/access/mandate.ts';
import { allRights, type Right } from '#server/access/rights.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { type ImapServer, startImap } from '#server/protocols/imap/server.ts';
import { coreCapability, mailCapability, principalsCapability } from '#server/protocols/jmap/capabilities.ts';
import {
  asObject,
  at,
  clientOf,
  list,
  type MailHouse,
  openMailHouse,
} from '#server/protocols/jmap/mail/house.testing.ts';
import type { AccountId } from '#server/store/ids.ts';
import type { Json } from '#formats/jmap/json.ts';
import { ImapClient } from '#tools/imap-client.ts';
import { testCertificate } from '#tools/testing/certificate.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import type { TestPerson } from '#tools/testing/house.ts';

const letters = {
  mayReadItems: 'r',
  maySetSeen: 's',
  maySetKeywords: 'w',
  mayAddItems: 'i',
  maySubmit: 'p',
  mayCreateChild: 'k',
  mayDelete: 'x',
  mayRemoveItems: 't',
} as const;

const names = { inbox: 'INBOX', drafts: 'Drafts', sent: 'Sent' } as const;

forEachDatabase((_name, databaseUrl) => {
  let house: MailHouse;
  let imap: ImapServer;
  let accountId: AccountId;
  let address: string;
  const clients: ImapClient[] = [];
  before(async () => {
    house = await openMailHouse(databaseUrl);
    const { store, tenantId, alice } = house;
    const context = createSecureContext(testCertificate('mail.academie.example'));
    imap = await startImap({
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
    ({ accountId, email: address } = await addFunctionalAccount(store, operator, { tenantId, name: 'Scolarité' }));
    await grantMandate(store, operator, { tenantId, accountId, personId: alice.personId, rights: ['manage'] });
  });
  after(async () => {
    for (const client of clients) client.close();
    await imap.close(100);
    await house.close();
  });

  const mailboxes = async (person: TestPerson) => {
    const using = [coreCapability, mailCapability, principalsCapability];
    const properties = ['role', 'myRights', 'shareWith'];
    const client = clientOf(house, { ...person, jmapAccountId: `a${accountId}` });
    const [answer] = await client.request([['Mailbox/get', { ids: null, properties }]], using);
    return list(answer?.[1]['list']);
  };
  const lettersOf = (rights: Json | undefined) =>
    Object.entries(letters).flatMap(([name, letter]) => (asObject(rights)[name] === true ? [letter] : []));
  const open = async ({ userName, password }: TestPerson): Promise<ImapClient> => {
    const client = await ImapClient.login(imap.port, userName, password);
    clients.push(client);
    return client;
  };
  const asked = async (client: ImapClient, command: string) => (await client.run(command, true)).untagged.join('\n');

  test('each level is the same by JMAP and by IMAP, to who manages and to who holds it', async () => {
    const { store, tenantId, alice, bruno } = house;
    const [manager, holder] = [await open(alice), await open(bruno)];
    const levels: readonly (readonly Right[])[] = [...allRights.map((right) => [right]), ['draft', 'write']];
    for (const rights of levels) {
      const id = await grantMandate(store, operator, { tenantId, accountId, personId: bruno.personId, rights });
      const [given, mine] = [await mailboxes(alice), await mailboxes(bruno)];
      for (const [role, imapName] of Object.entries(names)) {
        const why = `${rights.join(' ')} in ${role}`;
        const shared = given.find((one) => at(one, 'role') === role);
        const own = mine.find((one) => at(one, 'role') === role);
        const byJmap = lettersOf(at(own, 'myRights'));
        assert.deepEqual(lettersOf(at(shared, 'shareWith', `o${bruno.accountId}`)), byJmap, why);
        assert.equal(at(own, 'shareWith') !== null, rights.includes('manage'), why);
        const name = `"Partag&AOk-es/${address}/${imapName}"`;
        const [, myRights = ''] = /\* MYRIGHTS .* (\w+)$/m.exec(await asked(holder, `MYRIGHTS ${name}`)) ?? [];
        const acl = await asked(manager, `GETACL ${name}`);
        const [, ofHolder = ''] = new RegExp(`${RegExp.escape(bruno.email)}"? (\\w+)`).exec(acl) ?? [];
        const byImap = Object.values(letters).filter((letter) => myRights.includes(letter));
        assert.deepEqual(byImap, byJmap, `${why}: ${myRights}`);
        assert.equal(ofHolder, myRights, why);
        assert.equal(myRights.includes('a'), rights.includes('manage'), why);
      }
      await revokeMandate(store, operator, tenantId, id);
    }
  });
});
