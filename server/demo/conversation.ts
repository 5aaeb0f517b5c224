/**
 * A topic made into letters: greeting, text, farewell and signature in the writer's manner, replies that quote what they
 * answer ("Le … a écrit :"), each with the form of the mail program it pretends to come from. No letter is later than `until`.
 */
import type { AttachmentPool } from './attachments/pool.ts';
import { escapeXml } from './attachments/office.ts';
import type { Correspondent } from './correspondent.ts';
import { factsOf } from './facts.ts';
import { nextWorkday, parisAt, printFrenchDay, printFrenchTime, printIcsInstant } from './paris-time.ts';
import { type Body, type Field, type InlineImage, type Letter } from './print-message.ts';
import { type Random, at } from './random.ts';
import type { Tone, Topic } from './topics/topic.ts';
import type { PlannedUnit } from './units.ts';

export interface Exchange {
  readonly letter: Letter;
  readonly from: Correspondent;
  readonly to: readonly Correspondent[];
  readonly cc: readonly Correspondent[];
  /** The class talked about, for filing. */
  readonly className: string;
  /** The mailbox readers may file it in (see Topic). */
  readonly folder: string | undefined;
}

export interface Setting {
  readonly random: Random;
  readonly pool: AttachmentPool;
  readonly unit: PlannedUnit;
  readonly startedAt: number;
  readonly until: number;
  /** What the one it is about teaches, if anything. */
  readonly discipline: string | undefined;
}

/** Plans a thread: its first letter and, between two people, some of its replies. */
export function converse(
  topic: Topic,
  from: Correspondent,
  to: readonly Correspondent[],
  cc: readonly Correspondent[],
  setting: Setting,
): readonly Exchange[] {
  const { random, pool } = setting;
  const fill = factsOf(random, setting.unit, setting.startedAt, setting.discipline);
  const say = (template: Topic['bodies'][number]): string => tidy(template.render(random, fill));
  const chosen = random.below(topic.bodies.length);
  const isPaired = topic.subjects.length === topic.bodies.length;
  const subject = capitalise(say(isPaired ? at(topic.subjects, chosen) : random.pick(topic.subjects)));
  const className = fill('classe');
  const replies =
    to.length === 1
      ? random.below(topic.replies.length + 1)
      : random.chance(0.25)
        ? Math.min(1, topic.replies.length)
        : 0;
  const exchanges: Exchange[] = [];
  let sentAt = setting.startedAt;
  let previous: Spoken | undefined;
  for (let turn = 0; turn <= replies && sentAt <= setting.until; turn += 1) {
    const isAnswer = turn % 2 === 1;
    const writer = isAnswer ? random.pick(to) : from;
    const readers = isAnswer ? [from] : to;
    const template = turn === 0 ? undefined : topic.replies[turn - 1];
    const text = say(template ?? at(topic.bodies, chosen));
    const hasFiles = topic.attachments.length > 0 && random.chance(turn === 0 ? 0.35 : 0.12);
    const spoken = speak({
      random,
      pool,
      writer,
      readers,
      cc: turn === 0 ? cc : [],
      subject,
      text,
      tone: topic.tone,
      sentAt,
      previous,
    });
    const invited = topic.isInvitation && turn === 0 ? invite(spoken, readers, sentAt, random) : spoken.letter;
    const letter = { ...invited, attachments: hasFiles ? [random.pick(pool[random.pick(topic.attachments)])] : [] };
    exchanges.push({ letter, from: writer, to: readers, cc: turn === 0 ? cc : [], className, folder: topic.folder });
    previous = spoken;
    sentAt = laterAtWork(random, sentAt);
  }
  return exchanges;
}

export interface Said {
  readonly random: Random;
  readonly pool: AttachmentPool;
  readonly writer: Correspondent;
  readonly readers: readonly Correspondent[];
  readonly cc: readonly Correspondent[];
  /** Without "Re: ". */
  readonly subject: string;
  readonly text: string;
  readonly tone: Tone;
  readonly sentAt: number;
  readonly previous: Spoken | undefined;
}

