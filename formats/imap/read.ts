/** Reads one command line (RFC 9051 §9, command, and the extensions we serve): tag, name, arguments, nothing after them. */
import { readAppend } from './append.ts';
import { BadSyntax } from './bad-syntax.ts';
import type { Command, TaggedCommand } from './command.ts';
import {
  type Cursor,
  bad,
  expect,
  expectEnd,
  expectMatch,
  expectSpace,
  isAtEnd,
  openCursor,
  peek,
  readList,
  take,
  takeMatch,
} from './cursor.ts';
import { readFetch } from './fetch.ts';
import { readFlags } from './flag.ts';
import { readListCommand, readLsub } from './list.ts';
import { readMailbox } from './mailbox.ts';
import { readGetMetadata, readSetMetadata } from './metadata.ts';
import { readNotify } from './notify.ts';
import { readEsearch, readSearch, readSort, readThread } from './search.ts';
import { readSelect } from './select.ts';
import { readSequenceSet } from './sequence-set.ts';
import { readStatusItems } from './status.ts';
import { readAction, readAstring, readAtom, readNstring, readNumber64, readString, readText } from './string.ts';
import { commandStart, readTag } from './tag.ts';
import { decodeUtf8 } from './utf8.ts';

/** RFC 2971 §3.3. */
const MAX_ID_PAIRS = 30;
const MAX_CAPABILITIES = 100;
/** Base64 of a SASL response: a bearer token has a few kilobytes. */
const MAX_SASL = 12_288;
const MAX_CREATE_USES = 10;

export interface ReadOptions {
  /** Offsets in the line where the octets of a literal would stand that were taken aside. */
  readonly aside?: readonly number[];
  /** The client has enabled UTF-8 mailbox names (RFC 9051 §5.1, RFC 6855 §3). */
  readonly isUtf8?: boolean;
}

type Reader = (cursor: Cursor) => Command;

/**
 * Reads a command.
 *
 * @param line its octets, one a character, its literals in place, without the last CRLF.
 * @throws {BadSyntax} with the tag, if there is one to answer.
 */
export function readCommand(line: string, options: ReadOptions = {}): TaggedCommand {
  const tag = readTag(line);
  const start = commandStart(line);
  if (tag === undefined) throw new BadSyntax('Tag expected', 0);
  if (start === undefined) throw new BadSyntax('Space and command expected', tag.length, 'syntax', tag);
  const cursor = openCursor(line, options.aside, options.isUtf8);
  cursor.offset = start;
  try {
    const read = readName(cursor);
    const command = read(cursor);
    expectEnd(cursor);
    return { tag, command };
  } catch (error) {
    if (error instanceof BadSyntax) throw new BadSyntax(error.message, error.offset, error.problem, tag);
    throw error;
  }
}

/** DONE after IDLE (RFC 9051 §6.3.13). */
export function isDone(line: string): boolean {
  return /^done$/i.test(line);
}

function readName(cursor: Cursor): Reader {
  const start = cursor.offset;
  const name = takeMatch(cursor, /(?:UID )?[A-Z]{1,20}(?= |$)/iy)?.toUpperCase();
  const read = name === undefined ? undefined : READERS.get(name);
  if (read !== undefined) return read;
  cursor.offset = start;
  throw bad(cursor, 'Unknown command', 'command');
}

