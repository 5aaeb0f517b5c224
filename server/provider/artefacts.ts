/**
 * What is under way between clients and us: codes, tokens, grants, the sessions clients have. Each ends by itself; what
 * a session of ours began ends with it. The protocol's head says what they mean; here they are kept, found and ended.
 */
import { isSessionOpen } from '#server/access/login.ts';
import { read, type Store, write } from '#server/store/store.ts';
import type { Tx } from '#server/store/statement.ts';

import {
  type ArtefactRow,
  deleteArtefact,
  deleteByGrant,
  deleteKindByGrant,
  selectArtefact,
  selectArtefactByUid,
  updateConsumed,
  upsertArtefact,
} from './queries/artefacts.ts';
import { selectPersonOf } from './queries/consents.ts';
import { hashValue, openJson, sealJson } from './seal.ts';

/** As the protocol's library writes it; what is read of it is told in `Told`. */
export type Payload = Readonly<Record<string, unknown>>;

/** What of a payload stands in columns. */
interface Told {
  readonly accountId?: unknown;
  readonly clientId?: unknown;
  readonly grantId?: unknown;
  readonly uid?: unknown;
}

export interface KeptArtefact {
  readonly payload: Payload;
  readonly row: ArtefactRow;
}

/** @param expiresIn seconds. @param sessionId of the session of ours it ends with, where it is known now. */
export async function keepArtefact(
  store: Store,
  kind: string,
  value: string,
  given: { readonly payload: Payload; readonly expiresIn: number; readonly sessionId?: string | undefined },
): Promise<void> {
  const { payload, expiresIn, sessionId } = given;
  const told: Told = payload;
  const idHash = hashValue(store, kind, value);
  await write(store, async (tx) => {
    const who = typeof told.accountId === 'string' ? await selectPersonOf(tx, told.accountId) : undefined;
    const now = store.now();
    await upsertArtefact(tx, {
      kind,
      idHash,
      tenantId: who?.tenantId ?? null,
      personId: who?.personId ?? null,
      clientId: textOf(told.clientId),
      grantId: kind === 'Grant' ? value : textOf(told.grantId),
      uidHash: typeof told.uid === 'string' ? hashValue(store, 'uid', told.uid) : null,
      sessionId: sessionId ?? null,
      payload: sealJson(store, `${kind} ${idHash}`, payload),
      consumedAt: null,
      createdAt: now,
      expiresAt: now + expiresIn * 1000,
    });
  });
}

/** @returns undefined too when it has ended, or the session of ours it came from has. */
export function findArtefact(store: Store, kind: string, value: string): Promise<KeptArtefact | undefined> {
  return read(store, (tx) => selectStanding(store, tx, kind, value));
}

export async function selectStanding(
  store: Store,
  tx: Tx,
  kind: string,
  value: string,
): Promise<KeptArtefact | undefined> {
  return standing(store, tx, await selectArtefact(tx, kind, hashValue(store, kind, value), store.now()));
}

/** The session of that name. */
export async function selectStandingSession(store: Store, tx: Tx, uid: string): Promise<KeptArtefact | undefined> {
  return standing(store, tx, await selectArtefactByUid(tx, hashValue(store, 'uid', uid), store.now()));
}

export function findSession(store: Store, uid: string): Promise<KeptArtefact | undefined> {
  return read(store, (tx) => selectStandingSession(store, tx, uid));
}

/** A code is taken once. @throws {Error} for whoever comes second at the same moment. */
export async function consumeArtefact(store: Store, kind: string, value: string): Promise<void> {
  const isFirst = await write(store, (tx) => updateConsumed(tx, kind, hashValue(store, kind, value), store.now()));
  if (!isFirst) throw new Error(`${kind} was consumed meanwhile`);
}

export async function endArtefact(store: Store, kind: string, value: string): Promise<void> {
  await write(store, async (tx) => {
    if (kind === 'Grant') await deleteByGrant(tx, value);
    await deleteArtefact(tx, kind, hashValue(store, kind, value));
  });
}

/** All of a kind that came from a grant. */
export async function endArtefactsOfGrant(store: Store, kind: string, grantId: string): Promise<void> {
  await write(store, (tx) => deleteKindByGrant(tx, kind, grantId));
}

async function standing(store: Store, tx: Tx, row: ArtefactRow | undefined): Promise<KeptArtefact | undefined> {
  if (!row) return undefined;
  const { tenantId, personId, sessionId } = row;
  if (sessionId !== null) {
    if (tenantId === null || personId === null) return undefined;
    if (!(await isSessionOpen(store, tx, { tenantId, personId }, sessionId))) return undefined;
  }
  const payload = openJson(store, `${row.kind} ${row.idHash}`, row.payload);
  if (!payload) return undefined;
  return { row, payload: row.consumedAt === null ? payload : { ...payload, consumed: seconds(row.consumedAt) } };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
