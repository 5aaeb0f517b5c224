/** GETMETADATA and SETMETADATA (RFC 5464), and LIST with METADATA (RFC 9590). An empty mailbox name is the account itself. */
import type { Command } from '#formats/imap/command.ts';
import type { GetMetadataCommand } from '#formats/imap/metadata.ts';
import { printMailbox } from '#formats/imap/mailbox.ts';
import { printAstring } from '#formats/imap/string.ts';
import { Refusal } from '#server/access/refusal.ts';
import { annotate, type Annotation, annotationLimits, listAnnotations } from '#server/mail/annotations/annotate.ts';
import type { AccountId, MailboxId } from '#server/store/ids.ts';
import type { Done } from '#server/protocols/imap/dispatch.ts';
import { locate } from '#server/protocols/imap/names.ts';
import { tellNo } from '#server/protocols/imap/say.ts';
import { isUtf8, type Session, whoIn } from '#server/protocols/imap/session.ts';

interface Place {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId | 0;
}

export async function getMetadataCommand(session: Session, command: GetMetadataCommand): Promise<Done> {
  const { mailbox, entries, depth, maxSizeOctets = Infinity } = command;
  const { accountId, mailboxId } = await placeOf(session, mailbox);
  const all = await listAnnotations(session.store, whoIn(session).actor, accountId, mailboxId);
  const wanted = all.filter(({ entry }) => entries.some((asked) => isWithin(entry, asked, depth)));
  const told = wanted.filter(({ value }) => value.length <= maxSizeOctets);
  sayMetadata(session, mailbox, told);
  const longest = Math.max(0, ...wanted.map(({ value }) => value.length));
  return longest > maxSizeOctets ? { code: `METADATA LONGENTRIES ${longest}`, words: 'Some are longer' } : {};
}

export async function setMetadataCommand(
  session: Session,
  command: Extract<Command, { kind: 'setMetadata' }>,
): Promise<void> {
  const { accountId, mailboxId } = await placeOf(session, command.mailbox);
  const values = command.values.map(({ entry, value }) => ({
    entry,
    value: value === null ? null : Buffer.from(value, 'latin1'),
  }));
  try {
    await annotate(session.store, whoIn(session).actor, accountId, mailboxId, values);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.reason === 'tooLarge')
      throw tellNo(`METADATA MAXSIZE ${annotationLimits.valueOctets}`, 'The value is too long');
    if (error.reason === 'tooMany') throw tellNo('METADATA TOOMANY', 'Too many entries');
    throw error;
  }
}

/** For LIST RETURN (METADATA (…)) (RFC 9590 §3). */
export async function sayMetadataOf(
  session: Session,
  name: string,
  { accountId, mailboxId }: Place,
  entries: readonly string[],
): Promise<void> {
  const all = await listAnnotations(session.store, whoIn(session).actor, accountId, mailboxId);
  sayMetadata(
    session,
    name,
    all.filter(({ entry }) => entries.includes(entry)),
  );
}

function sayMetadata(session: Session, name: string, annotations: readonly Annotation[]): void {
  if (annotations.length === 0) return;
  const { connection } = session;
  connection.say(`* METADATA ${name === '' ? '""' : printMailbox(name, isUtf8(session))} (`);
  for (const [nth, { entry, value }] of annotations.entries()) {
    connection.say(
      `${nth === 0 ? '' : ' '}${printAstring(entry)} ${value.includes(0) ? '~' : ''}{${value.length}}\r\n`,
    );
    connection.sayOctets(value);
  }
  connection.say(')\r\n');
}

async function placeOf(session: Session, name: string): Promise<Place> {
  if (name === '') return { accountId: whoIn(session).accountId, mailboxId: 0 };
  const { accountId, mailbox } = await locate(session, name);
  return { accountId, mailboxId: mailbox.id };
}

/** DEPTH 0 is the entry itself, 1 those directly below too (RFC 5464 §4.2.2). */
function isWithin(entry: string, asked: string, depth: GetMetadataCommand['depth']): boolean {
  if (entry === asked) return true;
  if (depth === 0 || !entry.startsWith(`${asked}/`)) return false;
  return depth === 'infinity' || !entry.slice(asked.length + 1).includes('/');
}
