/**
 * Import, our own type: mail fetched from an old server, or brought as a file. Created with where it is, it runs by
 * itself and its progress comes as changes of its state; `state` pauses it, lets it go on, or ends it. The password is
 * taken and never given.
 */
import { anId, aString, oneOf } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { printBlobId, readBlobId } from '#formats/jmap/id.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import type { Patch } from '#formats/jmap/patch.ts';
import { Refusal } from '#server/access/refusal.ts';
import { importChanges, type ListedImport, listImports, listRefused } from '#server/imports/list.ts';
import { importPolicy, type ImportPolicy } from '#server/imports/policy.ts';
import { type ImapSource, type Security, securities } from '#server/imports/record.ts';
import {
  cancelImport,
  type NewFileImport,
  type NewImapImport,
  pauseImport,
  removeImport,
  resumeImport,
  startImport,
} from '#server/imports/start.ts';
import type { ImportId } from '#server/store/ids.ts';

import { importCapability } from '#server/protocols/jmap/capabilities.ts';
import { type AccountContext, type SetContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';
import { changesOf } from '#server/protocols/jmap/mail/changes.ts';

const importIds = numberedIds<ImportId>('j');

const aHost = (value: Json): string | undefined => {
  const text = aString(value);
  return text !== undefined && /^[\w.:-]{1,253}$/.test(text) ? text : undefined;
};
const aName = (value: Json): string | undefined => {
  const text = aString(value);
  return text !== undefined && text !== '' && text.length <= 320 && !/\p{Cc}/u.test(text) ? text : undefined;
};
const aPassword = (value: Json): string | undefined => {
  const text = aString(value);
  return text !== undefined && text !== '' && text.length <= 1000 && !/[\0\r\n]/.test(text) ? text : undefined;
};

const printers: Readonly<Record<string, (record: ListedImport) => Json>> = {
  id: ({ id }) => importIds.print(id),
  kind: ({ source }) => source.kind,
  host: ({ source }) => (source.kind === 'imap' ? source.host : null),
  port: ({ source }) => (source.kind === 'imap' ? source.port : null),
  security: ({ source }) => (source.kind === 'imap' ? source.security : null),
  userName: ({ source }) => (source.kind === 'imap' ? source.userName : null),
  password: () => null,
  blobId: ({ source }) => (source.kind === 'file' ? printBlobId({ kind: 'whole', hash: source.hash }) : null),
  name: ({ source }) => (source.kind === 'file' ? source.name : null),
  state: ({ state }) => state,
  problem: ({ problem }) => problem,
  progress: ({ progress }) => ({ ...progress }),
  needsPassword: ({ source, hasPassword }) => source.kind === 'imap' && !hasPassword,
  createdAt: ({ createdAt }) => printUtcDate(createdAt),
  finishedAt: ({ finishedAt }) => (finishedAt === null ? null : printUtcDate(finishedAt)),
};

export const importMethods = defineType({
  name: 'Import',
  capability: importCapability,
  state: 'Import',
  ids: importIds,
  properties: {
    kind: { isServerSet: true },
    host: { read: aHost, isImmutable: true },
    port: { isImmutable: true },
    security: { read: oneOf(...securities), isImmutable: true },
    userName: { read: aName, isImmutable: true },
    password: { read: aPassword },
    blobId: { read: anId, isImmutable: true },
    name: { read: aString, isImmutable: true },
    state: { read: oneOf('waiting', 'running', 'paused', 'cancelled') },
    problem: { isServerSet: true },
    progress: { isServerSet: true },
    needsPassword: { isServerSet: true },
    createdAt: { isServerSet: true },
    finishedAt: { isServerSet: true },
    refused: { isServerSet: true },
  },
  // The list of what was refused may be long: it is asked for by name.
  defaultProperties: Object.keys(printers),
  get: {
    async run(ctx, ids, names) {
      const all = await listImports(ctx.store, ctx.actor, ctx.accountId);
      const found = ids === null ? all : all.filter(({ id }) => ids.includes(id));
      return Promise.all(found.map((record) => printImport(ctx, record, names)));
    },
  },
  changes: {
    run: async ({ store, actor, accountId }, since, maxChanges) =>
      changesOf(importIds, await importChanges(store, actor, accountId, since, maxChanges)),
  },
  set: {
    async create(ctx, record) {
      const policy = openPolicy(ctx);
      const given = typeof record['blobId'] === 'string' ? fileOf(record) : imapOf(record, policy);
      const id = await startImport(ctx.store, ctx.actor, ctx.accountId, policy.key, given).catch(sayingOf);
      return { id, properties: { kind: given.kind, state: 'waiting', password: null } };
    },
    update: (ctx, updates) =>
      eachUpdate(updates, async (id, patch) => {
        await changeState(ctx, id, patch);
        return null;
      }),
    destroy: ({ store, actor, accountId }, ids) => eachDestroy(ids, (id) => removeImport(store, actor, accountId, id)),
  },
});

/** Too many at once is no matter of recipients. */
function sayingOf(error: unknown): never {
  if (!(error instanceof Refusal) || error.reason !== 'tooMany') throw error;
  throw new SetFailure({ type: 'rateLimit', description: `no more than ${error.details.limit} imports at once` });
}

async function printImport(ctx: AccountContext, record: ListedImport, names: readonly string[]): Promise<JsonObject> {
  const members = names.map((name): [string, Json] => [name, printers[name]?.(record) ?? null]);
  if (!names.includes('refused')) return Object.fromEntries(members);
  const refused = await listRefused(ctx.store, ctx.actor, ctx.accountId, record.id);
  return Object.fromEntries([...members, ['refused', refused.map((one) => ({ ...one }))]]);
}

/** @throws {Refusal} `mayNot` where the operator lets nobody import. */
function openPolicy({ store }: SetContext): ImportPolicy {
  const policy = importPolicy(store);
  if (!policy?.isOpen) throw new Refusal('mayNot', { description: 'imports are closed here' });
  return policy;
}

function fileOf(record: JsonObject): NewFileImport {
  const blob = readBlobId(aString(record['blobId'] ?? null) ?? '');
  if (blob?.kind !== 'whole') throw new Refusal('noSuchBlob');
  return { kind: 'file', hash: blob.hash, name: aString(record['name'] ?? null) ?? '' };
}

/** What somebody may name: the ports of IMAP, and TLS, but on hosts that the operator listed. */
function imapOf(record: JsonObject, policy: ImportPolicy): NewImapImport {
  const host = aHost(record['host'] ?? null);
  const userName = aName(record['userName'] ?? null);
  const password = aPassword(record['password'] ?? null);
  const security: Security = securities.find((one) => one === record['security']) ?? 'tls';
  const port = record['port'] ?? (security === 'tls' ? 993 : 143);
  const isListed = policy.reach.anyHost || policy.reach.insideHosts.includes(host?.toLowerCase() ?? '');
  const mayUsePort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
  const bad = [
    ...(host === undefined ? ['host'] : []),
    ...(userName === undefined ? ['userName'] : []),
    ...(password === undefined ? ['password'] : []),
    ...(mayUsePort && (isListed || port === 143 || port === 993) ? [] : ['port']),
    ...(security === 'clear' && !isListed ? ['security'] : []),
  ];
  if (bad.length > 0 || host === undefined || userName === undefined || password === undefined || !mayUsePort)
    throw new Refusal('invalidProperties', { properties: bad });
  const source: ImapSource = {
    kind: 'imap',
    host,
    port,
    security,
    userName,
    login: { kind: 'owner' },
    isTrusted: false,
    acceptsAnyCertificate: policy.anyCertificateHosts.includes(host.toLowerCase()),
    octetsPerSecond: null,
  };
  return { kind: 'imap', source, password };
}

async function changeState(ctx: SetContext, id: ImportId, patch: Patch): Promise<void> {
  const { store, actor, accountId } = ctx;
  const valueOf = (name: string): string | undefined => {
    const change = patch.get(name);
    return change?.kind === 'replace' && typeof change.value === 'string' ? change.value : undefined;
  };
  const password = valueOf('password');
  const state = valueOf('state');
  if (state === 'paused') return pauseImport(store, actor, accountId, id);
  if (state === 'cancelled') return cancelImport(store, actor, accountId, id);
  if (state !== undefined) return resumeImport(store, actor, accountId, id, openPolicy(ctx).key, password);
  // A password alone changes nothing: it is for going on.
  if (password !== undefined) throw new Refusal('invalidProperties', { properties: ['state'] });
  return undefined;
}
