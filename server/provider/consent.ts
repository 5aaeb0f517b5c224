/**
 * What people allowed clients. Whoever takes it back ends at once every code and token that came from it, and whatever is
 * open in any protocol hears of it by the account's clock; what is asked again must be allowed again.
 */
import type { PersonActor } from '#server/access/actor.ts';
import { holderOf } from '#server/access/verify.ts';
import { Refusal } from '#server/access/refusal.ts';
import { recordTrace } from '#server/records/trace.ts';
import { enqueueJob } from '#server/store/jobs.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { deleteByPersonAndClient, selectSessionsOfPerson } from './queries/artefacts.ts';
import { selectClients } from './queries/clients.ts';
import {
  type Consent,
  deleteConsent,
  type PersonKey,
  selectConsent,
  selectConsents,
  selectPeopleOfClient,
  updateConsentUsed,
  upsertConsent,
} from './queries/consents.ts';
import { allClientScopes, type ClientScope } from './scopes.ts';
import { openJson } from './seal.ts';

export interface Authorised extends Consent {
  /** The client's. */
  readonly name: string;
  readonly isFirstParty: boolean;
}

/** The programs and services that know somebody, the first allowed first. @throws {Refusal} `mayNot` outside a session of one's own. */
export function listAuthorised(store: Store, actor: PersonActor): Promise<readonly Authorised[]> {
  requireOwnSession(actor);
  return read(store, async (tx) => {
    const clients = new Map((await selectClients(tx, actor.tenantId)).map((client) => [client.id, client]));
    return (await selectConsents(tx, actor)).flatMap((consent) => {
      const client = clients.get(consent.clientId);
      return client ? [{ ...consent, name: client.name, isFirstParty: client.isFirstParty }] : [];
    });
  });
}

/** Takes everything back at once. @returns whether there was anything. @throws {Refusal} `mayNot` outside a session of one's own. */
export async function revokeAuthorised(store: Store, actor: PersonActor, clientId: string): Promise<boolean> {
  requireOwnSession(actor);
  const holder = await holderOf(store, actor);
  if (!holder) throw new Refusal('noSuchPerson');
  const { tenantId, accountId } = holder;
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    if (!(await deleteConsent(tx, actor, clientId))) return false;
    await endTokens(store, tx, actor, clientId);
    tx.changed('Account');
    const name = (await selectClients(tx, tenantId)).find(({ id }) => id === clientId)?.name ?? '';
    const details = { client: clientId, name };
    await recordTrace(tx, { tenantId, actor, verb: 'revokeAuthorisation', at, accountId, details });
    return true;
  });
}

/**
 * Takes back everything somebody allowed, within a transaction of their account. Who may is the caller's to know.
 * @returns how many clients.
 */
export async function endAuthorisations(store: Store, tx: Tx, who: PersonKey): Promise<number> {
  const consents = await selectConsents(tx, who);
  for (const { clientId } of consents) {
    await deleteConsent(tx, who, clientId);
    await endTokens(store, tx, who, clientId);
  }
  return consents.length;
}

/** Notes what the person of `actor` allowed; the scopes it had before stay. */
export async function recordConsent(
  store: Store,
  actor: PersonActor,
  {
    clientId,
    name,
    scopes,
  }: { readonly clientId: string; readonly name: string; readonly scopes: readonly ClientScope[] },
): Promise<void> {
  const { tenantId } = actor;
  await write(store, async (tx) => {
    const at = store.now();
    const before = (await selectConsent(tx, actor, clientId))?.scopes;
    const isMore = !before || scopes.some((scope) => !before.includes(scope));
    if (!isMore) return;
    const all = allClientScopes.filter((scope) => scopes.includes(scope) || before?.includes(scope));
    await upsertConsent(tx, actor, { clientId, scopes: all, at });
    await recordTrace(tx, { tenantId, actor, verb: 'authorise', at, details: { client: clientId, name, scopes: all } });
  });
}

/** Whether somebody allowed a client all that, and has not taken it back. */
export async function isAllowed(
  store: Store,
  who: PersonKey,
  clientId: string,
  scopes: readonly ClientScope[],
): Promise<boolean> {
  const consent = await read(store, (tx) => selectConsent(tx, who, clientId));
  return consent !== undefined && scopes.every((scope) => consent.scopes.includes(scope));
}

/** "Last used" is known to this. */
const usedEveryMs = 10 * 60_000;

/** @param from the remote address of a program; null where the client's own server asks. */
export async function noteUsed(store: Store, who: PersonKey, clientId: string, from: string | null): Promise<void> {
  const known = await read(store, (tx) => selectConsent(tx, who, clientId));
  const at = store.now();
  if (!known || (known.lastUsedAt !== null && known.lastUsedAt + usedEveryMs > at && known.lastUsedFrom === from))
    return;
  await write(store, (tx) => updateConsentUsed(tx, who, clientId, { at, from }));
}

/** Of everybody, for a client that is no more. */
export async function endClient(store: Store, tenantId: TenantId, clientId: string): Promise<void> {
  const people = await read(store, (tx) => selectPeopleOfClient(tx, tenantId, clientId));
  for (const personId of people) await endFor(store, { tenantId, personId }, clientId);
}

async function endFor(store: Store, who: { tenantId: TenantId; personId: PersonId }, clientId: string): Promise<void> {
  await write(store, async (tx) => {
    await deleteConsent(tx, who, clientId);
    await deleteByPersonAndClient(tx, who, clientId);
  });
}

/** The job that tells a client that a session of its own has ended (logout.ts). */
export const tellClientKind = 'openidLogout';

/** A session a client has, as the protocol's library writes it. */
export interface ClientSession {
  readonly clientId: string;
  readonly sid: string;
}

/** Which clients have a session, by its payload. */
export function readClientSessions(payload: Readonly<Record<string, unknown>>): readonly ClientSession[] {
  const { authorizations } = payload;
  if (typeof authorizations !== 'object' || authorizations === null) return [];
  return Object.entries(authorizations).flatMap(([clientId, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && 'sid' in value && typeof value.sid === 'string'
      ? [{ clientId, sid: value.sid }]
      : [],
  );
}

async function endTokens(store: Store, tx: Tx, who: PersonKey, clientId: string): Promise<void> {
  const at = store.now();
  for (const row of await selectSessionsOfPerson(tx, who, at)) {
    const payload = openJson(store, `${row.kind} ${row.idHash}`, row.payload) ?? {};
    for (const { sid } of readClientSessions(payload).filter((one) => one.clientId === clientId))
      await enqueueJob(
        tx,
        { tenantId: who.tenantId, kind: tellClientKind, payload: { clientId, personId: who.personId, sid }, runAt: at },
        at,
      );
  }
  await deleteByPersonAndClient(tx, who, clientId);
}

/** @throws {Refusal} `mayNot`: a program must not see nor end what others were allowed. */
function requireOwnSession(actor: PersonActor): void {
  if (actor.by !== 'session') throw new Refusal('mayNot');
}
