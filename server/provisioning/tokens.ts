/**
 * Tokens by which another directory (an identity management system, Entra ID, Okta) writes to ours over SCIM. Each is of
 * one tenant, and of one subtree of it where that is enough; it is shown once, kept as a hash, and ends when it is revoked
 * or its day has come. What is done by it stands in the trace under its name.
 */
import { randomUUIDv7 } from 'node:crypto';

import type { Actor, DirectoryActor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { covers } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireAnyRole, requireRole } from '#server/access/require-role.ts';
import { hashToken, newToken } from '#server/access/token.ts';
import { requireSecondOver } from '#server/approvals/gate.ts';
import { orWaiting } from '#server/approvals/second.ts';
import { recordTrace } from '#server/records/trace.ts';
import { asId, asUuid, type TenantId, type UnitId, type Uuid } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { insertToken, type ScimToken, selectToken, selectTokens, updateRevoked, updateUsed } from './queries/tokens.ts';

export type { ScimToken };

export interface NewScimToken {
  /** "Annuaire fédérateur". */
  readonly name: string;
  /** Null: the whole tenant. */
  readonly unitId?: UnitId | null;
  /** Milliseconds since 1970; null for never. */
  readonly expiresAt?: number | null;
}

const nameCharacters = 200;
const tokensAtMost = 50;

/**
 * Makes one. @returns it as the other directory is given it: shown this once.
 * @throws {Refusal} `mayNot`, `noSuchUnit`, `stepUpNeeded`, `invalidProperties`, `tooMany`.
 */
export async function addScimToken(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  given: NewScimToken,
): Promise<{ readonly id: Uuid; readonly secret: string }> {
  const { unitId = null, expiresAt = null } = given;
  const name = given.name.trim();
  if (name === '' || name.length > nameCharacters) throw new Refusal('invalidProperties', { properties: ['name'] });
  const token = newToken();
  const id = asUuid(randomUUIDv7());
  const add = async (tx: Tx): Promise<void> => {
    const at = store.now();
    // Who may make others administer: a token administers, and needs nobody.
    const mayAdd = (one: Actor) => requireRole(tx, one, 'grant', { tenantId, unitId }, at);
    const { path } = await mayAdd(actor);
    await requireFresh(tx, actor, at);
    if (expiresAt !== null && expiresAt <= at) throw new Refusal('invalidProperties', { properties: ['expiresAt'] });
    if ((await selectTokens(tx, tenantId)).length >= tokensAtMost)
      throw new Refusal('tooMany', { limit: tokensAtMost });
    const secret = `${secretPrefix}${tenantId}_${token}`;
    const asked = { act: 'addScimToken', name, endsAt: expiresAt };
    const danger = { tenantId, kinds: ['scim'], power: 'grant', path, seen: {}, details: asked, secret } as const;
    await requireSecondOver(store, tx, actor, danger, at, mayAdd);
    const authorPersonId = actor.kind === 'person' ? actor.personId : null;
    await insertToken(
      tx,
      { tenantId, id, name, unitId, createdAt: at, expiresAt },
      { tokenHash: hashToken(token), authorPersonId },
    );
    const details = { id, name, unit: unitId, expiresAt };
    await recordTrace(tx, { tenantId, actor, verb: 'addScimToken', at, details });
  };
  await orWaiting(store, actor, { verb: 'addScimToken', tenantId, given }, null, () => write(store, add));
  return { id, secret: `${secretPrefix}${tenantId}_${token}` };
}

/** Those within the actor's subtrees that still work or are only expired, the oldest first. @throws {Refusal} `mayNot`. */
export function listScimTokens(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly ScimToken[]> {
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'grant', tenantId, store.now());
    const all = await selectTokens(tx, tenantId);
    return all.filter(({ path }) => held.some((role) => covers(role, { tenantId, path })));
  });
}

/** Ends one at once. @throws {Refusal} `mayNot`, `stepUpNeeded`, `noSuchClient`. */
export async function revokeScimToken(store: Store, actor: Actor, tenantId: TenantId, id: Uuid): Promise<void> {
  const revoke = async (tx: Tx): Promise<void> => {
    const at = store.now();
    const found = (await selectTokens(tx, tenantId)).find((one) => one.id === id);
    const mayRevoke = async (one: Actor): Promise<void> => {
      const held = await requireAnyRole(tx, one, 'grant', tenantId, at);
      if (!found || !held.some((role) => covers(role, { tenantId, path: found.path })))
        throw new Refusal('noSuchClient');
    };
    await mayRevoke(actor);
    if (!found) return;
    await requireFresh(tx, actor, at);
    const { name, path } = found;
    const details = { act: 'revokeScimToken', name };
    const danger = { tenantId, kinds: ['scim'], power: 'grant', path, seen: { id }, details } as const;
    await requireSecondOver(store, tx, actor, danger, at, mayRevoke);
    await updateRevoked(tx, tenantId, id, at);
    await recordTrace(tx, { tenantId, actor, verb: 'revokeScimToken', at, details: { id, name } });
  };
  await orWaiting(store, actor, { verb: 'revokeScimToken', tenantId, id }, null, () => write(store, revoke));
}

const secretPrefix = 'pliscim_';
const secretForm = /^pliscim_([1-9]\d{0,14})_([A-Za-z0-9_-]{43})$/;
/** Between two notes of a token's use. */
const usedEveryMs = 60_000;

/** Who comes by a token. @throws {Refusal} `badCredentials` for every token that does not work, whatever the reason. */
export async function authenticateDirectory(store: Store, secret: string, from: string): Promise<DirectoryActor> {
  const [, tenant, token] = secretForm.exec(secret) ?? [];
  if (tenant === undefined || token === undefined) throw new Refusal('badCredentials');
  const at = store.now();
  const tenantId = asId<TenantId>(Number(tenant));
  const found = await read(store, (tx) => selectToken(tx, tenantId, hashToken(token)));
  if (!found || (found.expiresAt !== null && found.expiresAt <= at)) throw new Refusal('badCredentials');
  if (found.lastUsedAt === null || found.lastUsedAt + usedEveryMs < at || found.lastUsedFrom !== from)
    await write(store, (tx) => updateUsed(tx, found, at, from));
  return { kind: 'directory', tenantId, tokenId: found.id, name: found.name, path: found.path, from };
}
