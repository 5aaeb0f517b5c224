/**
 * Mail as the world writes it: a corpus of every oddity we know (fuzz/corpus) comes in by LMTP; each message is listed,
 * opened whole and downloaded octet for octet as it came; afterwards the server searches as before.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { planLab, type LabAccount, type Ready } from '#tools/lab.ts';
import { rootPath } from '#tools/source/files.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { assertSound, isLong, portOf, residentOctets, until } from './house.ts';
import { listOf, openJmap, recordOf, textOf, type Jmap, type StoredEmail } from './jmap.ts';
import { digestOf } from './letters.ts';
import { LmtpSender } from './lmtp-sender.ts';

const messageCount = isLong ? 6_000 : 500;
const seed = 20_261_122;
const perRequest = 25;
/** For any one request about any 25 messages, on a busy machine: a bound against what never ends, not a claim. */
const longestMs = 20_000;
const mostResidentOctets = 1_500_000_000;

/** RFC 8621 §4.1: everything there is, and every form of header field (§4.1.2). */
const properties = [
  'id', 'blobId', 'threadId', 'mailboxIds', 'keywords', 'size', 'receivedAt', 'messageId', 'inReplyTo', 'references', 'sender', 'from',
  'to', 'cc', 'bcc', 'replyTo', 'subject', 'sentAt', 'headers', 'bodyStructure', 'bodyValues', 'textBody', 'htmlBody', 'attachments',
  'hasAttachment', 'preview', 'header:Subject:asText:all', 'header:From:asAddresses:all', 'header:To:asGroupedAddresses',
  'header:References:asMessageIds', 'header:Date:asDate', 'header:List-Unsubscribe:asURLs', 'header:X-Long:asRaw',
] as const; // prettier-ignore
const bodyProperties = [
  'partId',
  'blobId',
  'size',
  'headers',
  'name',
  'type',
  'charset',
  'disposition',
  'cid',
  'language',
  'location',
  'subParts',
];