/** A letter with what a reply to it needs. */
export interface Spoken {
  readonly letter: Letter;
  readonly text: string;
  readonly writer: Correspondent;
}

export function speak(said: Said): Spoken {
  const { random, writer, previous } = said;
  const program = random.pick(writer.owner === undefined ? OUTSIDE_PROGRAMS : HOUSE_PROGRAMS);
  const greeting = greetingFor(random, said.tone, said.readers);
  const farewell = program === 'phone' ? 'Envoyé de mon téléphone' : farewellFor(random, said.tone);
  const own =
    program === 'phone'
      ? `${greeting}\n\n${said.text}\n\n${writer.givenName}\n\n${farewell}`
      : `${greeting}\n\n${said.text}\n\n${farewell}\n\n${writer.party.name}`;
  const signature =
    program === 'phone' || writer.signature.length === 0
      ? ''
      : `\n\n-- \n${[writer.party.name, ...writer.signature].join('\n')}`;
  const text = `${own}${signature}${previous === undefined ? '' : `\n\n${quote(previous)}`}`;
  const domain = writer.party.address.slice(writer.party.address.indexOf('@') + 1);
  const messageId = `${hex(random)}${hex(random)}.${hex(random)}@${domain}`;
  const references =
    previous === undefined ? [] : [...previous.letter.references, previous.letter.messageId].slice(-12);
  const letter: Letter = {
    messageId,
    inReplyTo: previous?.letter.messageId,
    references,
    sentAt: said.sentAt,
    from: writer.party,
    to: said.readers.map((reader) => reader.party),
    cc: said.cc.map((reader) => reader.party),
    subject: previous === undefined ? said.subject : `Re: ${said.subject}`,
    body: bodyFor(program, own, text, said),
    attachments: [],
    forwarded: [],
    trace: writer.owner === undefined ? traceOf(said.readers[0], writer, said.sentAt, random) : [],
    fields: [['User-Agent', AGENTS[program]]],
  };
  return { letter, text, writer };
}

type Program = 'flowed' | 'eightBit' | 'latin' | 'rich' | 'office' | 'phone' | 'base64';
const HOUSE_PROGRAMS: readonly Program[] = [
  'flowed',
  'flowed',
  'flowed',
  'eightBit',
  'eightBit',
  'rich',
  'rich',
  'office',
  'phone',
  'latin',
];
const OUTSIDE_PROGRAMS: readonly Program[] = ['phone', 'phone', 'rich', 'office', 'base64', 'flowed', 'latin'];
const AGENTS: Readonly<Record<Program, string>> = {
  flowed: 'Mozilla Thunderbird',
  eightBit: 'Messagerie web',
  latin: 'Courrier 6.0',
  rich: 'Messagerie web',
  office: 'Bureau 16.0',
  phone: 'Courrier mobile',
  base64: 'Lettres/2.1',
};

function bodyFor(program: Program, own: string, text: string, said: Said): Body {
  switch (program) {
    case 'flowed':
    case 'eightBit':
    case 'latin':
    case 'base64':
      return { kind: 'plain', text, form: program };
    case 'phone':
      return { kind: 'plain', text, form: 'quotedPrintable' };
    case 'rich':
    case 'office': {
      const hasEmblem = program === 'office' && said.writer.owner !== undefined && said.random.chance(0.3);
      const images: readonly InlineImage[] = hasEmblem
        ? [{ contentId: 'embleme@ac-valmont.example', file: said.pool.emblem }]
        : [];
      return { kind: 'alternative', text, html: htmlOf(own, said, program === 'office', hasEmblem), images };
    }
    default:
      return program satisfies never;
  }
}

