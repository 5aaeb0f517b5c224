/** Email/parse (RFC 8621 §4.9): messages that are files, or parts of others, shown without being kept. */
import { aString, anId, listOf, nullable, optional, readArguments, required } from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import { type BlobName, readBlobId } from '#formats/jmap/id.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import { parseMessage } from '#formats/message/parse.ts';
import { Refusal } from '#server/access/refusal.ts';
import { openBlobOf, type Octets } from '#server/blobs/open.ts';
import { upload } from '#server/blobs/upload.ts';

import { mailCapability } from '#server/protocols/jmap/capabilities.ts';
import { type AccountContext, openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { bodyArguments, textBudget } from './email-body.ts';
import {
  defaultMessageProperties,
  emailProperties,
  type EmailQuestion,
  emailQuestion,
  isHeaderProperty,
  printParsed,
} from './email-properties.ts';
import { parsedSource } from './email-source.ts';

const table = {
  accountId: required(aString),
  blobIds: required(listOf(anId)),
  properties: optional(nullable(listOf(aString)), null),
  ...bodyArguments,
};

/** Octets of all messages read in one call. */
const maxOctets = 100_000_000;

export const emailParse: Method = {
  name: 'Email/parse',
  capability: mailCapability,
  async run(call, args) {
    const asked = readArguments(table, args);
    const ctx = await openAccount(call, asked.accountId, mailCapability, 'read');
    if (asked.blobIds.length > call.limits.maxObjectsInGet) throw new MethodError('requestTooLarge');
    const properties = asked.properties ?? defaultMessageProperties;
    const unknown = properties.find(
      (name) => name !== 'id' && !Object.hasOwn(emailProperties, name) && !isHeaderProperty(name),
    );
    if (unknown !== undefined) throw new MethodError('invalidArguments', `no property ${unknown}`);
    const question = emailQuestion(properties, asked, textBudget());
    const parsed = new Map<string, JsonObject>();
    const notParsable: string[] = [];
    const notFound: string[] = [];
    let octets = 0;
    for (const blobId of new Set(asked.blobIds)) {
      const opened = await openIfThere(ctx, blobId);
      if (!opened) {
        notFound.push(blobId);
        continue;
      }
      octets += opened.octets.sizeOctets;
      if (octets > maxOctets) throw new MethodError('requestTooLarge');
      const record = await parseOne(ctx, opened, question);
      if (record) parsed.set(blobId, record);
      else notParsable.push(blobId);
    }
    return {
      accountId: asked.accountId,
      parsed: parsed.size > 0 ? Object.fromEntries(parsed) : null,
      notParsable: notParsable.length > 0 ? notParsable : null,
      notFound: notFound.length > 0 ? notFound : null,
    };
  },
};

interface OpenedBlob {
  readonly name: BlobName;
  readonly octets: Octets;
}

async function openIfThere(ctx: AccountContext, blobId: string): Promise<OpenedBlob | undefined> {
  const name = readBlobId(ctx.created.resolve(blobId) ?? '');
  if (!name) return undefined;
  try {
    return { name, octets: await openBlobOf(ctx.store, ctx.actor, ctx.accountId, name) };
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'noSuchBlob') return undefined;
    throw error;
  }
}

/** Undefined where there is no header field at all: then it is no message. */
async function parseOne(
  ctx: AccountContext,
  { name, octets }: OpenedBlob,
  question: EmailQuestion,
): Promise<JsonObject | undefined> {
  const bytes = await octets.bytes();
  const message = parseMessage(bytes);
  if (message.headers.length === 0) return undefined;
  const isEncoded = name.kind === 'part' && name.encoding !== 'identity';
  const place = isEncoded && message.attachments.length > 0 ? await keepDecoded(ctx, bytes, name) : name;
  return printParsed(parsedSource(place, octets, message), question);
}

/** Parts are named by their octets in a blob: a message that stood encoded in another becomes one, for a day. */
async function keepDecoded(ctx: AccountContext, bytes: Uint8Array, name: BlobName): Promise<BlobName> {
  try {
    return { kind: 'whole', hash: (await upload(ctx.store, ctx.actor, ctx.accountId, bytes)).hash };
  } catch (error) {
    if (error instanceof Refusal) return name;
    throw error;
  }
}
