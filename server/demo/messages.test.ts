import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import PostalMime from 'postal-mime';
import { parseMessage } from '#formats/message/parse.ts';
import type { MessagePart } from '#formats/message/types.ts';
import { planAcademy } from './academy.ts';
import { CAST, castIndexOf } from './cast.ts';
import { planMailbox, planMessages } from './messages.ts';
import type { PlannedMessage } from './placement.ts';
import { BULLETINS, SPAM } from './topics/circulars.ts';
import { FAMILY_TOPICS } from './topics/families.ts';
import { SCHOOL_TOPICS } from './topics/school.ts';
import { SERVICE_TOPICS } from './topics/services.ts';

const NOW = Date.UTC(2026, 2, 18, 15, 20);
const academy = planAcademy({ people: 90, seed: 1 });
const plan = (seed = 1): Generator<PlannedMessage> => planMessages(academy, { seed, now: NOW, messagesPerPerson: 25 });
const messages = [...plan()];
const claire = castIndexOf('claire');

test('the same seed gives the same octets in the same places, another seed others', () => {
  assert.equal(hashOf(messages), hashOf(plan()));
  assert.notEqual(hashOf(messages), hashOf(plan(2)));
});

test('every message reads without surprise: people, subject, date, text, and no placeholder left', async () => {
  for (const { bytes, placements } of messages) {
    const email = await PostalMime.parse(bytes);
    const text = `${email.text ?? ''}${email.html ?? ''}`;
    const about = `${email.subject} ${text.slice(0, 300)}`;
    assert.match(email.from?.address ?? '', /^[\w.-]+@[\w.-]+\.(?:example|invalid)$/u);
    assert.ok((email.to?.length ?? 0) > 0, about);
    for (const { address = '' } of [...(email.to ?? []), ...(email.cc ?? [])])
      assert.match(address, /^[\w.-]+@[\w.-]+\.(?:example|invalid)$/u);
    assert.ok((email.subject ?? '').length > 3, about);
    assert.equal(Date.parse(email.date ?? ''), Math.floor((placements[0]?.receivedAt ?? 0) / 1000) * 1000);
    assert.doesNotMatch(
      `${email.subject} ${text}`.replaceAll(/\[ASS-\d+\]|style="[^"]*"|bgcolor="[^"]*"/gu, ''),
      /[{}|]|\[[a-zA-Zéà]|\]|undefined|NaN|\uFFFD/u,
      about,
    );
    assert.doesNotMatch(
      `${email.subject} ${email.text ?? ''}`,
      /\bde (?:le|les|anglais|arts|espagnol|allemand)\b|\bà le\b|\bde du\b| ,| {2}\S/u,
      about,
    );
    assert.ok(text.length > 40, about);
  }
});

test('our own reader finds the structure that was printed: every kind of part, and names in accents', () => {
  const types = new Set<string>();
  const names = new Set<string>();
  for (const { bytes } of messages) {
    const visit = (part: MessagePart): void => {
      types.add(`${part.type}/${part.subtype}`);
      if (part.name !== null) names.add(part.name);
      part.subParts.forEach(visit);
    };
    visit(parseMessage(bytes).structure);
  }
  for (const type of [
    'text/plain',
    'text/html',
    'text/calendar',
    'text/csv',
    'image/png',
    'audio/wav',
    'application/pdf',
    'application/ms-tnef',
    'application/zip',
    'message/rfc822',
    'message/disposition-notification',
    'multipart/related',
    'multipart/report',
    'multipart/mixed',
    'multipart/alternative',
  ])
    assert.ok(types.has(type), type);
  assert.ok([...names].some((name) => /[éèç]/u.test(name)));
});

test('lines keep the limits of RFC 5322 and headers are ASCII', () => {
  for (const { bytes } of messages) {
    const text = Buffer.from(bytes).toString('latin1');
    const head = text.slice(0, text.indexOf('\r\n\r\n'));
    assert.match(head, /^[\r\n\x20-\x7e]*$/u);
    for (const line of text.split('\r\n')) assert.ok(line.length <= 998 && !/[\r\n]/u.test(line), line.slice(0, 200));
    for (const line of head.split('\r\n')) assert.ok(line.length <= 200, line);
  }
});

