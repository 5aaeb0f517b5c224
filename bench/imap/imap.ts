/**
 * IMAP, each row of work done by Pli and then at once, where Debian's Dovecot is installed, by Dovecot on the same
 * machine with the same messages: what the machine is given changes from minute to minute, so both meet the same one.
 * The clients are one program on the same two cores for both.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '#bench/house.ts';
import { LmtpClient } from '#bench/lmtp-client.ts';
import { brief, sample, type Figures, type Row } from '#bench/measure.ts';
import { makeMessage } from '#bench/messages.ts';
import { startDovecot } from './dovecot.ts';
import { ImapClient } from '#tools/imap-client.ts';
import { commonNeedle, letters, rareNeedle } from './letters.ts';
import type { MailServer, MailUser } from './mail-server.ts';
import { mixed } from './mixed.ts';
import { pliServer } from './pli.ts';

export const imap: Bench = {
  name: 'imap',
  run: async (house) => {
    const dovecot = await startDovecot();
    if (!dovecot) console.error('Dovecot is not installed, or we are not root: Pli alone is measured');
    const scale = house.isQuick ? quick : whole;
    try {
      const ours = new Map<string, Figures>();
      const theirs = new Map<string, Figures>();
      let going = [{ work: measure(pliServer(house), scale), figures: ours }];
      if (dovecot) going.push({ work: measure(dovecot.server, scale), figures: theirs });
      while (going.length > 0) {
        const left = [];
        for (const one of going) {
          const next = await one.work.next();
          if (next.done === true) continue;
          one.figures.set(...next.value);
          left.push(one);
        }
        going = left;
      }
      return [...ours].map(([name, figures]) => row(name, figures, theirs.get(name)));
    } finally {
      await dovecot?.stop();
    }
  },
};

const whole = { messages: 20_000, bodies: 1000, large: 100_000, users: 200, mixedMs: 20_000, idle: 2000 };
const quick = { messages: 2_000, bodies: 100, large: 5_000, users: 40, mixedMs: 5_000, idle: 1000 };
type Scale = typeof whole;

/** How much better than Dovecot is promised, where it is not simply "at least as good". */
const promised: ReadonlyMap<string, number> = new Map([
  ['1,000 bodies of 50 kB', 0.7],
  ['SEARCH TEXT, rare', 20],
  ['SEARCH BODY, rare', 20],
  ['SEARCH TEXT, common', 20],
  ['SEARCH BODY, common', 20],
]);

function row(name: string, ours: Figures, theirs: Figures | undefined): Row {
  const atLeast = promised.get(name) ?? 1;
  return { kind: 'beside', name: `IMAP ${name}`, ours, atLeast, ...(theirs && { theirs }) };
}

type Measured = AsyncGenerator<readonly [name: string, figures: Figures], void, undefined>;

/** Every row of one server, in an order which is the same for both; each is measured when it is asked for. */
async function* measure(server: MailServer, scale: Scale): Measured {
  for await (const [name, figures] of everything(server, scale)) {
    console.error(`  ${server.name}: ${name} ${brief(figures)}`);
    yield [name, figures];
  }
}

async function* everything(server: MailServer, scale: Scale): Measured {
  const reader = await server.addUser('lecteur');
  await server.fill(reader, letters(reader.email, scale.messages, 4_000));
  yield* settle(server, reader);
  yield* readers(server, reader);
  yield* writers(server, reader, scale);
  yield* bodies(server, scale);
  yield* reselect(server, scale);
  yield* announce(server);
  yield [`${scale.users} users, mixed`, await mixed(server, scale.users, scale.mixedMs)];
  yield* idle(server, scale);
}

/** Warm: indexes and caches of both are made by one pass; the index of the search is waited for, and told for itself. */
async function* settle(server: MailServer, user: MailUser): Measured {
  const client = await ImapClient.login(server.imapPort, user.userName, user.password);
  await client.run('SELECT INBOX');
  await client.run('UID FETCH 1:* (UID FLAGS)');
  client.close();
  const indexMs = await server.indexed?.();
  if (indexMs !== undefined) yield ['search index, after the last message', { kind: 'times', samplesMs: [indexMs] }];
  await sleep(1_000);
}

const thunderbirdFetch =
  'UID FETCH 1:* (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To Content-Type Reply-To)])';

