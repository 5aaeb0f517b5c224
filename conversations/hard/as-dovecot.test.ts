/**
 * The same random mail in Pli and in Debian's Dovecot, and the same questions: SEARCH, SORT and THREAD must give the same answers. Mail is made to be difficult:
 * subjects that differ by marks alone, references that are tangled, addresses in groups, dates in several zones. Every message has a Date, because of one
 * without the two servers think differently on purpose: Dovecot takes it as sent in 1970, Pli when it came (as SORT must, RFC 5256 §2.2).
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ImapClient } from '#tools/imap-client.ts';
import { planLab, type Lab, type Ready } from '#tools/lab.ts';
import { type OldServer, startOldServer } from '#tools/testing/dovecot.ts';
import { makePlace, planPlace, removePlace } from '#tools/testing/places.ts';
import { isLong, portOf, seededRandom } from './house.ts';

const messageCount = isLong ? 1_000 : 120;
const rounds = isLong ? 20 : 2;

const subjects = [
  'Conseil',
  'Re: Conseil',
  '[liste] Conseil',
  'RE: [liste] conseil (fwd)',
  '=?utf-8?q?R=C3=A9union?=',
  'Re: =?utf-8?b?UsOpdW5pb24=?=',
  'Fwd: Autre',
  'autre',
  '[Fwd: Autre]',
  '',
  'Ab',
  'aB c',
  'Re: ',
  '[x]',
];
const people = [
  'Zoe <b@x.example>',
  '"Albert, M" <c@x.example>',
  'a@x.example',
  '=?utf-8?q?=C3=89mile?= <D@x.example>',
  'e@x.example (Name)',
  'Groupe: f@x.example, g@x.example;',
];
const zones = ['+0000', '+0100', '-0800'];
const words = ['été', 'hiver', 'ETE', 'Conseil'];

function makeMail(seed: number, isTangled: boolean): readonly string[] {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = (list: readonly string[]): string => list[below(list.length)] ?? '';
  const parents: (number | undefined)[] = [];
  return Array.from({ length: messageCount }, (_, index) => {
    let ancestors: number[] = [];
    if (isTangled) ancestors = Array.from({ length: below(4) }, () => below(messageCount));
    else {
      let parent = index > 0 && below(3) > 0 ? below(index) : undefined;
      parents[index] = parent;
      for (; parent !== undefined && ancestors.length < 6; parent = parents[parent]) ancestors.unshift(parent);
    }
    const own = isTangled && below(10) === 0 ? below(messageCount) : index;
    const sentAt = new Date(1.6e12 + below(1_000) * 3_600_000).toUTCString().replace('GMT', pick(zones));
    const head = [`From: ${pick(people)}`, `To: ${pick(people)}`, `Date: ${sentAt}`, `Message-ID: <m${own}@x>`];
    if (below(3) === 0) head.push(`Cc: ${pick(people)}`);
    if (below(12) > 0) head.push(`Subject: ${pick(subjects)}`);
    const name = below(3) > 0 ? 'References' : 'In-Reply-To';
    if (ancestors.length > 0) head.push(`${name}: ${ancestors.map((id) => `<m${id}@x>`).join(' ')}`);
    if (below(5) === 0) head.push(`X-Rare: v${below(3)}`);
    const mime = ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit'];
    return [...head, ...mime, '', `Corps ${index} ${pick(words)}`, 'x'.repeat(below(300)), ''].join('\r\n');
  });
}

const inUtf8 = (key: string, text: string): string =>
  `SEARCH CHARSET UTF-8 ${key} {${Buffer.byteLength(text)}+}\r\n${text}`;
const questions: readonly string[] = [
  'THREAD REFERENCES UTF-8 ALL',
  'THREAD ORDEREDSUBJECT UTF-8 ALL',
  'THREAD REFERENCES UTF-8 NOT SUBJECT conseil',
  'SORT (SUBJECT) UTF-8 ALL',
  'SORT (REVERSE SUBJECT) UTF-8 ALL',
  'SORT (DATE) UTF-8 ALL',
  'SORT (FROM) UTF-8 ALL',
  'SORT (TO REVERSE SIZE) UTF-8 ALL',
  'SORT (CC DATE) UTF-8 ALL',
  'SORT (DISPLAYFROM) UTF-8 ALL',
  'SORT (DISPLAYTO REVERSE DATE) UTF-8 ALL',
  'SORT (SIZE) UTF-8 NOT FROM zoe',
  'SEARCH SUBJECT conseil',
  inUtf8('SUBJECT', 'RÉUNION'),
  inUtf8('SUBJECT', 'reunion'),
  'SEARCH FROM albert',
  'SEARCH FROM x.example',
  'SEARCH TO zoe CC ""',
  'SEARCH HEADER X-Rare v1',
  'SEARCH HEADER X-Rare ""',
  'SEARCH HEADER Message-ID m1',
  inUtf8('BODY', 'ÉTÉ'),
  inUtf8('TEXT', 'émile'),
  'SEARCH BODY zoe',
  'SEARCH TEXT conseil',
  'SEARCH SENTSINCE 20-Sep-2020',
  'SEARCH SENTON 21-Sep-2020',
  'SEARCH SENTBEFORE 20-Sep-2020',
  'SEARCH LARGER 500 NOT SMALLER 550',
  'SEARCH OR SUBJECT autre (FROM albert NOT TO zoe)',
  'SEARCH 5:10,100:*',
  'SEARCH UID 5:10,100:*',
  'SEARCH RETURN (MIN MAX COUNT) SUBJECT autre',
  'SEARCH RETURN (ALL) SUBJECT nowhere',
  'SEARCH NOT SUBJECT ""',
];

async function ask(port: number, userName: string, password: string): Promise<readonly string[]> {
  const client = await ImapClient.login(port, userName, password);
  try {
    await client.run('SELECT INBOX');
    const answers: string[] = [];
    for (const question of questions) {
      const { untagged } = await client.run(question, true);
      answers.push(`${question}: ${untagged.join(' ')}`.replace(/\(TAG "[^"]*"\)/, ''));
    }
    return answers;
  } finally {
    client.close();
  }
}

describe('beside Dovecot', () => {
  const place = planPlace('sqlite', '');
  let lab: Lab;
  let ready: Ready;
  let old: OldServer;
  before(async () => {
    await makePlace(place);
    lab = planLab({ folder: place.folder, databaseUrl: place.databaseUrl });
    ready = await lab.start();
    old = await startOldServer();
  });
  after(async () => {
    await old.stop();
    await lab.stop();
    await removePlace(place);
  });

  for (let round = 0; round < rounds; round += 1) {
    const isTangled = round % 2 === 1;
    test(`searches, orders and threads are the same for ${isTangled ? 'tangled' : 'ordinary'} mail (${round})`, async () => {
      const mail = makeMail(round + 1, isTangled);
      const { userName, password } = await lab.addAccount(`lecteur${round}`);
      const port = portOf(ready, 'imap');
      const client = await ImapClient.login(port, userName, password);
      for (const message of mail) await client.append('INBOX', Buffer.from(message));
      client.close();
      const messages = mail.map((octets, index) => ({ octets, letters: 'S', at: 1_700_000_000 + index }));
      old.fill(`lecteur${round}`, [], messages);
      assert.deepEqual(await ask(port, userName, password), await ask(old.port, `lecteur${round}`, old.password));
    });
  }
});
