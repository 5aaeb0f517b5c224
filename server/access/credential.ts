/**
 * App passwords and bearer tokens: one for each program, with the scopes it needs, ended without touching the others.
 * The secret is shown once, when it is made.
 */
import { randomUUIDv7 } from 'node:crypto';

import { recordTrace } from '#server/records/trace.ts';
import { asUuid, type PersonId, type TenantId, type Uuid } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transaction } from '#server/store/transaction.ts';

import { type Actor, allScopes, type Scope } from './actor.ts';
import {
  type Credential,
  type CredentialKind,
  insertCredential,
  selectCredentials,
  updateRevoked,
} from './queries/credentials.ts';
import { requireFresh } from './factors/fresh.ts';
import { selectHolder } from './queries/people.ts';
import { requireWayIn } from './profile.ts';
import { Refusal } from './refusal.ts';
import { hashAppPassword, hashToken, newAppPassword, newToken, printBearerToken } from './token.ts';

export type { Credential };

export interface PersonRef {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
}

export interface NewCredential extends PersonRef {
  readonly kind: CredentialKind;
  /** "Thunderbird at home". */
  readonly name: string;
  readonly scopes?: readonly Scope[];
  /** Milliseconds since 1970; null for never. */
  readonly expiresAt?: number | null;
}

/** What an app password may be made for: the parts of the house that other programs can reach so far. */
export const offeredScopes: readonly Scope[] = ['mail', 'submission'];

const perPerson = 100;

/**
 * For oneself, in a session of one's own: a program must not make itself another key.
 * @throws {Refusal} `noSuchPerson`, `mayNot`, `stepUpNeeded`, `invalidArguments`, `tooMany`.
 */
export async function addCredential(
  store: Store,
  actor: Actor,
  given: NewCredential,
): Promise<{ readonly id: Uuid; readonly secret: string }> {
  const { tenantId, personId, kind } = given;
  mayKeepKeysOf(actor, given);
  const name = given.name.trim();
  if (name === '' || name.length > 200) throw new Refusal('invalidArguments', { properties: ['name'] });
  const token = newToken();
  const secret = kind === 'appPassword' ? newAppPassword() : printBearerToken(tenantId, token);
  const tokenHash = (kind === 'appPassword' ? hashAppPassword(secret) : undefined) ?? hashToken(token);
  const id = asUuid(randomUUIDv7());
  return write(store, async (tx) => {
    const at = store.now();
    await requireFresh(tx, actor, at);
    if (!(await selectHolder(tx, tenantId, personId))) throw new Refusal('noSuchPerson');
    await requireWayIn(tx, given, { program: undefined, isAppPassword: kind === 'appPassword' });
    if ((await selectCredentials(tx, tenantId, personId, at)).length >= perPerson)
      throw new Refusal('tooMany', { limit: perPerson });
    const { scopes = allScopes, expiresAt = null } = given;
    const unused = { lastUsedAt: null, lastUsedFrom: null };
    await insertCredential(
      tx,
      { id, tenantId, personId, kind, name, scopes, createdAt: at, expiresAt, ...unused },
      tokenHash,
    );
    await recordTrace(tx, { tenantId, actor, verb: 'addCredential', at, details: { kind, name, for: personId } });
    return { id, secret };
  });
}

/** Those that still work, oldest first. @throws {Refusal} `noSuchPerson`, `mayNot`. */
export async function listCredentials(
  store: Store,
  actor: Actor,
  { tenantId, personId }: PersonRef,
): Promise<readonly Credential[]> {
  mayKeepKeysOf(actor, { tenantId, personId });
  return read(store, (tx) => selectCredentials(tx, tenantId, personId, store.now()));
}

/** Ends one at once. @returns whether it still worked. @throws {Refusal} `noSuchPerson`, `mayNot`. */
export async function revokeCredential(
  store: Store,
  actor: Actor,
  { tenantId, personId }: PersonRef,
  id: string,
): Promise<boolean> {
  mayKeepKeysOf(actor, { tenantId, personId });
  const holder = await read(store, (tx) => selectHolder(tx, tenantId, personId));
  if (!holder) throw new Refusal('noSuchPerson');
  return transaction(store, holder.accountId, async (tx) => {
    const at = store.now();
    const isEnded = await updateRevoked(tx, { tenantId, personId }, id, at);
    if (!isEnded) return false;
    // What is open under it asks again who it is.
    tx.changed('Account');
    await recordTrace(tx, { tenantId, actor, verb: 'revokeCredential', at, details: { id } });
    return true;
  });
}

function mayKeepKeysOf(actor: Actor, { tenantId, personId }: PersonRef): void {
  if (actor.kind === 'system') return;
  if (actor.kind !== 'person' || actor.tenantId !== tenantId || actor.personId !== personId)
    throw new Refusal('noSuchPerson');
  if (actor.by !== 'session') throw new Refusal('mayNot');
}