async function* readers(server: MailServer, user: MailUser): Measured {
  const login = async (): Promise<void> => {
    const client = await ImapClient.login(server.imapPort, user.userName, user.password);
    await client.run('SELECT INBOX');
    client.close();
  };
  await login();
  yield ['login + select', { kind: 'times', samplesMs: await sample(20, 1, login) }];

  const client = await ImapClient.login(server.imapPort, user.userName, user.password);
  await client.run('SELECT INBOX');
  const timed = async (name: string, command: string, times: number) => {
    const samplesMs = await sample(times, 1, () => client.run(command));
    return [name, { kind: 'times', samplesMs }] as const;
  };
  const once = (name: string, command: string) => timed(name, command, 1);
  const many = async (name: string, command: string, times = 9) => {
    await client.run(command);
    return timed(name, command, times);
  };
  yield await many('FETCH 1:* (UID FLAGS)', 'FETCH 1:* (UID FLAGS)');
  yield await once('FETCH 1:* ENVELOPE, first', 'FETCH 1:* (ENVELOPE)');
  yield await many('FETCH 1:* ENVELOPE', 'FETCH 1:* (ENVELOPE)');
  yield await many("Thunderbird's header fetch", thunderbirdFetch);
  yield await many('FETCH 1:* BODYSTRUCTURE', 'FETCH 1:* (BODYSTRUCTURE)');
  yield await many('SORT DATE', 'SORT (DATE) UTF-8 ALL');
  yield await many('SORT SUBJECT', 'SORT (SUBJECT) UTF-8 ALL');
  yield await many('THREAD REFERENCES', 'THREAD REFERENCES UTF-8 ALL');
  yield await many('SEARCH UNSEEN', 'SEARCH UNSEEN');
  for (const [how, needle] of [
    ['rare', rareNeedle.slice(2, 9)],
    ['common', commonNeedle],
  ]) {
    for (const key of ['TEXT', 'BODY'])
      yield await many(`SEARCH ${key}, ${how}`, `SEARCH CHARSET UTF-8 ${key} ${literalPlus(needle ?? '')}`, 5);
  }
  client.close();
}

/** A non-synchronising literal of the needle (RFC 7888): both servers take octets above 127 there. */
function literalPlus(text: string): string {
  return `{${Buffer.byteLength(text)}+}\r\n${text}`;
}

async function* writers(server: MailServer, user: MailUser, scale: Scale): Measured {
  const client = await ImapClient.login(server.imapPort, user.userName, user.password);
  await client.run('SELECT INBOX');
  const many = `1:${Math.min(1000, scale.messages)}`;
  const flip = (index: number, set: string) =>
    client.run(`STORE ${set} ${index % 2 === 0 ? '+' : '-'}FLAGS.SILENT (\\Flagged)`);
  await flip(1, many);
  yield ['STORE on 1,000', { kind: 'times', samplesMs: await sample(10, 1, (index) => flip(index, many)) }];
  const startedAt = performance.now();
  for (let at = 1; at <= 200; at += 1) await flip(0, String(at * 7));
  yield ['200 single STOREs', { kind: 'times', samplesMs: [performance.now() - startedAt] }];
  const appendUser = await server.addUser('depose');
  const appender = await ImapClient.login(server.imapPort, appendUser.userName, appendUser.password);
  const messages = [...letters(appendUser.email, 600, 4_000)];
  for (const message of messages.splice(0, 50)) await appender.append('INBOX', message);
  const appendedAt = performance.now();
  for (const message of messages) await appender.append('INBOX', message);
  yield [
    'APPEND of 4 kB',
    {
      kind: 'per',
      value: (messages.length / (performance.now() - appendedAt)) * 1000,
      unit: '/s',
    },
  ];
  client.close();
  appender.close();
}

async function* bodies(server: MailServer, scale: Scale): Measured {
  const user = await server.addUser('corps');
  await server.fill(user, letters(user.email, scale.bodies, 50_000));
  const client = await ImapClient.login(server.imapPort, user.userName, user.password);
  await client.run('SELECT INBOX');
  await client.run('FETCH 1:* (BODY.PEEK[])');
  const rates: number[] = [];
  for (let times = 0; times < 3; times += 1) {
    const startedAt = performance.now();
    const { octets } = await client.run('FETCH 1:* (BODY.PEEK[])');
    rates.push(octets / 1000 / (performance.now() - startedAt));
  }
  yield ['1,000 bodies of 50 kB', { kind: 'per', value: rates.toSorted((a, b) => a - b)[1] ?? 0, unit: ' MB/s' }];
  client.close();
}

