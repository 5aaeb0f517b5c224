/**
 * Clients: the programs and services that may ask us who somebody is, of one institution each. They are registered by
 * its administrators, who prove again who they are before they change any, or by the operator, and by nobody else. A
 * redirect address is compared octet by octet: whoever could choose where a code goes could be anybody.
 */
import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';

import type { Actor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRole } from '#server/access/require-role.ts';
import { keyedHash } from '#server/access/secret.ts';
import { requireSecondOver } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { endClient } from './consent.ts';
import {
  type Client,
  deleteClient,
  insertClient,
  selectClient,
  selectClients,
  selectHasClient,
  updateClient,
} from './queries/clients.ts';
import { allClientScopes, type ClientScope } from './scopes.ts';

export type { Client };

export interface ClientFields {
  readonly name: string;
  readonly isFirstParty: boolean;
  readonly redirectUris: readonly string[];
  readonly postLogoutUris: readonly string[];
  readonly logoutUri: string | null;
  readonly scopes: readonly ClientScope[];
}

export interface NewClient extends Partial<ClientFields> {
  readonly name: string;
  readonly redirectUris: readonly string[];
  /** Whether it can keep a secret; a program on somebody's device or in a page cannot (RFC 6749 §2.1). */
  readonly isConfidential: boolean;
}

const uriCharacters = 2000;
const urisAtMost = 50;
const clientsAtMost = 500;

/**
 * Registers a client of a tenant. @returns its id, and the secret of a confidential one: shown this once.
 * @throws {Refusal} `mayNot` without a role over the whole tenant; `stepUpNeeded`, `invalidProperties`, `tooMany`.
 */
export async function addClient(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  given: NewClient,
): Promise<{ readonly id: string; readonly secret: string | null }> {
  const { isConfidential, name, redirectUris } = given;
  const { isFirstParty = false, postLogoutUris = [], logoutUri = null } = given;
  const { scopes = ['openid', 'profile', 'email'] } = given;
  const fields = checkFields({ name, isFirstParty, redirectUris, postLogoutUris, logoutUri, scopes }, isConfidential);
  const secret = isConfidential ? randomBytes(32).toString('base64url') : null;
  const id = randomUUID();
  const add = async (tx: Tx): Promise<void> => {
    const at = store.now();
    await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, at);
    await requireFresh(tx, actor, at);
    if ((await selectClients(tx, tenantId)).length >= clientsAtMost)
      throw new Refusal('tooMany', { limit: clientsAtMost });
    await requireTwo(store, tx, actor, { tenantId, act: 'addClient', name, before: undefined, secret }, at);
    const secretHash = secret === null ? null : hashSecret(store, id, secret);
    await insertClient(tx, { ...fields, id, tenantId, secretHash, createdAt: at, updatedAt: at });
    await recordTrace(tx, { tenantId, actor, verb: 'addClient', at, details: traceOf(id, fields) });
  };
  await orWaiting(store, actor, { verb: 'addClient', tenantId, given }, null, () => write(store, add));
  return { id, secret };
}

/** Those of a tenant, by name. @throws {Refusal} `mayNot`. */
export function listClients(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly Client[]> {
  return read(store, async (tx) => {
    await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, store.now());
    return selectClients(tx, tenantId);
  });
}

/** @throws {Refusal} `mayNot`, `noSuchClient`, `stepUpNeeded`, `invalidProperties`. */
export async function changeClient(
  store: Store,
  actor: Actor,
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: string },
  change: Partial<ClientFields>,
): Promise<void> {
  const alter = async (tx: Tx): Promise<void> => {
    const at = store.now();
    const client = await requireClient(tx, actor, { tenantId, id }, at);
    await requireTwo(store, tx, actor, { tenantId, act: 'changeClient', name: client.name, before: client }, at);
    const fields = checkFields({ ...fieldsOf(client), ...change }, client.secretHash !== null);
    await updateClient(tx, { ...client, ...fields, updatedAt: at });
    await recordTrace(tx, { tenantId, actor, verb: 'changeClient', at, details: traceOf(id, fields) });
  };
  await orWaiting(store, actor, { verb: 'changeClient', tenantId, id, change }, null, () => write(store, alter));
}

/**
 * Another secret, and the one before ends at once.
 * @throws {Refusal} `mayNot`, `noSuchClient`, `stepUpNeeded`; `invalidProperties` for a public one.
 */
export async function renewClientSecret(
  store: Store,
  actor: Actor,
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: string },
): Promise<{ readonly secret: string }> {
  const secret = randomBytes(32).toString('base64url');
  const renew = async (tx: Tx): Promise<void> => {
    const at = store.now();
    const client = await requireClient(tx, actor, { tenantId, id }, at);
    if (client.secretHash === null) throw new Refusal('invalidProperties', { properties: ['secret'] });
    const asked = { tenantId, act: 'renewClientSecret', name: client.name, before: client, secret } as const;
    await requireTwo(store, tx, actor, asked, at);
    await updateClient(tx, { ...client, secretHash: hashSecret(store, id, secret), updatedAt: at });
    await recordTrace(tx, { tenantId, actor, verb: 'renewClientSecret', at, details: { client: id } });
  };
  await orWaiting(store, actor, { verb: 'renewClientSecret', tenantId, id }, null, () => write(store, renew));
  return { secret };
}

