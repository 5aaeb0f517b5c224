/** LIST, LSUB and NAMESPACE (RFC 9051 §6.3.9, §6.3.10; RFC 5258, RFC 5819, RFC 6154, RFC 8440). */
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Command } from '#formats/imap/command.ts';
import type { ListCommand } from '#formats/imap/list.ts';
import { matchesBelow, matchesPattern } from '#formats/imap/mailbox-pattern.ts';
import { printMailbox } from '#formats/imap/mailbox.ts';
import { listSubscriptions } from '#server/mail/mailboxes/subscriptions.ts';
import type { LocatedMeant } from '#server/protocols/imap/filters.ts';
import { delimiter, type Level, listLevels, sharedRoot } from '#server/protocols/imap/names.ts';
import { isUtf8, type Session, whoIn } from '#server/protocols/imap/session.ts';

import { sayMetadataOf } from './metadata.ts';
import { printRights } from './rights.ts';
import { sayStatus } from './status.ts';

/** Patterns and names together may be long: how long one client may keep the others waiting. */
const turnMs = 8;

const specialUse = {
  inbox: undefined,
  drafts: '\\Drafts',
  sent: '\\Sent',
  archive: '\\Archive',
  junk: '\\Junk',
  trash: '\\Trash',
  important: '\\Important',
} as const;

export function namespaceCommand(session: Session): void {
  const shared = printMailbox(`${sharedRoot}${delimiter}`, isUtf8(session));
  const quoted = shared.startsWith('"') || shared.startsWith('{') ? shared : `"${shared}"`;
  session.connection.say(`* NAMESPACE (("" "${delimiter}")) NIL ((${quoted} "${delimiter}"))\r\n`);
}

/** A name as LIST weighs it: a mailbox, a level above some, or what was once subscribed to. */
interface Listed {
  readonly name: string;
  readonly level: Level | undefined;
  readonly isSubscribed: boolean;
}

export async function listCommand(session: Session, command: ListCommand): Promise<void> {
  const { connection } = session;
  const { selection, returns, reference, isExtended } = command;
  if (!isExtended && command.patterns.length === 1 && command.patterns[0] === '') {
    connection.say(`* LIST (\\Noselect) "${delimiter}" ""\r\n`);
    return;
  }
  const patterns = command.patterns.map((pattern) => reference + pattern);
  const listed = await everything(session, patterns);
  const above = selection.recursiveMatch ? namesAbove(listed.filter((each) => isSelected(each, command))) : nobody;
  let turnEnds = performance.now() + turnMs;
  for (const each of listed) {
    if (performance.now() > turnEnds) {
      await nextTurn();
      turnEnds = performance.now() + turnMs;
    }
    const { name, level } = each;
    const fits = patterns.some((pattern) => matchesPattern(pattern, name));
    if (!fits) continue;
    const hasSelectedChild = above.has(name);
    if (!isSelected(each, command) && !hasSelectedChild) continue;
    const attributes = attributesOf(each, returns.subscribed || selection.subscribed);
    const childInfo = hasSelectedChild && selection.subscribed ? ' ("CHILDINFO" ("SUBSCRIBED"))' : '';
    connection.say(
      `* LIST (${attributes.join(' ')}) "${delimiter}" ${printMailbox(name, isUtf8(session))}${childInfo}\r\n`,
    );
    if (level?.kind !== 'mailbox') continue;
    if (returns.myRights) connection.say(`* MYRIGHTS ${printMailbox(name, isUtf8(session))} ${printRights(level)}\r\n`);
    if (returns.metadata)
      await sayMetadataOf(session, name, { accountId: level.accountId, mailboxId: level.mailbox.id }, returns.metadata);
    if (returns.status) await sayStatus(session, level, returns.status);
    if (connection.isFull) await connection.flush();
  }
}