const bare =
  (command: Command): Reader =>
  () =>
    command;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['CAPABILITY', bare({ kind: 'capability' })],
  ['NOOP', bare({ kind: 'noop' })],
  ['LOGOUT', bare({ kind: 'logout' })],
  ['STARTTLS', bare({ kind: 'starttls' })],
  ['NAMESPACE', bare({ kind: 'namespace' })],
  ['IDLE', bare({ kind: 'idle' })],
  ['CHECK', bare({ kind: 'check' })],
  ['CLOSE', bare({ kind: 'close' })],
  ['UNSELECT', bare({ kind: 'unselect' })],
  ['EXPUNGE', bare({ kind: 'expunge' })],
  ['UNAUTHENTICATE', bare({ kind: 'unauthenticate' })],
  ['ID', readId],
  ['AUTHENTICATE', readAuthenticate],
  ['LOGIN', readLogin],
  ['ENABLE', readEnable],
  ['SELECT', (cursor) => readSelect(cursor, false)],
  ['EXAMINE', (cursor) => readSelect(cursor, true)],
  ['CREATE', readCreate],
  ['DELETE', (cursor) => ({ kind: 'delete', mailbox: readSpacedMailbox(cursor) })],
  ['RENAME', (cursor) => ({ kind: 'rename', from: readSpacedMailbox(cursor), to: readSpacedMailbox(cursor) })],
  ['SUBSCRIBE', (cursor) => ({ kind: 'subscribe', mailbox: readSpacedMailbox(cursor) })],
  ['UNSUBSCRIBE', (cursor) => ({ kind: 'unsubscribe', mailbox: readSpacedMailbox(cursor) })],
  ['LIST', readListCommand],
  ['LSUB', readLsub],
  ['STATUS', readStatus],
  ['APPEND', readAppend],
  ['UID EXPUNGE', (cursor) => ({ kind: 'uidExpunge', uids: readSpacedSet(cursor) })],
  ['SEARCH', (cursor) => readSearch(cursor, false)],
  ['UID SEARCH', (cursor) => readSearch(cursor, true)],
  ['ESEARCH', readEsearch],
  ['SORT', (cursor) => readSort(cursor, false)],
  ['UID SORT', (cursor) => readSort(cursor, true)],
  ['THREAD', (cursor) => readThread(cursor, false)],
  ['UID THREAD', (cursor) => readThread(cursor, true)],
  ['FETCH', (cursor) => readFetch(cursor, false)],
  ['UID FETCH', (cursor) => readFetch(cursor, true)],
  ['STORE', (cursor) => readStore(cursor, false)],
  ['UID STORE', (cursor) => readStore(cursor, true)],
  ['COPY', (cursor) => readCopy(cursor, 'copy', false)],
  ['UID COPY', (cursor) => readCopy(cursor, 'copy', true)],
  ['MOVE', (cursor) => readCopy(cursor, 'move', false)],
  ['UID MOVE', (cursor) => readCopy(cursor, 'move', true)],
  ['GETQUOTA', (cursor) => ({ kind: 'getQuota', root: readSpacedText(cursor) })],
  ['GETQUOTAROOT', (cursor) => ({ kind: 'getQuotaRoot', mailbox: readSpacedMailbox(cursor) })],
  ['SETQUOTA', readSetQuota],
  ['SETACL', readSetAcl],
  ['DELETEACL', (cursor) => readAclOf(cursor, 'deleteAcl')],
  ['LISTRIGHTS', (cursor) => readAclOf(cursor, 'listRights')],
  ['GETACL', (cursor) => ({ kind: 'getAcl', mailbox: readSpacedMailbox(cursor) })],
  ['MYRIGHTS', (cursor) => ({ kind: 'myRights', mailbox: readSpacedMailbox(cursor) })],
  ['GETMETADATA', readGetMetadata],
  ['SETMETADATA', readSetMetadata],
  ['NOTIFY', readNotify],
  ['COMPRESS', (cursor) => ({ kind: 'compress', mechanism: readSpaced(cursor, readAtom).toUpperCase() })],
]);

function readSpaced<T>(cursor: Cursor, read: (cursor: Cursor) => T): T {
  expectSpace(cursor);
  return read(cursor);
}

const readSpacedMailbox = (cursor: Cursor): string => readSpaced(cursor, readMailbox);
const readSpacedText = (cursor: Cursor): string => readSpaced(cursor, readText);
const readSpacedSet = (cursor: Cursor) => readSpaced(cursor, readSequenceSet);

/** `id-params-list` (RFC 2971 §4). */
function readId(cursor: Cursor): Command {
  expectSpace(cursor);
  if (takeMatch(cursor, /NIL$/iy) !== undefined) return { kind: 'id', parameters: null };
  const parameters = new Map<string, string | null>();
  let name: string | undefined;
  readList(cursor, (within) => {
    if (name === undefined) name = lossy(readString(within));
    else {
      const value = readNstring(within);
      parameters.set(name, value === null ? null : lossy(value));
      name = undefined;
      if (parameters.size > MAX_ID_PAIRS) throw bad(within, 'Too many pairs', 'tooMuch');
    }
  });
  if (name !== undefined) throw bad(cursor, 'A name without its value');
  return { kind: 'id', parameters };
}

/** RFC 4959 §3. */
function readAuthenticate(cursor: Cursor): Command {
  expectSpace(cursor);
  const mechanism = expectMatch(cursor, /[A-Za-z0-9_-]{1,20}(?= |$)/y, 'SASL mechanism').toUpperCase();
  if (isAtEnd(cursor)) return { kind: 'authenticate', mechanism, initialResponse: undefined };
  expectSpace(cursor);
  return { kind: 'authenticate', mechanism, initialResponse: take(cursor, '=') ? '' : readBase64(cursor) };
}