/** QRESYNC (RFC 7162): a client that was away comes back after ten changes. */
async function* reselect(server: MailServer, scale: Scale): Measured {
  const user = await server.addUser('grand');
  await server.fill(user, letters(user.email, scale.large, 1_500));
  const client = await ImapClient.login(server.imapPort, user.userName, user.password);
  await client.run('ENABLE QRESYNC');
  const { untagged } = await client.run('SELECT INBOX (CONDSTORE)', true);
  const codes = untagged.join('\n');
  const uidValidity = /UIDVALIDITY (\d+)/.exec(codes)?.[1];
  const modseq = /HIGHESTMODSEQ (\d+)/.exec(codes)?.[1];
  for (let at = 1; at <= 8; at += 1) await client.run(`STORE ${at * 500} +FLAGS.SILENT (\\Flagged)`);
  await client.run('STORE 77,78 +FLAGS.SILENT (\\Deleted)');
  await client.run('EXPUNGE');
  const select = `SELECT INBOX (QRESYNC (${uidValidity} ${modseq} 1:${scale.large}))`;
  await client.run('UNSELECT');
  await client.run(select);
  const samplesMs = await sample(10, 1, async () => {
    await client.run('UNSELECT');
    await client.run(select);
  });
  yield [`QRESYNC after 10 changes in ${scale.large.toLocaleString('en')}`, { kind: 'times', samplesMs }];
  client.close();
}

/** Memory once it stays within a hundredth for two seconds: connections leave garbage, and its collection takes its time. */
async function settledKb(server: MailServer): Promise<number> {
  let last = server.memoryKb();
  for (let calm = 0, times = 0; calm < 4 && times < 60; times += 1) {
    await sleep(500);
    const now = server.memoryKb();
    calm = Math.abs(now - last) < last / 100 ? calm + 1 : 0;
    last = now;
  }
  return last;
}

/** How soon IDLE says EXISTS of what LMTP has delivered. */
async function* announce(server: MailServer): Measured {
  const user = await server.addUser('attend');
  const client = await ImapClient.login(server.imapPort, user.userName, user.password);
  await client.run('SELECT INBOX');
  const { done } = await client.idle();
  const lmtp = await LmtpClient.open(server.lmtpPort);
  const samplesMs: number[] = [];
  for (let times = 0; times < 30; times += 1) {
    const heard = new Promise<void>((resolve) =>
      client.listen((line) => {
        if (line.endsWith(' EXISTS')) resolve();
      }),
    );
    const message = makeMessage('claire.martin@bench.example', user.email, 4_000);
    const startedAt = performance.now();
    await lmtp.deliver('claire.martin@bench.example', [user.email], message);
    await heard;
    samplesMs.push(performance.now() - startedAt);
    await sleep(30);
  }
  yield ['EXISTS after a delivery', { kind: 'times', samplesMs }];
  await done();
  client.close();
  lmtp.close();
}

/** What one more connection that is logged in, has selected its inbox and idles, costs a server that did nothing else. */
async function* idle(used: MailServer, scale: Scale): Measured {
  const server = (await used.restarted?.()) ?? used;
  const user = await server.addUser('veille');
  const open = async (): Promise<ImapClient> => {
    const client = await ImapClient.login(server.imapPort, user.userName, user.password);
    await client.run('SELECT INBOX');
    await client.idle();
    return client;
  };
  // A few first: the code and the caches of the first connection are not the price of one more.
  const clients = [];
  for (let times = 0; times < 20; times += 1) clients.push(await open());
  const beforeKb = await settledKb(server);
  while (clients.length < 20 + scale.idle) clients.push(...(await Promise.all(Array.from({ length: 20 }, open))));
  const value = ((await settledKb(server)) - beforeKb) / scale.idle;
  yield ['memory of an idle connection', { kind: 'cost', value, unit: ' kB' }];
  for (const client of clients) client.close();
}