forEachDatabase((name, databaseUrl, folder) => {
  const lab = planLab({ folder, databaseUrl });
  let ready: Ready;
  let account: LabAccount;
  before(async () => {
    ready = await lab.start();
    account = await lab.addAccount('anne');
  });
  after(() => lab.kill());

  test(`${messageCount} messages as the world writes them are kept, listed, opened and given back`, async () => {
    const pid = lab.pid();
    const expected = new Map<string, { readonly name: string; count: number }>();
    const corpus = readCorpus(join(folder, 'corpus'));
    const deliverSome = async (): Promise<void> => {
      const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
      for (const message of corpus) {
        const [fate] = await sender.deliver('expediteur@ailleurs.example', [account.email], message.octets);
        assert.equal(fate?.kind, 'delivered', `${message.name}: ${JSON.stringify(fate)}`);
        // SMTP can carry no message whose last line does not end (RFC 5321 §4.1.1.4).
        const isEnded = message.octets.length === 0 || message.octets.subarray(-2).equals(Buffer.from('\r\n'));
        const digest = digestOf(isEnded ? message.octets : Buffer.concat([message.octets, Buffer.from('\r\n')]));
        const known = expected.get(digest);
        if (known) known.count += 1;
        else expected.set(digest, { name: message.name, count: 1 });
      }
      sender.close();
    };
    await Promise.all([deliverSome(), deliverSome(), deliverSome()]);

    const jmap = await openJmap(ready.url, account);
    const emails = await jmap.everything();
    assert.equal(
      emails.length,
      [...expected.values()].reduce((sum, { count }) => sum + count, 0),
    );
    const names = new Map<string, string>();
    for (const { id, blobId } of emails) {
      const found = expected.get(digestOf(await jmap.download(blobId)));
      assert.ok(found, `${id} is no message that was sent`);
      found.count -= 1;
      names.set(id, found.name);
    }
    for (const { name, count } of expected.values()) assert.equal(count, 0, `${name} did not come back as it came`);

    let slowest = { name: '', ms: 0 };
    for (let at = 0; at < emails.length; at += perRequest) {
      const some = emails.slice(at, at + perRequest);
      const startedAt = performance.now();
      await open(jmap, some, names);
      const ms = performance.now() - startedAt;
      if (ms > slowest.ms) slowest = { name: names.get(some[0]?.id ?? '') ?? '', ms };
    }
    assert.ok(slowest.ms < longestMs, `opening the messages from ${slowest.name} on took ${slowest.ms} ms`);

    await findsAgain(jmap, emails.length);
    assert.equal(lab.pid(), pid);
    const residentMb = Math.round(residentOctets(pid) / 1e6);
    assert.ok(residentOctets(pid) < mostResidentOctets, `the server holds ${residentMb} MB`);
    await assertSound(lab);
    console.error(
      `${name}: ${emails.length} messages, slowest ${perRequest} opened in ${Math.round(slowest.ms)} ms (${slowest.name}), ${residentMb} MB`,
    );
  });

  /** Everything of some messages in one request, and each in its conversation. */
  async function open(jmap: Jmap, some: readonly StoredEmail[], names: ReadonlyMap<string, string>): Promise<void> {
    const ids = some.map(({ id }) => id);
    const { list, notFound } = await jmap.must('Email/get', {
      ids,
      properties,
      bodyProperties,
      fetchAllBodyValues: true,
      maxBodyValueBytes: 100_000,
    });
    assert.deepEqual(notFound, []);
    for (const email of listOf(list).map(recordOf)) {
      const named = names.get(textOf(email['id'])) ?? '';
      for (const property of properties) assert.ok(property in email, `${named} has no ${property}`);
      const shown = ['textBody', 'htmlBody', 'attachments'].flatMap((key) => listOf(email[key]));
      assert.ok(shown.length > 0, `${named} shows nothing`);
      for (const [partId, value] of Object.entries(recordOf(email['bodyValues']))) {
        const text = textOf(recordOf(value)['value']);
        assert.ok(text.isWellFormed(), `${named}: part ${partId} is no text`);
        assert.ok(Buffer.byteLength(text) <= 100_000, `${named}: part ${partId} is longer than asked for`);
      }
    }
    const parsed = await jmap.must('Email/parse', { blobIds: some.slice(0, 3).map(({ blobId }) => blobId) });
    assert.ok(recordOf(parsed['parsed'] ?? {}), 'nothing was parsed');
  }

  async function findsAgain(jmap: Jmap, count: number): Promise<void> {
    for (const property of ['subject', 'from', 'to', 'size', 'sentAt', 'receivedAt']) {
      const sorted = await jmap.must('Email/query', { sort: [{ property }], calculateTotal: true, limit: 10 });
      assert.equal(sorted['total'], count);
    }
    await jmap.must('Email/query', { collapseThreads: true, calculateTotal: true });
    const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
    const last = 'From: a@b.example\r\nSubject: l’anticonstitutionnel été\r\n\r\nzygomatique\r\n';
    await sender.deliver('a@b.example', [account.email], Buffer.from(last));
    sender.close();
    for (const filter of [{ text: 'zygomatique' }, { subject: 'anticonstitutionnel' }, { body: 'zygomatiques' }]) {
      await until(async () => listOf((await jmap.must('Email/query', { filter }))['ids']).length === 1, 45_000);
    }
    const attached = await jmap.must('Email/query', { filter: { hasAttachment: true, text: 'rectorat' } });
    assert.ok(listOf(attached['ids']).length > 0);
  }
});

/** Written by a process of its own, and read one at a time: the largest are large. */
function* readCorpus(folder: string): Generator<{ readonly name: string; readonly octets: Buffer }> {
  const program = join(rootPath, 'fuzz/corpus/messages.ts');
  const { status, stderr } = spawnSync(process.execPath, [program, folder, String(messageCount), String(seed)]);
  if (status !== 0) throw new Error(`the corpus was not written: ${stderr.toString()}`);
  for (const name of readdirSync(folder).toSorted()) yield { name, octets: readFileSync(join(folder, name)) };
}
