/**
 * The demonstration academy's mail, as octets with the places they lie in. One message is given once, with a placement
 * for each account that keeps it: the writer's Sent, every reader's mailbox. Same academy, seed and now: same octets.
 */
import type { Academy, PlannedPerson } from './academy.ts';
import { planAddresses } from './academy.ts';
import { makeAttachmentPool } from './attachments/pool.ts';
import { writeBulletin, writeSpam } from './bulletin.ts';
import { STORIES } from './claire.ts';
import { castIndexOf } from './cast.ts';
import { type Exchange, converse } from './conversation.ts';
import { type Correspondent, directoryOf } from './correspondent.ts';
import { nextWorkday, parisAt } from './paris-time.ts';
import {
  INBOX,
  type MailboxPlace,
  type Office,
  type PlannedMessage,
  type Placement,
  isSame,
  placed,
} from './placement.ts';
import { printMessage } from './print-message.ts';
import { type Random, randomFrom } from './random.ts';
import { tellStory } from './story.ts';
import { BULLETINS } from './topics/circulars.ts';
import { FAMILY_TOPICS } from './topics/families.ts';
import { SCHOOL_TOPICS } from './topics/school.ts';
import { SERVICE_TOPICS } from './topics/services.ts';
import type { Topic } from './topics/topic.ts';

export interface MessageOptions {
  readonly seed: number;
  /** No message is later. */
  readonly now: number;
  readonly messagesPerPerson: number;
  /** The address the directory gave somebody; by default prenom.nom with a number for homonyms. */
  readonly addressOf?: (personIndex: number) => string;
}

const DAY_MS = 86_400_000;
/** How far back mail goes. */
const SPAN_DAYS = 240;
const CLAIRES_MESSAGES = 180;

/**
 * Gives the cast's stories, then mail for every person until each has at least `messagesPerPerson` (Claire Dupont about
 * 180 in any case; 0 gives the stories alone). A thread counts for all who are in it. Oldest first within each person.
 */
export function* planMessages(academy: Academy, options: MessageOptions): Generator<PlannedMessage> {
  const post = officeOf(academy, options);
  for (const story of STORIES) yield* tellStory(post, story);
  const claire = castIndexOf('claire');
  yield* tempt(post, claire);
  yield* fillMailbox(post, claire, CLAIRES_MESSAGES);
  for (let index = 0; index < academy.peopleCount && options.messagesPerPerson > 0; index += 1)
    yield* fillMailbox(post, index, options.messagesPerPerson);
}

/** Gives one person's mailboxes at least `count` messages (a few more where a thread ends later); others may get copies. */
export function* planMailbox(
  academy: Academy,
  personIndex: number,
  count: number,
  options: Omit<MessageOptions, 'messagesPerPerson'>,
): Generator<PlannedMessage> {
  yield* fillMailbox(officeOf(academy, { ...options, messagesPerPerson: count }), personIndex, count);
}

function officeOf(academy: Academy, options: MessageOptions): Office {
  return {
    academy,
    directory: directoryOf(academy, options.addressOf ?? planAddresses(academy)),
    pool: makeAttachmentPool(options.seed),
    seed: options.seed,
    now: options.now,
    counts: new Uint32Array(academy.peopleCount),
  };
}

function* fillMailbox(office: Office, personIndex: number, count: number): Generator<PlannedMessage> {
  const person = office.academy.person(personIndex);
  const self = office.directory.person(personIndex);
  const topics = topicsFor(person);
  const random = randomFrom(office.seed, 'mail', personIndex);
  const before = office.counts[personIndex] ?? 0;
  // Some topics find nobody to talk to in a small unit; a bulletin always finds its reader.
  while ((office.counts[personIndex] ?? 0) < count) {
    const progress = ((office.counts[personIndex] ?? 0) - before) / (count - before);
    const startedAt = momentAt(random, office.now, progress);
    const luck = random.unit();
    if (luck < 0.07 || topics.length === 0) yield deliverBulletin(office, person, self, startedAt, random);
    else if (luck < 0.1) yield deliverSpam(office, person, self, startedAt, random);
    else {
      const exchanges = planExchanges(office, person, self, random.pick(topics), startedAt, random);
      if (exchanges.length === 0) yield deliverBulletin(office, person, self, startedAt, random);
      const threadLuck = random.unit();
      for (const [turn, exchange] of exchanges.entries())
        yield deliver(office, exchange, exchanges[turn + 1], threadLuck, random);
    }
  }
}