export async function lsubCommand(session: Session, command: Extract<Command, { kind: 'lsub' }>): Promise<void> {
  const { connection } = session;
  const pattern = command.reference + command.pattern;
  const listed = await everything(session, [pattern]);
  const subscribed = listed.filter(({ isSubscribed }) => isSubscribed);
  const names = new Set(subscribed.map(({ name }) => name));
  const said = new Set<string>();
  let turnEnds = performance.now() + turnMs;
  for (const { name, level } of subscribed) {
    if (performance.now() > turnEnds) {
      await nextTurn();
      turnEnds = performance.now() + turnMs;
    }
    if (matchesPattern(pattern, name)) {
      said.add(name);
      const flag = level?.kind === 'mailbox' ? '' : '\\Noselect';
      connection.say(`* LSUB (${flag}) "${delimiter}" ${printMailbox(name, isUtf8(session))}\r\n`);
      continue;
    }
    // `%` stops at a level whose own name is not subscribed to, but something below is (RFC 3501 §6.3.9).
    for (let at = name.indexOf(delimiter); at >= 0; at = name.indexOf(delimiter, at + 1)) {
      const above = name.slice(0, at);
      if (said.has(above) || !matchesPattern(pattern, above)) continue;
      if (names.has(above)) continue;
      said.add(above);
      connection.say(`* LSUB (\\Noselect) "${delimiter}" ${printMailbox(above, isUtf8(session))}\r\n`);
    }
  }
}

async function everything(session: Session, patterns: readonly string[]): Promise<readonly Listed[]> {
  const { store } = session;
  const { actor, accountId } = whoIn(session);
  const wantsShared = patterns.some(
    (pattern) => matchesPattern(pattern, sharedRoot) || matchesBelow(pattern, sharedRoot),
  );
  const levels = await listLevels(session, wantsShared);
  const names = new Set(await listSubscriptions(store, actor, accountId));
  const listed = levels.map((level): Listed => {
    const isOwn = level.kind === 'mailbox' && level.accountId === accountId;
    return { name: level.name, level, isSubscribed: isOwn ? level.mailbox.isSubscribed : names.has(level.name) };
  });
  const known = new Set(levels.map(({ name }) => name));
  for (const name of names) if (!known.has(name)) listed.push({ name, level: undefined, isSubscribed: true });
  return listed;
}

/** One line of a LIST, as NOTIFY tells of a mailbox that was made, renamed or subscribed to (RFC 5465 §5.4, §5.5). */
export function sayAttributes(session: Session, located: LocatedMeant, oldName: string | undefined): void {
  const { name, isSubscribed } = located;
  const listed = { name, level: { kind: 'mailbox', ...located }, isSubscribed } as const;
  const attributes = attributesOf(listed, true).join(' ');
  const renamed = oldName === undefined ? '' : ` ("OLDNAME" (${printMailbox(oldName, isUtf8(session))}))`;
  session.connection.say(`* LIST (${attributes}) "${delimiter}" ${printMailbox(name, isUtf8(session))}${renamed}\r\n`);
}

function isSelected({ level, isSubscribed }: Listed, { selection }: ListCommand): boolean {
  if (selection.subscribed) return isSubscribed;
  if (!level) return false;
  if (selection.specialUse) return level.kind === 'mailbox' && useOf(level) !== undefined;
  return true;
}

function attributesOf({ level, isSubscribed }: Listed, tellsSubscribed: boolean): readonly string[] {
  const attributes: string[] = [];
  if (tellsSubscribed && isSubscribed) attributes.push('\\Subscribed');
  if (!level) return [...attributes, '\\NonExistent'];
  if (level.kind === 'level') attributes.push('\\Noselect');
  attributes.push(level.hasChildren ? '\\HasChildren' : '\\HasNoChildren');
  const use = level.kind === 'mailbox' ? useOf(level) : undefined;
  if (use !== undefined) attributes.push(use);
  return attributes;
}

function useOf({ mailbox }: Extract<Level, { readonly kind: 'mailbox' }>): string | undefined {
  return mailbox.role === null ? undefined : specialUse[mailbox.role];
}

const nobody: ReadonlySet<string> = new Set();

/** Every level above these. */
function namesAbove(listed: readonly Listed[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name } of listed) {
    for (let at = name.indexOf(delimiter); at >= 0; at = name.indexOf(delimiter, at + 1)) names.add(name.slice(0, at));
  }
  return names;
}
