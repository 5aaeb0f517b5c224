/**
 * Blobs as data (RFC 9404): made from pieces, read in part, digested, and looked for in the records that use them; and
 * copied between accounts (RFC 8620 §6.3).
 */
import { createHash } from 'node:crypto';

import {
  anId,
  anObject,
  anUnsignedInt,
  aString,
  listOf,
  mapOf,
  nullable,
  optional,
  orNull,
  readArguments,
  required,
} from '#formats/jmap/arguments.ts';
import { MethodError, type SetError } from '#formats/jmap/errors.ts';
import { type BlobName, printBlobId, readBlobId } from '#formats/jmap/id.ts';
import { isArray, isObject, type Json, type JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { copyBlob } from '#server/blobs/copy.ts';
import { lookUpBlob } from '#server/blobs/look-up.ts';
import { type Octets, openBlobOf } from '#server/blobs/open.ts';
import { upload } from '#server/blobs/upload.ts';

import { blobCapability, coreCapability } from '#server/protocols/jmap/capabilities.ts';
import {
  type AccountContext,
  type CallContext,
  openAccount,
  SetFailure,
} from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { orNothing, printErrors, saidOfOne } from '#server/protocols/jmap/engine/set.ts';

export const blobLimits = { maxSizeBlobSet: 10_000_000, maxDataSources: 64 };
export const blobTypes = ['Email', 'Mailbox', 'Thread'] as const;
export const digests: ReadonlyMap<string, string> = new Map([
  ['sha', 'sha1'],
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
]);

const uploadTable = { accountId: required(aString), create: required(mapOf(anObject, anId)) };

const uploadMethod: Method = {
  name: 'Blob/upload',
  capability: blobCapability,
  async run(call, args) {
    const { accountId, create } = readArguments(uploadTable, args);
    const ctx = await openAccount(call, accountId, blobCapability, 'write');
    if (create.size > call.limits.maxObjectsInSet) throw new MethodError('requestTooLarge');
    const created = new Map<string, JsonObject>();
    const notCreated = new Map<string, SetError>();
    for (const [creationId, record] of create) {
      try {
        const { data, type, ...unknown } = record;
        const names = Object.keys(unknown);
        if (names.length > 0) throw new SetFailure({ type: 'invalidProperties', properties: names });
        const octets = await assemble(ctx, data);
        const { hash, sizeOctets } = await upload(ctx.store, ctx.actor, ctx.accountId, octets);
        const id = printBlobId({ kind: 'whole', hash });
        ctx.created.note(creationId, id);
        created.set(creationId, { id, type: typeof type === 'string' ? type : null, size: sizeOctets });
      } catch (error) {
        notCreated.set(creationId, saidOfOne(error));
      }
    }
    return { accountId, created: orNothing(created), notCreated: printErrors(notCreated) };
  },
};

/** One DataSourceObject after the other (RFC 9404 §4.1.1). @throws {SetFailure} */
async function assemble(ctx: AccountContext, data: Json | undefined): Promise<Uint8Array> {
  const invalid = (description: string) =>
    new SetFailure({ type: 'invalidProperties', properties: ['data'], description });
  if (!isArray(data)) throw invalid('data must be an array');
  if (data.length > blobLimits.maxDataSources) throw new SetFailure({ type: 'tooLarge' });
  const pieces: Uint8Array[] = [];
  let sizeOctets = 0;
  for (const source of data) {
    const piece = isObject(source) ? await pieceOf(ctx, source) : undefined;
    if (!piece) throw invalid('a source is data:asText, data:asBase64 or a blobId with its range');
    sizeOctets += piece.length;
    if (sizeOctets > blobLimits.maxSizeBlobSet) throw new SetFailure({ type: 'tooLarge' });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function pieceOf(ctx: AccountContext, source: JsonObject): Promise<Uint8Array | undefined> {
  const {
    'data:asText': text = null,
    'data:asBase64': base64 = null,
    blobId = null,
    offset = null,
    length = null,
  } = source;
  if ([text, base64, blobId].filter((given) => given !== null).length !== 1) return undefined;
  if (typeof text === 'string') return Buffer.from(text, 'utf8');
  if (typeof base64 === 'string') return readBase64(base64);
  const resolved = typeof blobId === 'string' ? ctx.created.resolve(blobId) : undefined;
  const start = nullable(anUnsignedInt)(offset);
  const octets = nullable(anUnsignedInt)(length);
  if (typeof blobId !== 'string' || start === undefined || octets === undefined) return undefined;
  const name = resolved === undefined ? undefined : readBlobId(resolved);
  if (!name) throw new Refusal('noSuchBlob');
  const blob = await openBlobOf(ctx.store, ctx.actor, ctx.accountId, name);
  const from = start ?? 0;
  const until = octets === null ? blob.sizeOctets : from + octets;
  if (until > blob.sizeOctets || from > blob.sizeOctets) return undefined;
  if (until - from > blobLimits.maxSizeBlobSet) throw new SetFailure({ type: 'tooLarge' });
  return blob.bytes(from, until);
}

/** Strictly RFC 4648 §4, with its padding. */
function readBase64(text: string): Uint8Array | undefined {
  const isForm = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isForm ? Buffer.from(text, 'base64') : undefined;
}

const getTable = {
  accountId: required(aString),
  ids: required(listOf(anId)),
  properties: optional(nullable(listOf(aString)), null),
  offset: orNull(anUnsignedInt),
  length: orNull(anUnsignedInt),
};

/** What one answer may carry of data. */
const maxDataOctets = 20_000_000;

const getBlobs: Method = {
  name: 'Blob/get',
  capability: blobCapability,
  async run(call, args) {
    const { accountId, ids, properties, offset, length } = readArguments(getTable, args);
    const ctx = await openAccount(call, accountId, blobCapability, 'read');
    if (ids.length > call.limits.maxObjectsInGet) throw new MethodError('requestTooLarge');
    const wanted = new Set(properties ?? ['data', 'size']);
    for (const property of wanted) {
      const digest = property.startsWith('digest:') && digests.has(property.slice('digest:'.length));
      if (!digest && !['id', 'data', 'data:asText', 'data:asBase64', 'size'].includes(property)) {
        throw new MethodError('invalidArguments', `no property ${property}`);
      }
    }
    const list: JsonObject[] = [];
    const notFound: string[] = [];
    let leftOctets = maxDataOctets;
    for (const id of new Set(ids)) {
      const blob = await openOrNothing(ctx, readName(call, id));
      if (!blob) {
        notFound.push(id);
        continue;
      }
      const start = Math.min(offset ?? 0, blob.sizeOctets);
      const end = length === null ? blob.sizeOctets : Math.min(start + length, blob.sizeOctets);
      if (wanted.size > 1 || !wanted.has('size')) leftOctets -= end - start;
      if (leftOctets < 0) throw new MethodError('requestTooLarge');
      const isTruncated =
        (offset ?? 0) > blob.sizeOctets || (length !== null && (offset ?? 0) + length > blob.sizeOctets);
      list.push({
        id: call.created.resolve(id) ?? id,
        ...(await describe(blob, start, end, wanted)),
        ...(isTruncated && { isTruncated }),
      });
    }
    return { accountId, list, notFound };
  },
};

async function describe(blob: Octets, start: number, end: number, wanted: ReadonlySet<string>): Promise<JsonObject> {
  const size = wanted.has('size') ? { size: blob.sizeOctets } : {};
  if ([...wanted].every((property) => property === 'size' || property === 'id')) return size;
  const octets = await blob.bytes(start, end);
  const hashes = [...wanted].flatMap((property): [string, Json][] => {
    const algorithm = property.startsWith('digest:') ? digests.get(property.slice('digest:'.length)) : undefined;
    return algorithm === undefined ? [] : [[property, createHash(algorithm).update(octets).digest('base64')]];
  });
  const text = wanted.has('data') || wanted.has('data:asText') ? readUtf8(octets) : undefined;
  const isBase64 = wanted.has('data:asBase64') || (wanted.has('data') && text === undefined);
  const hasProblem = wanted.has('data:asText') && text === undefined;
  return {
    ...size,
    ...Object.fromEntries(hashes),
    ...(text !== undefined && { 'data:asText': text }),
    ...(hasProblem && { 'data:asText': null }),
    ...(isBase64 && { 'data:asBase64': Buffer.from(octets).toString('base64') }),
    ...((hasProblem || (wanted.has('data') && text === undefined)) && { isEncodingProblem: true }),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readUtf8(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets);
  } catch {
    return undefined;
  }
}

function readName(call: CallContext, id: string): BlobName | undefined {
  const resolved = call.created.resolve(id);
  return resolved === undefined ? undefined : readBlobId(resolved);
}

async function openOrNothing(ctx: AccountContext, name: BlobName | undefined): Promise<Octets | undefined> {
  if (!name) return undefined;
  try {
    return await openBlobOf(ctx.store, ctx.actor, ctx.accountId, name);
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'noSuchBlob') return undefined;
    throw error;
  }
}

const lookupTable = {
  accountId: required(aString),
  typeNames: required(listOf(aString)),
  ids: required(listOf(anId)),
};

const lookup: Method = {
  name: 'Blob/lookup',
  capability: blobCapability,
  async run(call, args) {
    const { accountId, typeNames, ids } = readArguments(lookupTable, args);
    const ctx = await openAccount(call, accountId, blobCapability, 'read');
    if (ids.length > call.limits.maxObjectsInGet) throw new MethodError('requestTooLarge');
    const unknown = typeNames.find((type) => !blobTypes.some((known) => known === type));
    if (unknown !== undefined) throw new MethodError('unknownDataType', unknown);
    const list: JsonObject[] = [];
    const notFound: string[] = [];
    for (const id of new Set(ids)) {
      const name = readName(call, id);
      const used = name && (await lookUpBlob(ctx.store, ctx.actor, ctx.accountId, name.hash));
      if (!used) {
        notFound.push(id);
        continue;
      }
      const matched: Record<(typeof blobTypes)[number], readonly string[]> = {
        Email: used.emailIds.map((emailId) => `e${emailId}`),
        Mailbox: used.mailboxIds.map((mailboxId) => `m${mailboxId}`),
        Thread: used.threadIds.map((threadId) => `t${threadId}`),
      };
      const asked = blobTypes.filter((type) => typeNames.includes(type));
      list.push({ id, matchedIds: Object.fromEntries(asked.map((type) => [type, matched[type]])) });
    }
    return { accountId, list, notFound };
  },
};

const copyTable = {
  fromAccountId: required(aString),
  accountId: required(aString),
  blobIds: required(listOf(anId)),
};

/** RFC 8620 §6.3. */
const copy: Method = {
  name: 'Blob/copy',
  capability: coreCapability,
  async run(call, args) {
    const { fromAccountId, accountId, blobIds } = readArguments(copyTable, args);
    const from = await openAccount(call, fromAccountId, coreCapability, 'read', 'from');
    const to = await openAccount(call, accountId, coreCapability, 'write');
    if (blobIds.length > call.limits.maxObjectsInSet) throw new MethodError('requestTooLarge');
    const copied = new Map<string, string>();
    const notCopied = new Map<string, SetError>();
    for (const id of new Set(blobIds)) {
      try {
        const name = readName(call, id);
        if (!name) throw new SetFailure({ type: 'blobNotFound' });
        const accounts = { from: from.accountId, to: to.accountId };
        copied.set(id, printBlobId(await copyBlob(call.store, call.actor, accounts, name)));
      } catch (error) {
        const isMissing = error instanceof Refusal && error.reason === 'noSuchBlob';
        notCopied.set(id, isMissing ? { type: 'blobNotFound' } : saidOfOne(error));
      }
    }
    const given = copied.size === 0 ? null : Object.fromEntries(copied);
    return { fromAccountId, accountId, copied: given, notCopied: printErrors(notCopied) };
  },
};

export const blobMethods: readonly Method[] = [uploadMethod, getBlobs, lookup, copy];
