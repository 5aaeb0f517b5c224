/** Imports of an account (JMAP Import, our own type), as this page needs them. */
import type { AccountId } from '#web/sync/records.ts';
import { isObject, list, listOr, numberOr, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export const importCapability = 'urn:pli:params:jmap:import';

const states = ['waiting', 'running', 'paused', 'done', 'failed', 'cancelled'] as const;
export type ImportState = (typeof states)[number];

export interface Import {
  readonly id: string;
  readonly kind: 'imap' | 'file';
  readonly host: string;
  readonly userName: string;
  /** Of a file, as the person's computer calls it. */
  readonly name: string;
  readonly state: ImportState;
  readonly problem: string | undefined;
  readonly needsPassword: boolean;
  readonly createdAt: string;
  readonly folder: string | undefined;
  readonly messages: number;
  readonly imported: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly octets: number;
}

export interface Refused {
  readonly folder: string;
  readonly message: string;
  readonly reason: string;
}

/** The newest first. @throws as `client.request` does. */
export async function fetchImports(sync: Sync, accountId: AccountId): Promise<readonly Import[]> {
  const answers = await sync.client.request([['Import/get', { accountId, ids: null }, 'all']]);
  return list(answers.of('all')['list'], readImport);
}

export function readImport(value: unknown): Import {
  const it = object(value);
  const progress = isObject(it['progress']) ? it['progress'] : {};
  const count = (name: string): number => numberOr(progress[name], 0);
  return {
    id: text(it['id']),
    kind: it['kind'] === 'file' ? 'file' : 'imap',
    host: textOr(it['host'], ''),
    userName: textOr(it['userName'], ''),
    name: textOr(it['name'], ''),
    state: states.find((state) => state === it['state']) ?? 'waiting',
    problem: textOr(it['problem'], undefined),
    needsPassword: it['needsPassword'] === true,
    createdAt: textOr(it['createdAt'], '1970-01-01T00:00:00Z'),
    folder: textOr(progress['folder'], undefined),
    messages: count('messages'),
    imported: count('imported'),
    duplicates: count('duplicates'),
    refused: count('refused'),
    octets: count('octets'),
  };
}

/** @throws as `client.request` does. */
export async function fetchRefused(sync: Sync, accountId: AccountId, id: string): Promise<readonly Refused[]> {
  const args = { accountId, ids: [id], properties: ['refused'] };
  const answers = await sync.client.request([['Import/get', args, 'one']]);
  const [one] = list(answers.of('one')['list'], object);
  return listOr(one?.['refused'], (value) => {
    const it = object(value);
    return { folder: textOr(it['folder'], ''), message: textOr(it['message'], ''), reason: textOr(it['reason'], '') };
  });
}

/** `type` of the SetError (RFC 8620 §5.3), and the properties at fault; undefined where it was done. */
export interface SetRefusal {
  readonly type: string;
  readonly properties: readonly string[];
}

/** @throws as `client.request` does. */
export async function createImport(
  sync: Sync,
  accountId: AccountId,
  record: JsonObject,
): Promise<SetRefusal | undefined> {
  const answers = await sync.client.request([['Import/set', { accountId, create: { one: record } }, 'set']]);
  return refusalIn(answers.of('set')['notCreated'], 'one');
}

/** @throws as `client.request` does. */
export async function updateImport(
  sync: Sync,
  accountId: AccountId,
  id: string,
  patch: JsonObject,
): Promise<SetRefusal | undefined> {
  const answers = await sync.client.request([['Import/set', { accountId, update: { [id]: patch } }, 'set']]);
  return refusalIn(answers.of('set')['notUpdated'], id);
}

/** @throws as `client.request` does. */
export async function removeImport(sync: Sync, accountId: AccountId, id: string): Promise<SetRefusal | undefined> {
  const answers = await sync.client.request([['Import/set', { accountId, destroy: [id] }, 'set']]);
  return refusalIn(answers.of('set')['notDestroyed'], id);
}

function refusalIn(refused: unknown, id: string): SetRefusal | undefined {
  const error = isObject(refused) ? refused[id] : undefined;
  if (!isObject(error)) return undefined;
  return { type: textOr(error['type'], 'serverFail'), properties: listOr(error['properties'], text) };
}

export function isOpen({ state }: Import): boolean {
  return state === 'waiting' || state === 'running';
}