/** From SPAN_DAYS ago to now, denser towards now, on working days from 7 to 20. */
function momentAt(random: Random, now: number, progress: number): number {
  const back = SPAN_DAYS * (1 - progress) ** 1.4 + random.unit() * 0.8;
  const day = nextWorkday(outOfSummer(now - back * DAY_MS));
  const moment = parisAt(day, random.between(7, 19), random.below(60)) + random.below(60) * 1000;
  return moment <= now
    ? moment
    : Math.min(now - random.below(3_600_000), parisAt(now - DAY_MS, random.between(8, 19), random.below(60)));
}

/** Schools sleep from 10 July to 24 August: what would fall then is written 46 days sooner. */
function outOfSummer(instantMs: number): number {
  const date = new Date(instantMs);
  const day = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  return day >= 710 && day <= 824 ? instantMs - 46 * DAY_MS : instantMs;
}

const TOPICS: readonly Topic[] = [...SCHOOL_TOPICS, ...FAMILY_TOPICS, ...SERVICE_TOPICS];
const topicCache = new Map<string, readonly Topic[]>();

/** The topics somebody may be in, by what they do and where. */
function topicsFor(person: PlannedPerson): readonly Topic[] {
  const { kind } = person.unit;
  const isSchool = person.unit.uai !== undefined;
  // Heads of offices write and receive as their staff do: class councils are not theirs.
  const role = !isSchool && person.role === 'head' ? 'clerk' : person.role;
  const key = `${kind} ${role}`;
  const isSecondary = kind === 'college' || kind === 'lycee' || kind === 'lyceeProfessionnel';
  const known =
    topicCache.get(key) ??
    TOPICS.filter((topic) => {
      if (topic.isSecondary && !isSecondary) return false;
      if (topic.from === 'head' && (!isSchool || kind === 'university')) return false;
      if (person.population === 'pupil') return topic.from === role || topic.to === role;
      return (
        topic.from === role || topic.to === role || (topic.to === 'everyone' && (isSchool || topic.from === 'support'))
      );
    });
  topicCache.set(key, known);
  return known;
}

function planExchanges(
  office: Office,
  person: PlannedPerson,
  self: Correspondent,
  topic: Topic,
  startedAt: number,
  random: Random,
): readonly Exchange[] {
  const { directory, pool, now } = office;
  const { unit } = person;
  const setting = {
    random,
    pool,
    unit,
    startedAt,
    until: now,
    discipline: person.role === 'librarian' ? undefined : person.discipline,
  };
  if (topic.to === 'everyone') {
    const from = topic.from === person.role ? self : directory.find(random, topic.from, unit, person.index);
    const staff = directory.staff(unit);
    // A circular to a very large unit (a university) goes to some hundred of its people.
    const first = staff.length > 120 ? random.below(staff.length - 120) : 0;
    const readers = [...new Set([person.index, ...staff.slice(first, first + 120)])]
      .map(directory.person)
      .filter((reader) => !isSame(reader, from));
    return from === undefined || readers.length === 0 ? [] : converse(topic, from, readers, [], setting);
  }
  const isWriter = topic.from === person.role && (topic.to !== person.role || random.chance(0.5));
  const otherRole = isWriter ? topic.to : topic.from;
  const elsewhere =
    otherRole === 'head' && person.role === 'head'
      ? random.pick(office.academy.units.filter((other) => other.uai !== undefined))
      : unit;
  const other = directory.find(random, otherRole, elsewhere, person.index);
  if (other === undefined || isSame(other, self)) return [];
  const cc =
    topic.tone === 'courteous' && random.chance(0.15)
      ? directory.find(random, person.role, unit, person.index)
      : undefined;
  const copied = cc === undefined || isSame(cc, other) || cc.owner?.kind !== 'person' ? [] : [cc];
  return isWriter ? converse(topic, self, [other], copied, setting) : converse(topic, other, [self], copied, setting);
}