function htmlOf(own: string, said: Said, isOffice: boolean, hasEmblem: boolean): string {
  const style = isOffice ? ' style="margin:0 0 8pt;font-family:Calibri,sans-serif;font-size:11pt;color:#1f1f1f"' : '';
  const paragraphs = own
    .split('\n\n')
    .map((paragraph) => `<p${style}>${escapeXml(paragraph).replaceAll('\n', '<br>\n')}</p>`);
  const { writer, previous } = said;
  const lines = writer.signature.map((line) => `<div>${escapeXml(line)}</div>`).join('');
  const emblem = hasEmblem
    ? '<td style="padding-right:12px"><img src="cid:embleme@ac-valmont.example" width="64" height="64" alt="Académie de Valmont (démonstration)"></td>'
    : '';
  const signature =
    writer.signature.length === 0
      ? ''
      : `<table cellpadding="0" cellspacing="0" style="border-top:2px solid #1f3f77;margin-top:12px"><tr>${emblem}<td style="padding-top:8px;font-size:12px;color:#555"><strong style="color:#1f3f77">${escapeXml(writer.party.name)}</strong>${lines}</td></tr></table>`;
  const quoted =
    previous === undefined
      ? ''
      : `<p>${escapeXml(attribution(previous))}</p>\n<blockquote type="cite" style="border-left:2px solid #ccc;margin:0 0 0 8px;padding-left:8px">${escapeXml(previous.text).replaceAll('\n', '<br>\n')}</blockquote>`;
  return `<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8"></head><body>\n${paragraphs.join('\n')}\n${signature}\n${quoted}\n</body></html>`;
}

/** "Le mardi 3 mars 2026 à 14:05, … a écrit :" and the quoted lines, at most three levels deep and 60 lines long. */
function quote(previous: Spoken): string {
  const lines = previous.text
    .split('\n')
    .filter((line) => !line.startsWith('>>'))
    .slice(0, 60)
    .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()));
  return `${attribution(previous)}\n${lines.join('\n')}`;
}

function attribution({ letter, writer }: Spoken): string {
  return `Le ${printFrenchDay(letter.sentAt, true)} à ${printFrenchTime(letter.sentAt)}, ${writer.party.name} a écrit :`;
}

function greetingFor(random: Random, tone: Tone, readers: readonly Correspondent[]): string {
  const [reader] = readers;
  if (readers.length === 2) return random.pick(['Bonjour à tous les deux,', 'Bonjour,', 'Chers collègues,']);
  if (readers.length > 1)
    return random.pick([
      'Bonjour à toutes et à tous,',
      'Chers collègues,',
      'Mesdames, Messieurs,',
      'Chères et chers collègues,',
    ]);
  if (reader?.civility === undefined)
    return random.pick(['Bonjour,', 'Madame, Monsieur,', "Bonjour à toute l'équipe,"]);
  const formal = reader.civility === 'Mme' ? 'Madame,' : 'Monsieur,';
  if (tone === 'formal') return random.pick([formal, `Bonjour ${formal.slice(0, -1)},`, formal]);
  if (tone === 'courteous')
    return random.pick([
      'Bonjour,',
      `Bonjour ${reader.givenName},`,
      reader.civility === 'Mme' ? 'Chère collègue,' : 'Cher collègue,',
    ]);
  return random.pick([
    `Salut ${reader.givenName},`,
    `Bonjour ${reader.givenName},`,
    `Coucou ${reader.givenName},`,
    'Hello,',
  ]);
}

function farewellFor(random: Random, tone: Tone): string {
  if (tone === 'formal')
    return random.pick([
      'Cordialement,',
      'Bien cordialement,',
      'Je vous prie de croire en mes salutations respectueuses.',
      'Avec mes remerciements,',
      'Respectueusement,',
    ]);
  if (tone === 'courteous')
    return random.pick([
      'Cordialement,',
      'Bien cordialement,',
      'Bonne journée,',
      'Bien à vous,',
      'En vous remerciant,',
    ]);
  return random.pick([
    'Bises,',
    'À bientôt,',
    'Bonne soirée,',
    'Merci d’avance !',
    'À demain,',
    'Amicalement,',
    'Bon week-end !',
  ]);
}