test('replies name what they answer, in a message that exists', async () => {
  const ids = new Set<string>();
  const answered: string[] = [];
  for (const { bytes } of messages) {
    const email = await PostalMime.parse(bytes);
    assert.ok(!ids.has(email.messageId ?? ''), `${email.messageId} twice`);
    ids.add(email.messageId ?? '');
    if (email.inReplyTo !== undefined) {
      answered.push(email.inReplyTo);
      assert.match(email.subject ?? '', /^Re: /u);
      assert.match(`${email.text}`, /a\s+écrit :/u);
    }
  }
  assert.ok(answered.length > messages.length / 5);
  for (const id of answered) assert.ok(ids.has(id), id);
});

test('Claire has a rich mailbox of about 180: own mailboxes, drafts, junk, unread, flagged, answered, labels', () => {
  const alone = [...planMessages(academy, { seed: 1, now: NOW, messagesPerPerson: 0 })];
  const hers = placementsOf(alone, claire);
  assert.ok(hers.length >= 175 && hers.length <= 215, String(hers.length));
  const places = new Set(hers.map(({ mailbox }) => (mailbox.kind === 'role' ? mailbox.role : mailbox.path.join('/'))));
  for (const place of [
    'inbox',
    'sent',
    'drafts',
    'junk',
    'trash',
    'archive',
    'Classes/4e B',
    'Conseils de classe',
    'Formation',
  ])
    assert.ok(places.has(place), place);
  const keywords = new Set(hers.flatMap((placement) => placement.keywords));
  for (const keyword of ['$seen', '$flagged', '$answered', '$draft', '$junk', 'sorties'])
    assert.ok(keywords.has(keyword), keyword);
  const unread = hers.filter(
    ({ mailbox, keywords: set }) => mailbox.kind === 'role' && mailbox.role === 'inbox' && !set.includes('$seen'),
  );
  assert.ok(unread.length >= 5 && unread.length <= 40, String(unread.length));
});

test('everybody has at least what was asked for, and nothing is later than now', () => {
  for (const person of academy.people())
    assert.ok(placementsOf(messages, person.index).length >= 25, `${person.index}`);
  for (const { placements } of messages)
    for (const { receivedAt } of placements) assert.ok(receivedAt <= NOW && receivedAt > NOW - 400 * 86_400_000);
});

test('one mailbox is filled to any size, about in order of time', () => {
  const filled = [...planMailbox(academy, claire, 3000, { seed: 5, now: NOW })];
  const hers = placementsOf(filled, claire);
  assert.ok(hers.length >= 3000 && hers.length < 3010);
  const subjects = new Set(
    filled.map(({ bytes }) =>
      /^Subject: .*(?:\r\n .*)*/mu
        .exec(Buffer.from(bytes).toString('latin1'))?.[0]
        .replace('Re=3A_', '')
        .replace('Re: ', ''),
    ),
  );
  assert.ok(subjects.size > 700, `${subjects.size} subjects`);
});

test('addresses given by the directory are the ones written', () => {
  const [first] = planMessages(academy, {
    seed: 1,
    now: NOW,
    messagesPerPerson: 0,
    addressOf: (index) => `p${index}@ailleurs.example`,
  });
  assert.match(
    Buffer.from(first?.bytes ?? new Uint8Array()).toString('latin1'),
    /^From: Claire Dupont <p0@ailleurs\.example>/mu,
  );
});

test('stories and topics hold several hundred templates, and the cast is of different people', () => {
  const topics = [...SCHOOL_TOPICS, ...FAMILY_TOPICS, ...SERVICE_TOPICS];
  const texts =
    topics.flatMap((topic) => [...topic.subjects, ...topic.bodies, ...topic.replies]).length +
    [...BULLETINS, ...SPAM].flatMap((kind) => kind.subjects).length;
  assert.ok(texts > 300, String(texts));
  assert.equal(new Set(CAST.map((member) => member.key)).size, CAST.length);
});

function placementsOf(list: readonly PlannedMessage[], personIndex: number): PlannedMessage['placements'] {
  return list.flatMap(({ placements }) =>
    placements.filter(({ owner }) => owner.kind === 'person' && owner.personIndex === personIndex),
  );
}

function hashOf(list: Iterable<PlannedMessage>): string {
  const hash = createHash('sha256');
  for (const { bytes, placements } of list) hash.update(bytes).update(JSON.stringify(placements));
  return hash.digest('hex');
}