function readBase64(cursor: Cursor): string {
  const response = expectMatch(cursor, /[A-Za-z0-9+/]*={0,2}/y, 'Base64');
  if (response.length > MAX_SASL) throw bad(cursor, 'SASL response too long', 'tooMuch');
  return response;
}

/** A password in another charset than UTF-8 is read as Latin-1: it is then wrong, as any wrong one. */
function readLogin(cursor: Cursor): Command {
  const userName = lossy(readSpaced(cursor, (within) => readAstring(within, 'User name')));
  const password = lossy(readSpaced(cursor, (within) => readAstring(within, 'Password')));
  return { kind: 'login', userName, password };
}

function lossy(octets: string): string {
  return decodeUtf8(octets) ?? octets;
}

function readEnable(cursor: Cursor): Command {
  const capabilities: string[] = [];
  do {
    capabilities.push(readSpaced(cursor, (within) => readAtom(within, 'Capability')).toUpperCase());
    if (capabilities.length > MAX_CAPABILITIES) throw bad(cursor, 'Too many capabilities', 'tooMuch');
  } while (!isAtEnd(cursor));
  return { kind: 'enable', capabilities };
}

/** `SP mailbox [SP "(" "USE" SP "(" use-attr… ")" ")"]` (RFC 6154 §6). */
function readCreate(cursor: Cursor): Command {
  const mailbox = readSpacedMailbox(cursor);
  if (!take(cursor, ' ')) return { kind: 'create', mailbox, uses: [] };
  expect(cursor, '(USE ');
  const uses = readList(cursor, readUse);
  if (uses.length > MAX_CREATE_USES) throw bad(cursor, 'Too many special uses', 'tooMuch');
  expect(cursor, ')');
  return { kind: 'create', mailbox, uses };
}

function readUse(cursor: Cursor): string {
  expect(cursor, '\\');
  return `\\${readAtom(cursor, 'Special use')}`;
}

function readStatus(cursor: Cursor): Command {
  return { kind: 'status', mailbox: readSpacedMailbox(cursor), items: readSpaced(cursor, readStatusItems) };
}

/** `SP sequence-set [SP store-modifiers] SP store-att-flags` (RFC 7162 §7). */
function readStore(cursor: Cursor, byUid: boolean): Command {
  const set = readSpacedSet(cursor);
  expectSpace(cursor);
  let unchangedSince: number | undefined;
  if (peek(cursor) === '(') {
    expect(cursor, '(UNCHANGEDSINCE ');
    unchangedSince = readNumber64(cursor);
    expect(cursor, ')');
    expectSpace(cursor);
  }
  const action = readAction(cursor);
  expect(cursor, 'FLAGS');
  const isSilent = take(cursor, '.SILENT');
  return { kind: 'store', byUid, set, action, isSilent, flags: readSpaced(cursor, readFlags), unchangedSince };
}

function readCopy(cursor: Cursor, kind: 'copy' | 'move', byUid: boolean): Command {
  return { kind, byUid, set: readSpacedSet(cursor), mailbox: readSpacedMailbox(cursor) };
}

/** `SP quota-root SP "(" [resource SP limit …] ")"` (RFC 9208 §7). */
function readSetQuota(cursor: Cursor): Command {
  const root = readSpacedText(cursor);
  expectSpace(cursor);
  const limits = new Map<string, number>();
  readList(cursor, (within) => {
    const resource = readAtom(within, 'Quota resource').toUpperCase();
    limits.set(resource, readSpaced(within, readNumber64));
  });
  return { kind: 'setQuota', root, limits };
}

/** `SP mailbox SP identifier SP mod-rights` (RFC 4314 §4). */
function readSetAcl(cursor: Cursor): Command {
  const mailbox = readSpacedMailbox(cursor);
  const identifier = readSpacedText(cursor);
  const start = cursor.offset + 1;
  const given = openCursor(readSpaced(cursor, (within) => readAstring(within, 'Rights')));
  const action = readAction(given);
  const rights = given.text.slice(given.offset);
  if (/^[a-z0-9]*$/.test(rights)) return { kind: 'setAcl', mailbox, identifier, action, rights };
  cursor.offset = start;
  throw bad(cursor, 'Rights are lower case letters and digits');
}

function readAclOf(cursor: Cursor, kind: 'deleteAcl' | 'listRights'): Command {
  return { kind, mailbox: readSpacedMailbox(cursor), identifier: readSpacedText(cursor) };
}