function invite(spoken: Spoken, readers: readonly Correspondent[], sentAt: number, random: Random): Letter {
  const { letter, text } = spoken;
  const start = parisAt(
    nextWorkday(sentAt + random.between(3, 12) * 86_400_000),
    random.between(9, 17),
    random.pick([0, 15, 30]),
  );
  return {
    ...letter,
    body: { kind: 'invitation', method: 'REQUEST', text, ics: printInvitation(letter, readers, start) },
  };
}

/** A meeting of one hour (RFC 5546 §3.2.2); lines folded at 75 octets (RFC 5545 §3.1). */
export function printInvitation(letter: Letter, readers: readonly Correspondent[], startAt: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Pli//Demonstration//FR',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    `UID:${letter.messageId}`,
    `DTSTAMP:${printIcsInstant(letter.sentAt)}`,
    `DTSTART:${printIcsInstant(startAt)}`,
    `DTEND:${printIcsInstant(startAt + 3_600_000)}`,
    `SUMMARY:${letter.subject.replaceAll(/[\\;,]/gu, '\\$&')}`,
    `ORGANIZER;CN="${letter.from.name}":mailto:${letter.from.address}`,
    ...readers.map(
      (reader) =>
        `ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN="${reader.party.name}":mailto:${reader.party.address}`,
    ),
    'SEQUENCE:0',
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join('');
}

function foldLine(line: string): string {
  let out = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > 74) {
      out += '\r\n ';
      octets = 1;
    }
    out += character;
    octets += size;
  }
  return out;
}

/** What a receiving server would have written above a letter from outside. */
export function traceOf(
  reader: Correspondent | undefined,
  writer: Correspondent,
  sentAt: number,
  random: Random,
  verdict: 'pass' | 'fail' = 'pass',
): readonly Field[] {
  const { address } = writer.party;
  const domain = address.slice(address.indexOf('@') + 1);
  const date = new Date(sentAt + 2000).toUTCString().replace('GMT', '+0000');
  return [
    ['Return-Path', `<${address}>`],
    [
      'Received',
      `from mail.${domain} (mail.${domain} [192.0.2.${random.between(2, 250)}])\r\n by mx.ac-valmont.example with ESMTPS id ${hex(random)}\r\n for <${reader?.party.address ?? 'liste@ac-valmont.example'}>; ${date}`,
    ],
    [
      'Authentication-Results',
      `mx.ac-valmont.example;\r\n spf=${verdict} smtp.mailfrom=${domain}; dmarc=${verdict} header.from=${domain}`,
    ],
  ];
}

export function laterAtWork(random: Random, sentAt: number): number {
  return atWakingHours(nextWorkday(sentAt + random.between(12, random.chance(0.6) ? 300 : 2200) * 60_000), random);
}

/** Nobody writes at night: from 21 o'clock on it is the next morning, before 7 the same one; nor, by default, on weekends. */
export function atWakingHours(instantMs: number, random: Random, days: 'workdays' | 'anyDay' = 'workdays'): number {
  const hour = Number(printFrenchTime(instantMs).slice(0, 2));
  if (hour >= 7 && hour < 21) return instantMs;
  const morning = parisAt(hour < 7 ? instantMs : instantMs + 86_400_000, 7, random.below(60)) + random.below(60) * 1000;
  return days === 'anyDay' ? morning : nextWorkday(morning);
}

export function hex(random: Random): string {
  return random.below(0x1_0000_0000).toString(16).padStart(8, '0');
}

/** Choices may leave double spaces or a sentence that begins in lower case. */
export function tidy(text: string): string {
  return text
    .replaceAll(/ {2,}/gu, ' ')
    .replaceAll(/ (?=\n|$)/gu, '')
    .replaceAll(/\bde (?=anglais|arts|allemand|espagnol|histoire|éducation|EPS|italien|économie)/gu, "d'")
    .replaceAll(/(^|\n\n|[.?!] )(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