function deliver(
  office: Office,
  exchange: Exchange,
  next: Exchange | undefined,
  luck: number,
  random: Random,
): PlannedMessage {
  const { letter } = exchange;
  const ageDays = (office.now - letter.sentAt) / DAY_MS;
  const placements: Placement[] = [];
  const place = (who: Correspondent, mailbox: MailboxPlace, keywords: readonly string[]): void => {
    if (who.owner !== undefined) placements.push(placed(office, who.owner, mailbox, keywords, letter.sentAt));
  };
  place(exchange.from, { kind: 'role', role: 'sent' }, ['$seen']);
  for (const reader of [...exchange.to, ...exchange.cc]) {
    const isAnswered = next !== undefined && isSame(reader, next.from);
    place(reader, placeFor(exchange, ageDays, luck), keywordsFor(ageDays, isAnswered, random));
  }
  return { bytes: printMessage(letter), placements };
}

/** Where a thread's readers keep it: decided once a thread, so that a conversation stays together. */
function placeFor(exchange: Exchange, ageDays: number, luck: number): MailboxPlace {
  if (ageDays < 3 || luck < 0.45) return INBOX;
  if (luck < 0.5) return { kind: 'role', role: 'trash' };
  if (exchange.folder === undefined) return luck < 0.75 ? { kind: 'role', role: 'archive' } : INBOX;
  const [top = exchange.folder, ...rest] = exchange.folder.split('/');
  return { kind: 'path', path: rest.length === 0 ? [top] : [top, exchange.className] };
}

function keywordsFor(ageDays: number, isAnswered: boolean, random: Random): readonly string[] {
  if (isAnswered) return random.chance(0.1) ? ['$seen', '$answered', '$flagged'] : ['$seen', '$answered'];
  const isSeen = random.chance(ageDays < 1 ? 0.3 : ageDays < 7 ? 0.75 : 0.97);
  const flagged = random.chance(0.05) ? ['$flagged'] : [];
  const label = random.chance(0.06) ? [random.pick(['a-traiter', 'urgent', 'parents', 'projets'])] : [];
  return [...(isSeen ? ['$seen'] : []), ...flagged, ...label];
}

/** A little spam for sure: chance alone could leave the junk mailbox of a visitor empty. */
function* tempt(office: Office, personIndex: number): Generator<PlannedMessage> {
  const person = office.academy.person(personIndex);
  const random = randomFrom(office.seed, 'spam', personIndex);
  for (let nth = 1; nth <= 6; nth += 1)
    yield deliverSpam(
      office,
      person,
      office.directory.person(personIndex),
      momentAt(random, office.now, 1 - nth / 24),
      random,
    );
}

function deliverBulletin(
  office: Office,
  person: PlannedPerson,
  self: Correspondent,
  sentAt: number,
  random: Random,
): PlannedMessage {
  const letter = writeBulletin(random.pick(BULLETINS), person.unit, sentAt, random);
  const keywords = random.chance(0.6) ? ['$seen'] : [];
  const owner = self.owner ?? { kind: 'person', personIndex: person.index };
  return {
    bytes: printMessage(letter),
    placements: [
      placed(office, owner, random.chance(0.75) ? INBOX : { kind: 'role', role: 'archive' }, keywords, sentAt),
    ],
  };
}

function deliverSpam(
  office: Office,
  person: PlannedPerson,
  self: Correspondent,
  sentAt: number,
  random: Random,
): PlannedMessage {
  const letter = writeSpam(self, person.unit, sentAt, random);
  // One in twelve is missed by the filter: the reader has something to report.
  const isCaught = random.chance(0.92);
  const owner = self.owner ?? { kind: 'person', personIndex: person.index };
  const mailbox: MailboxPlace = isCaught ? { kind: 'role', role: 'junk' } : INBOX;
  return {
    bytes: printMessage(letter),
    placements: [placed(office, owner, mailbox, isCaught ? ['$junk'] : [], sentAt)],
  };
}
