/**
 * One account read and changed by IMAP and by JMAP while LMTP delivers: at random, by a seed, for seconds (an hour with
 * PLI_TEST_LONG=1). Every IMAP session keeps its own picture of the mailbox from what it is told and nothing else, and
 * in the end all pictures, JMAP's answer and `pli verify` agree.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ImapClient } from '#tools/imap-client.ts';
import { planLab, type LabAccount, type Ready } from '#tools/lab.ts';
import { forEachDatabase } from '#tools/testing/databases.ts';
import { assertSound, isLong, portOf, seededRandom } from './house.ts';
import { listOf, openJmap, recordOf, textOf, type Values } from './jmap.ts';
import { writeLetter } from './letters.ts';
import { LmtpSender } from './lmtp-sender.ts';

const lastsMs = isLong ? 3_600_000 : 5_000;
const from = 'expediteur@ailleurs.example';
/** IMAP's name and JMAP's. */
const flagNames = [
  ['\\Seen', '$seen'],
  ['\\Flagged', '$flagged'],
  ['\\Answered', '$answered'],
  ['$label1', '$label1'],
  ['projet', 'projet'],
] as const;

interface Message {
  readonly uid: number;
  readonly flags: string;
}

/** What one IMAP session knows of its mailbox: one place a sequence number, unknown until it has asked. */
class Picture {
  readonly client: ImapClient;
  readonly messages: (Message | undefined)[] = [];

  private constructor(client: ImapClient) {
    this.client = client;
  }

  static async open(port: number, { userName, password }: LabAccount): Promise<Picture> {
    const picture = new Picture(await ImapClient.login(port, userName, password));
    await picture.run('SELECT INBOX');
    return picture;
  }

  /** Runs a command and learns from every untagged line. @returns those lines. */
  async run(command: string): Promise<readonly string[]> {
    const { untagged } = await this.client.run(command, true);
    for (const line of untagged) this.#learn(line, command);
    return untagged;
  }

  async append(message: Buffer): Promise<void> {
    const { untagged } = await this.client.append('INBOX', message, true);
    for (const line of untagged) this.#learn(line, 'APPEND');
  }

  /** Asks for what it does not know yet. */
  async complete(): Promise<void> {
    await this.run('NOOP');
    const first = this.messages.indexOf(undefined);
    if (first !== -1) await this.run(`FETCH ${first + 1}:* (UID FLAGS)`);
  }

  #learn(line: string, command: string): void {
    const [, number = '', what = ''] = /^\* (\d+) (\w+)/.exec(line) ?? [];
    const sequence = Number(number);
    if (what === 'EXISTS') {
      assert.ok(sequence >= this.messages.length, `${command}: EXISTS ${sequence} of ${this.messages.length}`);
      while (this.messages.length < sequence) this.messages.push(undefined);
    } else if (what === 'EXPUNGE') {
      // RFC 9051 §7.5.1: sequence numbers must not move under a command that uses them.
      assert.doesNotMatch(command, /^(?:FETCH|STORE|SEARCH)/, `${line} during ${command}`);
      assert.ok(sequence >= 1 && sequence <= this.messages.length, `${line} of ${this.messages.length}`);
      this.messages.splice(sequence - 1, 1);
    } else if (what === 'FETCH') {
      const [, flags] = /FLAGS \(([^)]*)\)/.exec(line) ?? [];
      const [, uid] = /UID (\d+)/.exec(line) ?? [];
      const known = this.messages[sequence - 1];
      assert.ok(sequence >= 1 && sequence <= this.messages.length, `${line} of ${this.messages.length}`);
      if (known && uid !== undefined) assert.equal(Number(uid), known.uid, `${line} is not what ${sequence} was`);
      const knownUid = uid === undefined ? known?.uid : Number(uid);
      if (knownUid !== undefined && flags !== undefined)
        this.messages[sequence - 1] = { uid: knownUid, flags: sortedFlags(flags) };
    }
  }
}

const sortedFlags = (flags: string): string =>
  flags
    .toLowerCase()
    .split(' ')
    .filter((flag) => flag !== '' && flag !== '\\recent')
    .toSorted()
    .join(' ');

