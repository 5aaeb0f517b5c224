/** Tells the stories of claire.ts: each letter said by its speaker, printed, and placed with all who wrote or read it. */
import type { Academy } from './academy.ts';
import { writeBulletin } from './bulletin.ts';
import { castIndexOf } from './cast.ts';
import type { Speaker, Story, StoryLetter } from './claire.ts';
import { type Spoken, atWakingHours, hex, printInvitation, speak } from './conversation.ts';
import { type Correspondent, outsider } from './correspondent.ts';
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
import { type Letter, printMessage } from './print-message.ts';
import { type Random, randomFrom } from './random.ts';
import { BULLETINS } from './topics/circulars.ts';
import type { PlannedUnit } from './units.ts';

const DAY_MS = 86_400_000;

export function* tellStory(office: Office, story: Story): Generator<PlannedMessage> {
  const random = randomFrom(office.seed, 'story', story.subject);
  const parent = outsider(random, 'parent');
  let sentAt = office.now - story.daysAgo * DAY_MS;
  let previous: Spoken | undefined;
  for (const [turn, part] of story.letters.entries()) {
    const wished = atWakingHours(sentAt + part.afterHours * 3_600_000 + random.below(900) * 1000, random, 'anyDay');
    sentAt = Math.min(wished, office.now - (story.letters.length - turn) * 60_000);
    const cast = (speaker: Speaker): Correspondent => speakerOf(office, speaker, parent);
    const readers = part.to.map(cast);
    const cc = (part.cc ?? []).map(cast);
    const writer = cast(part.by);
    const spoken = speak({
      random,
      pool: office.pool,
      writer,
      readers,
      cc,
      subject: story.subject,
      text: part.text,
      tone: 'courteous',
      sentAt,
      previous,
    });
    const letter = shape(office, part, spoken, readers, random);
    const next = story.letters[turn + 1];
    const placements = placeStory(
      office,
      story,
      part,
      writer,
      [...readers, ...cc],
      sentAt,
      next === undefined ? undefined : cast(next.by),
    );
    yield { bytes: printMessage(letter), placements };
    previous = spoken;
  }
}

function shape(
  office: Office,
  part: StoryLetter,
  spoken: Spoken,
  readers: readonly Correspondent[],
  random: Random,
): Letter {
  const attachments = (part.attachments ?? []).map((kind, index) => {
    const files = office.pool[kind];
    return files[index % files.length] ?? random.pick(files);
  });
  const letter: Letter = { ...spoken.letter, attachments };
  switch (part.shape) {
    case undefined:
    case 'draft':
      return letter;
    case 'invitation':
      return {
        ...letter,
        body: {
          kind: 'invitation',
          method: 'REQUEST',
          text: spoken.text,
          ics: printInvitation(letter, readers, parisAt(nextWorkday(office.now + 4 * DAY_MS), 16, 30)),
        },
      };
    case 'receipt':
      return {
        ...letter,
        body: {
          kind: 'receipt',
          text: part.text,
          recipient: letter.from.address,
          originalMessageId: `${hex(random)}@ac-valmont.example`,
        },
      };
    case 'forward':
      return {
        ...letter,
        forwarded: [
          printMessage(
            writeBulletin(
              BULLETINS[1] ?? random.pick(BULLETINS),
              office.academy.school,
              letter.sentAt - DAY_MS,
              random,
            ),
          ),
        ],
      };
    default:
      return part.shape satisfies never;
  }
}

function placeStory(
  office: Office,
  story: Story,
  part: StoryLetter,
  writer: Correspondent,
  readers: readonly Correspondent[],
  sentAt: number,
  nextWriter: Correspondent | undefined,
): readonly Placement[] {
  const own = writer.owner;
  if (part.shape === 'draft')
    return own === undefined
      ? []
      : [placed(office, own, { kind: 'role', role: 'drafts' }, ['$draft', '$seen'], sentAt)];
  const sent = own === undefined ? [] : [placed(office, own, { kind: 'role', role: 'sent' }, ['$seen'], sentAt)];
  const received = readers.flatMap((reader) => {
    if (reader.owner === undefined) return [];
    const isClaire = reader.owner.kind === 'person' && reader.owner.personIndex === castIndexOf('claire');
    const mailbox: MailboxPlace = isClaire && story.folder !== undefined ? { kind: 'path', path: story.folder } : INBOX;
    const isAnswered = isSame(reader, nextWriter);
    const isSeen = isAnswered || story.isUnread !== true;
    const keywords = [
      ...(isSeen ? ['$seen'] : []),
      ...(isAnswered ? ['$answered'] : []),
      ...(isClaire ? story.keywords : []),
    ];
    return [placed(office, reader.owner, mailbox, keywords, sentAt)];
  });
  return [...sent, ...received];
}

/** @throws {RangeError} for a speaker the academy does not know: the stories and the cast go together. */
function speakerOf(office: Office, speaker: Speaker, parent: Correspondent): Correspondent {
  if (speaker === '+parent') return parent;
  if (!speaker.startsWith('@')) return office.directory.person(castIndexOf(speaker));
  const localPart = speaker === '@ce' ? `ce.${office.academy.school.code}` : speaker.slice(1);
  for (const unit of unitsOfCast(office.academy)) {
    const mailbox = office.academy.mailboxesOf(unit).find((candidate) => candidate.localPart === localPart);
    if (mailbox !== undefined) return office.directory.mailbox(mailbox);
  }
  throw new RangeError(`no mailbox ${localPart}`);
}

function unitsOfCast(academy: Academy): readonly PlannedUnit[] {
  return academy.units.filter((unit) => unit.uai === undefined || unit === academy.school);
}
