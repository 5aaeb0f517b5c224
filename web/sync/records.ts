/**
 * The records the client keeps, one shape per JMAP type, and their readers. Only what the screens need: the body of an
 * email never changes (RFC 8621 §4.1), so whoever shows it fetches it and keeps it; it is not in the store.
 */
import { list, listOr, nameSet, number, numberOr, object, text, textOr, isObject } from './shape.ts';
import type { JsonObject, NameSet } from './shape.ts';

declare const brand: unique symbol;
type Brand<T, N extends string> = T & { readonly [brand]: N };

export type AccountId = Brand<string, 'AccountId'>;
export const asAccountId = (id: string): AccountId => id as AccountId;

export interface EmailAddress {
  readonly name: string | null;
  readonly email: string;
}

/** RFC 8621 §4.1; `emailProperties` lists what is asked for. */
export interface Email {
  readonly id: string;
  readonly blobId: string;
  readonly threadId: string;
  readonly mailboxIds: NameSet;
  readonly keywords: NameSet;
  readonly from: readonly EmailAddress[];
  readonly to: readonly EmailAddress[];
  readonly subject: string;
  readonly preview: string;
  readonly receivedAt: string;
  readonly hasAttachment: boolean;
  readonly sizeOctets: number;
}

/** RFC 8621 §2.1. Role names are those of RFC 8621: inbox, archive, drafts, sent, trash, junk, … */
export interface Mailbox {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly role: string | null;
  readonly sortOrder: number;
  readonly totalEmails: number;
  readonly unreadEmails: number;
  readonly myRights: NameSet;
}

/** RFC 8621 §3: the emails of a conversation, oldest first. */
interface Thread {
  readonly id: string;
  readonly emailIds: readonly string[];
}

/** RFC 8621 §6. */
export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly replyTo: readonly EmailAddress[];
  readonly textSignature: string;
  readonly htmlSignature: string;
}

/** RFC 9425 §4. `used` and `hardLimit` are octets where resourceType is `octets`. */
interface Quota {
  readonly id: string;
  readonly name: string;
  readonly resourceType: string;
  readonly used: number;
  readonly hardLimit: number;
}

export interface Records {
  readonly Email: Email;
  readonly Mailbox: Mailbox;
  readonly Thread: Thread;
  readonly Identity: Identity;
  readonly Quota: Quota;
}

export type TypeName = keyof Records;
export const typeNames: readonly TypeName[] = ['Email', 'Mailbox', 'Thread', 'Identity', 'Quota'];

export function isTypeName(name: string): name is TypeName {
  return typeNames.some((known) => known === name);
}

export const emailProperties = [
  'id',
  'blobId',
  'threadId',
  'mailboxIds',
  'keywords',
  'from',
  'to',
  'subject',
  'preview',
  'receivedAt',
  'hasAttachment',
  'size',
] as const;

/** What can change in an email once it is stored (RFC 8621 §4.6). */
export const emailChangingProperties = ['id', 'mailboxIds', 'keywords'] as const;

/** Turns what the server sent, or a record with a patch laid over it, into the record. */
export const readers: { readonly [T in TypeName]: (value: unknown) => Records[T] } = {
  Email: readEmail,
  Mailbox: readMailbox,
  Thread: (value) => {
    const { id, emailIds } = object(value);
    return { id: text(id), emailIds: list(emailIds, text) };
  },
  Identity: (value) => {
    const it = object(value);
    return {
      id: text(it['id']),
      name: textOr(it['name'], ''),
      email: text(it['email']),
      replyTo: listOr(it['replyTo'], readAddress),
      textSignature: textOr(it['textSignature'], ''),
      htmlSignature: textOr(it['htmlSignature'], ''),
    };
  },
  Quota: (value) => {
    const it = object(value);
    return {
      id: text(it['id']),
      name: textOr(it['name'], ''),
      resourceType: textOr(it['resourceType'], 'octets'),
      used: number(it['used']),
      hardLimit: numberOr(it['hardLimit'], 0),
    };
  },
};

export function readAddress(value: unknown): EmailAddress {
  const { name, email } = object(value);
  return { name: textOr(name, null), email: textOr(email, '') };
}

function readEmail(value: unknown): Email {
  const it = object(value);
  return {
    id: text(it['id']),
    blobId: textOr(it['blobId'], ''),
    threadId: textOr(it['threadId'], ''),
    mailboxIds: nameSet(it['mailboxIds']),
    keywords: nameSet(it['keywords']),
    from: listOr(it['from'], readAddress),
    to: listOr(it['to'], readAddress),
    subject: textOr(it['subject'], ''),
    preview: textOr(it['preview'], ''),
    receivedAt: textOr(it['receivedAt'], '1970-01-01T00:00:00Z'),
    hasAttachment: it['hasAttachment'] === true,
    sizeOctets: numberOr(it['size'], numberOr(it['sizeOctets'], 0)),
  };
}

function readMailbox(value: unknown): Mailbox {
  const it = object(value);
  return {
    id: text(it['id']),
    name: textOr(it['name'], ''),
    parentId: textOr(it['parentId'], null),
    role: textOr(it['role'], null),
    sortOrder: numberOr(it['sortOrder'], 0),
    totalEmails: numberOr(it['totalEmails'], 0),
    unreadEmails: numberOr(it['unreadEmails'], 0),
    myRights: nameSet(it['myRights']),
  };
}

/** RFC 8620 §5.3: paths without the leading slash, null to remove. */
export type Patch = JsonObject;

/** Lays a patch over a plain value. Paths that lead nowhere are made; the original is not touched. */
export function applyPatch(value: object, patch: Patch): object {
  let patched: Record<string, unknown> = { ...value };
  for (const [path, change] of Object.entries(patch)) patched = put(patched, path.split('/').map(unescape), change);
  return patched;
}

function put(target: Readonly<Record<string, unknown>>, path: readonly string[], change: unknown) {
  const [head = '', ...rest] = path;
  const copy: Record<string, unknown> = { ...target };
  if (rest.length > 0) copy[head] = put(isObject(copy[head]) ? copy[head] : {}, rest, change);
  else if (change === null && !nullable.has(head)) delete copy[head];
  else copy[head] = change;
  return copy;
}

/** Properties whose null is a value, not an absence. */
const nullable = new Set(['parentId', 'role']);

const unescape = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

/** One part of a patch's path (RFC 6901 §3). */
export const escapePath = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