forEachDatabase((database, databaseUrl, folder) => {
  const lab = planLab({ folder, databaseUrl });
  let ready: Ready;
  let account: LabAccount;
  before(async () => {
    ready = await lab.start();
    account = await lab.addAccount('anne');
  });
  after(() => lab.kill());

  test('IMAP sessions, JMAP and LMTP at once agree in the end', async () => {
    const over = new AbortController();
    setTimeout(() => over.abort(), lastsMs);
    const imapPort = portOf(ready, 'imap');
    let count = 0;

    const deliver = async (): Promise<void> => {
      const sender = await LmtpSender.open(portOf(ready, 'lmtp'));
      for (let number = 0; !over.signal.aborted; number += 1) {
        const [fate] = await sender.deliver(from, [account.email], writeLetter(number, 300, [account.email]).octets);
        assert.equal(fate?.kind, 'delivered');
        // Slower than they are expunged: the mailbox must not only grow.
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
      sender.close();
    };

    const byImap = async (seed: number): Promise<Picture> => {
      const random = seededRandom(seed);
      const picture = await Picture.open(imapPort, account);
      while (!over.signal.aborted) {
        await actByImap(picture, random);
        count += 1;
      }
      return picture;
    };

    const byJmap = async (seed: number): Promise<void> => {
      const random = seededRandom(seed);
      const jmap = await openJmap(ready.url, account);
      const { list } = await jmap.must('Mailbox/get');
      const boxes = listOf(list).map(recordOf);
      const idOf = (role: string): string => textOf(boxes.find((box) => box['role'] === role)?.['id']);
      while (!over.signal.aborted) {
        const { ids } = await jmap.must('Email/query', { limit: 20, position: Math.floor(random() * 40) });
        const update: Record<string, Values> = {};
        const destroy: string[] = [];
        for (const id of listOf(ids).map(textOf)) {
          const chance = random();
          const [, keyword] = flagNames[Math.floor(random() * flagNames.length)] ?? flagNames[0];
          if (chance < 0.2) update[id] = { [`keywords/${keyword}`]: random() < 0.5 ? true : null };
          else if (chance < 0.25) update[id] = { mailboxIds: { [idOf(random() < 0.5 ? 'inbox' : 'archive')]: true } };
          else if (chance < 0.27) destroy.push(id);
        }
        await jmap.must('Email/set', { update, destroy });
        count += 1;
      }
    };

    const sessions = [11, 12, 13].map(byImap);
    // Whoever fails stops the others.
    await Promise.all([...sessions, deliver(), byJmap(21), byJmap(22)]).finally(() => over.abort());

    const fresh = await Picture.open(imapPort, account);
    await fresh.complete();
    for (const [index, session] of sessions.entries()) {
      const picture = await session;
      await picture.complete();
      assert.deepEqual(picture.messages, fresh.messages, `session ${index} sees what a new one sees`);
    }
    const uids = fresh.messages.map((message) => message?.uid ?? 0);
    assert.deepEqual(
      uids,
      uids.toSorted((a, b) => a - b),
    );
    assert.deepEqual(await imapKeywords(fresh), await jmapKeywords(ready, account));
    await assertSound(lab);
    console.error(`${database}: ${count} commands and requests, ${uids.length} messages left, all agree`);
    for (const session of sessions) (await session).client.close();
    fresh.client.close();
  });
});

async function actByImap(picture: Picture, random: () => number): Promise<void> {
  const { messages } = picture;
  const chance = random();
  if (messages.length === 0 || chance < 0.15) {
    await picture.complete();
    return;
  }
  const at = 1 + Math.floor(random() * messages.length);
  const to = Math.min(messages.length, at + Math.floor(random() * 4));
  const [flag] = flagNames[Math.floor(random() * flagNames.length)] ?? flagNames[0];
  const uid = messages[at - 1]?.uid;
  if (chance < 0.4) await picture.run(`STORE ${at}:${to} ${random() < 0.5 ? '+' : '-'}FLAGS (${flag})`);
  else if (chance < 0.6) await picture.run(`FETCH ${at}:${to} (UID FLAGS)`);
  else if (chance < 0.7) {
    const found = (await picture.run('SEARCH ALL')).find((line) => line.startsWith('* SEARCH')) ?? '';
    // What is gone may be missing, what is new may be there; nothing else.
    for (const number of found.split(' ').slice(2)) assert.ok(Number(number) <= messages.length, found);
  } else if (chance < 0.76) {
    await picture.run(`STORE ${at} +FLAGS.SILENT (\\Deleted)`);
    await picture.run('EXPUNGE');
  } else if (chance < 0.82 && uid !== undefined) await picture.run(`UID MOVE ${uid} Archive`);
  else if (chance < 0.88 && uid !== undefined) await picture.run(`UID COPY ${uid} Archive`);
  else if (chance < 0.94)
    await picture.append(writeLetter(Math.floor(random() * 1e6), 200, ['anne@ici.example']).octets);
  else await picture.run(`UID FETCH 1:* (FLAGS)`);
}

/** By JMAP's id, what IMAP calls EMAILID (RFC 8474): its keywords. */
async function imapKeywords(picture: Picture): Promise<Readonly<Record<string, string>>> {
  const lines = await picture.run('FETCH 1:* (FLAGS EMAILID)');
  return Object.fromEntries(
    lines
      .map((line) => [/EMAILID \(([^)]+)\)/.exec(line)?.[1] ?? '', /FLAGS \(([^)]*)\)/.exec(line)?.[1] ?? ''] as const)
      .filter(([id]) => id !== '')
      .map(([id, flags]) => [
        id,
        sortedFlags(flags)
          .split(' ')
          .filter((flag) => flag !== '\\deleted' && flag !== '')
          .map((flag) => flag.replace('\\', '$'))
          .toSorted()
          .join(' '),
      ]),
  );
}

async function jmapKeywords(ready: Ready, account: LabAccount): Promise<Readonly<Record<string, string>>> {
  const jmap = await openJmap(ready.url, account);
  const { ids: inboxes } = await jmap.must('Mailbox/query', { filter: { role: 'inbox' } });
  const inMailbox = textOf(listOf(inboxes)[0]);
  const keywords: Record<string, string> = {};
  for (let position = 0; ; position += 200) {
    const { ids } = await jmap.must('Email/query', { filter: { inMailbox }, position, limit: 200 });
    if (listOf(ids).length === 0) return keywords;
    const { list } = await jmap.must('Email/get', { ids, properties: ['id', 'keywords'] });
    for (const email of listOf(list).map(recordOf))
      keywords[textOf(email['id'])] = Object.keys(recordOf(email['keywords'])).toSorted().join(' ');
  }
}
