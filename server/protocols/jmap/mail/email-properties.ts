/** Properties of an email: which there are, what may be given at creation, and how each is printed (RFC 8621 §4.1). */
import {
  aDate,
  anObject,
  aString,
  aUtcDate,
  listOf,
  mapOf,
  nullable,
  type Reader,
  setOf,
} from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { printBlobId } from '#formats/jmap/id.ts';
import { isObject, type Json, type JsonObject } from '#formats/jmap/json.ts';
import type { AddressGroup, EmailAddress } from '#formats/address/types.ts';
import { readHeaderProperty } from '#formats/message/headers.ts';
import { isKeyword, wordsOf } from '#server/mail/keywords.ts';

import type { Property } from '#server/protocols/jmap/engine/type.ts';
import {
  type BodyArguments,
  partQuestion,
  type PartQuestion,
  printBodyValues,
  printField,
  printPart,
  type TextBudget,
} from './email-body.ts';
import type { MessageSource, StoredSource } from './email-source.ts';
import { emailIds, mailboxIds, threadIds } from './ids.ts';

const aKeyword: Reader<string> = (value) => (typeof value === 'string' && isKeyword(value) ? value : undefined);
const isEntry = (path: readonly string[], value: Json): boolean =>
  path.length === 1 && (value === true || value === null);

/** EmailAddress (RFC 8621 §4.1.2.3). */
export const anEmailAddress: Reader<EmailAddress> = (value) => {
  if (!isObject(value)) return undefined;
  const { name = null, email, ...rest } = value;
  if (Object.keys(rest).length > 0 || typeof email !== 'string') return undefined;
  return name === null || typeof name === 'string' ? { name, email } : undefined;
};

const serverSet: Property = { isServerSet: true };
const addresses: Property = { read: nullable(listOf(anEmailAddress)), isImmutable: true };
const messageIds: Property = { read: nullable(listOf(aString)), isImmutable: true };
const parts: Property = { read: nullable(listOf(anObject)), isImmutable: true };

export const emailProperties: Readonly<Record<string, Property>> = {
  blobId: serverSet,
  threadId: serverSet,
  mailboxIds: { read: setOf(), refersTo: 'idSet', isRequired: true, readEntry: isEntry },
  keywords: {
    read: setOf(aKeyword),
    otherwise: {},
    readEntry: (path, value) => isEntry(path, value) && isKeyword(path[0] ?? ''),
  },
  size: serverSet,
  receivedAt: { read: aUtcDate, isImmutable: true },
  messageId: messageIds,
  inReplyTo: messageIds,
  references: messageIds,
  sender: addresses,
  from: addresses,
  to: addresses,
  cc: addresses,
  bcc: addresses,
  replyTo: addresses,
  subject: { read: nullable(aString), isImmutable: true },
  sentAt: { read: nullable(aDate), isImmutable: true },
  headers: serverSet,
  bodyStructure: { read: nullable(anObject), isImmutable: true },
  bodyValues: { read: nullable(mapOf(anObject)), isImmutable: true },
  textBody: parts,
  htmlBody: parts,
  attachments: parts,
  hasAttachment: serverSet,
  preview: serverSet,
};

export function isHeaderProperty(name: string): boolean {
  return readHeaderProperty(name) !== null;
}

/** RFC 8621 §4.9; §4.2 says the same and what an account adds. */
export const defaultMessageProperties: readonly string[] = [
  'messageId',
  'inReplyTo',
  'references',
  'sender',
  'from',
  'to',
  'cc',
  'bcc',
  'replyTo',
  'subject',
  'sentAt',
  'hasAttachment',
  'preview',
  'bodyValues',
  'textBody',
  'htmlBody',
  'attachments',
];

export const defaultEmailProperties: readonly string[] = [
  'id',
  'blobId',
  'threadId',
  'mailboxIds',
  'keywords',
  'size',
  'receivedAt',
  ...defaultMessageProperties,
];

const storedPrinters: Readonly<Record<string, (source: StoredSource) => Json>> = {
  id: ({ email }) => emailIds.print(email.id),
  blobId: ({ email }) => printBlobId({ kind: 'whole', hash: email.hash }),
  threadId: ({ email }) => threadIds.print(email.threadId),
  mailboxIds: ({ email }) => printSet(email.mailboxIds.map(mailboxIds.print)),
  keywords: ({ email }) => printSet(wordsOf(email.keywords)),
  size: ({ email }) => email.sizeOctets,
  receivedAt: ({ email }) => printUtcDate(email.receivedAt),
};

const messagePrinters: Readonly<Record<string, (source: MessageSource) => Json>> = {
  messageId: (source) => source.envelope().messageId,
  inReplyTo: (source) => source.envelope().inReplyTo,
  references: (source) => source.envelope().references,
  sender: (source) => printAddresses(source.envelope().sender),
  from: (source) => printAddresses(source.envelope().from),
  to: (source) => printAddresses(source.envelope().to),
  cc: (source) => printAddresses(source.envelope().cc),
  bcc: (source) => printAddresses(source.envelope().bcc),
  replyTo: (source) => printAddresses(source.envelope().replyTo),
  subject: (source) => source.envelope().subject,
  sentAt: (source) => source.envelope().sentAt,
  hasAttachment: (source) => source.hasAttachment,
  preview: (source) => source.preview,
};

export function printSet(names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, true]));
}

export function printAddresses(groups: readonly AddressGroup[] | null): Json {
  return groups?.flatMap((group) => group.addresses.map(({ name, email }) => ({ name, email }))) ?? null;
}

/** What one call asks of every email, checked once. */
export interface EmailQuestion {
  readonly properties: readonly string[];
  readonly args: BodyArguments;
  readonly part: PartQuestion;
  readonly budget: TextBudget;
}

/** @throws {MethodError} `invalidArguments`. */
export function emailQuestion(properties: readonly string[], args: BodyArguments, budget: TextBudget): EmailQuestion {
  return { properties, args, part: partQuestion(args), budget };
}

export async function printStored(source: StoredSource, question: EmailQuestion): Promise<JsonObject> {
  const members: [string, Json][] = [];
  for (const name of question.properties) {
    const print = storedPrinters[name] ?? messagePrinters[name];
    members.push([name, print ? print(source) : await printBody(source, question, name)]);
  }
  return Object.fromEntries(members);
}

/** What only an account's emails have is null (RFC 8621 §4.9). */
export async function printParsed(source: MessageSource, question: EmailQuestion): Promise<JsonObject> {
  const members: [string, Json][] = [];
  for (const name of question.properties) {
    const print = messagePrinters[name];
    if (Object.hasOwn(storedPrinters, name)) members.push([name, null]);
    else members.push([name, print ? print(source) : await printBody(source, question, name)]);
  }
  return Object.fromEntries(members);
}

async function printBody(source: MessageSource, { args, part, budget }: EmailQuestion, name: string): Promise<Json> {
  switch (name) {
    case 'bodyStructure':
      return printPart(source, source.structure(), part, true);
    case 'bodyValues':
      return printBodyValues(source, args, budget);
    case 'textBody':
    case 'htmlBody':
    case 'attachments': {
      const printed: JsonObject[] = [];
      for (const each of source.lists()[name]) printed.push(await printPart(source, each, part, false));
      return printed;
    }
    default:
      return printField(await (await source.open()).headerFields(source.structure()), name);
  }
}
