/** COPY, MOVE and their UID forms (RFC 9051 §6.4.7, §6.4.8): read, call, answer with the uids that were given. */
import type { Command } from '#formats/imap/command.ts';
import { printInOrder } from '#formats/imap/sequence-set.ts';
import { copyByUid, type MailboxRef, moveByUid, type Placement } from '#server/mail/emails/place.ts';
import type { Done } from '#server/protocols/imap/dispatch.ts';
import { namedBy, uidsAt } from '#server/protocols/imap/fetch/positions.ts';
import { find, type Located } from '#server/protocols/imap/names.ts';
import type { OwnStore } from '#server/protocols/imap/news.ts';
import { own, tellNo, Told } from '#server/protocols/imap/say.ts';
import { selectedIn, type Session, whoIn } from '#server/protocols/imap/session.ts';

type Copy = Extract<Command, { readonly kind: 'copy' | 'move' }>;

export async function copyCommand(session: Session, command: Copy): Promise<Done> {
  const placed = await place(session, command, copyByUid);
  if (!placed) return {};
  const { placement, target } = placed;
  const told = brought(session, { accountId: target.accountId, mailboxId: target.mailbox.id }, placement.to);
  return { code: printCopyUid(placement), words: 'Copied', told };
}

/** What the client brought into the mailbox it has selected is no news to it but by its number. */
export function brought({ state }: Session, to: MailboxRef, uids: readonly number[]): OwnStore {
  const isSelected =
    state.kind === 'selected' && state.mailbox.accountId === to.accountId && state.mailbox.mailboxId === to.mailboxId;
  return new Map(isSelected ? uids.map((uid) => [uid, 0]) : []);
}

/** What left is told by the news before the answer, after the uids that came of it (RFC 6851 §4.3). */
export async function moveCommand(session: Session, command: Copy): Promise<Done> {
  if (selectedIn(session).isReadOnly) throw new Told(own.readOnly);
  const placed = await place(session, command, moveByUid);
  if (placed) session.connection.say(`* OK [${printCopyUid(placed.placement)}] Moved\r\n`);
  const { modseq } = placed?.placement ?? {};
  return session.enabled.qresync && modseq !== undefined ? { code: `HIGHESTMODSEQ ${modseq}`, words: 'Moved' } : {};
}

interface Placed {
  readonly placement: Placement;
  readonly target: Located;
}

async function place(session: Session, command: Copy, verb: typeof copyByUid): Promise<Placed | undefined> {
  const { accountId, mailboxId } = selectedIn(session);
  const named = await namedBy(session, command.set, command.byUid);
  const target = await requireTarget(session, command.mailbox);
  const to = { accountId: target.accountId, mailboxId: target.mailbox.id };
  const uids = uidsAt(named);
  if (uids.length === 0) return undefined;
  const placement = await verb(session.store, whoIn(session).actor, { accountId, mailboxId }, uids, to);
  return placement.from.length > 0 ? { placement, target } : undefined;
}

/** @throws {Told} NO [TRYCREATE] where the client may make the mailbox and come again (RFC 9051 §6.4.7). */
export async function requireTarget(session: Session, name: string): Promise<Located> {
  const target = await find(session, name);
  if (!target) throw tellNo('TRYCREATE', 'No such mailbox');
  return target;
}

function printCopyUid({ uidValidity, from, to }: Placement): string {
  return `COPYUID ${uidValidity} ${printInOrder(from)} ${printInOrder(to)}`;
}
