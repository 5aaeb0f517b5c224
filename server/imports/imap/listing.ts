/** What an old server holds: its folders, and of one folder the messages that are not known here, without their octets. */
import type { ImapFlow, MailboxObject } from 'imapflow';

import type { SourceFolder } from '#server/imports/folders.ts';
import { keywordsOfFlags } from '#server/imports/flags.ts';
import type { Keywords } from '#server/mail/keywords.ts';
import { asMilliseconds, type Milliseconds } from '#server/store/ids.ts';
import { requireLine, SourceFailure } from './connect.ts';

const mostFolders = 5000;
const longestPath = 1000;

/** The folders that can be opened, as many as an account may have twice over. @throws {SourceFailure} when the line is lost. */
export async function listFolders(client: ImapFlow): Promise<readonly SourceFolder[]> {
  const folders: SourceFolder[] = [];
  requireLine(client);
  const listed = await client.list();
  requireLine(client);
  for (const { path, delimiter, flags, specialUse, specialUseSource } of listed) {
    // What others share is theirs to bring over: each of a hundred colleagues would bring it once more.
    if (!isPersonal(client.namespaces, path)) continue;
    const isClosed = flags.has('\\Noselect') || flags.has('\\NonExistent');
    if (isClosed || path.length > longestPath || folders.length >= mostFolders) continue;
    const names = delimiter ? path.split(delimiter).filter((name) => name !== '') : [path];
    folders.push({ path, names, specialUse: specialUseSource === 'extension' ? specialUse : undefined });
  }
  return folders;
}

/** By the longest prefix of a namespace that the path begins with (RFC 2342 §5); INBOX is always one's own. */
function isPersonal(namespaces: ImapFlow['namespaces'], path: string): boolean {
  const longest = (found: NamespaceList | undefined): number =>
    Math.max(-1, ...(found || []).map(({ prefix }) => (path.startsWith(prefix) ? prefix.length : -1)));
  if (!namespaces || path.toUpperCase() === 'INBOX') return true;
  return longest(namespaces.personal) >= Math.max(longest(namespaces.other), longest(namespaces.shared));
}

type NamespaceList = NonNullable<ImapFlow['namespaces']>['other'];

export interface ListedMessage {
  readonly uid: number;
  readonly sizeOctets: number;
  readonly keywords: Keywords;
  readonly receivedAt: Milliseconds;
}

/** Of one look; a folder that has more is looked at again. */
export const mostListed = 50_000;
const largestUid = 4_294_967_295;

/**
 * The messages of the open mailbox whose uid is above `after`, ascending. What a server says twice, or of uids that were
 * not asked for, is passed over.
 * @throws {SourceFailure} when the line is lost.
 */
export async function listMessages(client: ImapFlow, after: number, now: number): Promise<readonly ListedMessage[]> {
  const mailbox = openMailbox(client);
  // `n:*` names the last message even when its uid is below n (RFC 9051 §9, seq-range).
  if (mailbox.exists === 0 || after >= largestUid) return [];
  const shared = new Map<string, Keywords>();
  const found = new Map<number, ListedMessage>();
  const query = { uid: true, flags: true, internalDate: true, size: true };
  for await (const { uid, flags, internalDate, size } of client.fetch(`${after + 1}:*`, query, { uid: true })) {
    if (!Number.isSafeInteger(uid) || uid <= after || uid > largestUid) continue;
    const words = [...(flags ?? [])].slice(0, 200);
    const keywords = shared.getOrInsertComputed(words.join(' '), () => keywordsOfFlags(words));
    found.set(uid, { uid, sizeOctets: size ?? 0, keywords, receivedAt: dateOf(internalDate, now) });
    if (found.size >= mostListed) break;
  }
  openMailbox(client);
  return [...found.values()].sort((a, b) => a.uid - b.uid);
}

/**
 * The mailbox that is open. imapflow's `fetch` gives nothing, without an error, when there is none, as when the line is
 * lost between two commands: asked before and after, so that a lost line is never taken for an empty mailbox.
 * @throws {SourceFailure}
 */
export function openMailbox(client: ImapFlow): MailboxObject {
  requireLine(client);
  if (client.mailbox === false) throw new SourceFailure('unreachable', false, new Error('no mailbox is open'));
  return client.mailbox;
}

/** A date a message can have; a server that says none, or nonsense, gives the present. */
function dateOf(given: Date | string | undefined, now: number): Milliseconds {
  const at = given === undefined ? Number.NaN : new Date(given).getTime();
  return asMilliseconds(Number.isFinite(at) && at >= 0 && at < 253_402_300_800_000 ? at : now);
}