/** Ends a client, and at once every token it has. @throws {Refusal} `mayNot`, `noSuchClient`, `stepUpNeeded`. */
export async function removeClient(
  store: Store,
  actor: Actor,
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: string },
): Promise<void> {
  const remove = async (tx: Tx): Promise<void> => {
    const at = store.now();
    const before = await requireClient(tx, actor, { tenantId, id }, at);
    const { name } = before;
    await requireTwo(store, tx, actor, { tenantId, act: 'removeClient', name, before }, at);
    await deleteClient(tx, tenantId, id);
    await recordTrace(tx, { tenantId, actor, verb: 'removeClient', at, details: { client: id, name } });
  };
  await orWaiting(store, actor, { verb: 'removeClient', tenantId, id }, null, () => write(store, remove));
  await endClient(store, tenantId, id);
}

interface Asked {
  readonly tenantId: TenantId;
  readonly act: 'addClient' | 'changeClient' | 'renewClientSecret' | 'removeClient';
  readonly name: string;
  readonly before: Client | undefined;
  readonly secret?: string | null;
}

/** @throws {Refusal} as `requireSecond`. */
function requireTwo(store: Store, tx: Tx, actor: Actor, asked: Asked, at: number): Promise<void> {
  const { tenantId, act, name, before, secret } = asked;
  const seen = { id: before?.id ?? null, updatedAt: before?.updatedAt ?? null };
  const details = { act, name };
  const danger = {
    tenantId,
    kinds: ['clients'],
    power: 'administer',
    seen,
    details,
    secret: secret ?? undefined,
  } as const;
  return requireSecondOver(store, tx, actor, danger, at, (one) =>
    requireRole(tx, one, 'administer', { tenantId, unitId: null }, at),
  );
}

/** Whoever shows its id; what they may see of it is the caller's to know. */
export function findClient(store: Store, id: string): Promise<Client | undefined> {
  return read(store, (tx) => selectClient(tx, id));
}

/** Whether there is any client on this platform: without one the provider sleeps. */
export function hasClients(store: Store): Promise<boolean> {
  return read(store, selectHasClient);
}

/** Bound to the client: the same secret has another hash for another one. */
function hashSecret(store: Store, id: string, secret: string): string {
  return keyedHash(store, 'openidClient', `${id} ${secret}`);
}

/** In a time that tells nothing. */
export function isSecretOf(
  store: Store,
  { id, secretHash }: Pick<Client, 'id' | 'secretHash'>,
  secret: string,
): boolean {
  const expected = Buffer.from(secretHash ?? '');
  const actual = Buffer.from(hashSecret(store, id, secret));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** On a person's device: nothing but the loopback address and schemes of its own (RFC 8252 §7). */
export function isNative({ redirectUris }: Pick<Client, 'redirectUris'>): boolean {
  return redirectUris.every((uri) => !/^https:/i.test(uri));
}

/** One that is about to be changed. */
async function requireClient(
  tx: Tx,
  actor: Actor,
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: string },
  at: number,
): Promise<Client> {
  await requireRole(tx, actor, 'administer', { tenantId, unitId: null }, at);
  const client = await selectClient(tx, id);
  if (client?.tenantId !== tenantId) throw new Refusal('noSuchClient');
  await requireFresh(tx, actor, at);
  return client;
}

function fieldsOf({ name, isFirstParty, redirectUris, postLogoutUris, logoutUri, scopes }: Client): ClientFields {
  return { name, isFirstParty, redirectUris, postLogoutUris, logoutUri, scopes };
}

function traceOf(id: string, { name, isFirstParty, redirectUris, scopes }: ClientFields) {
  return { client: id, name, isFirstParty, redirectUris, scopes };
}

/** @throws {Refusal} `invalidProperties` naming what is wrong. */
function checkFields(given: ClientFields, isConfidential: boolean): ClientFields {
  const name = given.name.trim();
  const wrong = [
    ...(name === '' || name.length > 200 ? ['name'] : []),
    ...(areUris(given.redirectUris, isConfidential) && given.redirectUris.length > 0 ? [] : ['redirectUris']),
    ...(areUris(given.postLogoutUris, isConfidential) ? [] : ['postLogoutUris']),
    ...(given.logoutUri === null || isUri(given.logoutUri, true) ? [] : ['logoutUri']),
    ...(given.scopes.includes('openid') || given.scopes.some((scope) => scope !== 'offline_access') ? [] : ['scopes']),
  ];
  if (wrong.length > 0) throw new Refusal('invalidProperties', { properties: wrong });
  const scopes = allClientScopes.filter((scope) => given.scopes.includes(scope));
  return { ...given, name, scopes, redirectUris: [...new Set(given.redirectUris)] };
}

function areUris(uris: readonly string[], isConfidential: boolean): boolean {
  return uris.length <= urisAtMost && uris.every((uri) => isUri(uri, isConfidential));
}

/** A scheme of a program's own is a name its makers own, in reverse: `org.example.app:/…` (RFC 8252 §7.1). */
const ownScheme = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;
const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** @param isWeb TLS, or the loopback address for trials; else also a scheme of the program's own. */
function isUri(text: string, isWeb: boolean): boolean {
  const uri = text.length <= uriCharacters && !/[\s#*]/.test(text) ? URL.parse(text) : null;
  if (!uri || uri.username !== '' || uri.password !== '') return false;
  if (uri.protocol === 'https:') return uri.hostname !== '';
  if (uri.protocol === 'http:') return loopback.has(uri.hostname);
  return !isWeb && ownScheme.test(uri.protocol);
}
