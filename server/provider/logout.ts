/**
 * Back-channel logout (OpenID Connect Back-Channel Logout 1.0): a client whose session came from one of ours is told when
 * that one ends, whoever ended it: its holder here or elsewhere, an administrator, a new password. Nobody waits for it:
 * what is to be told stands in jobs, and a client that is away is told again.
 */
import { createPrivateKey, randomUUID, sign } from 'node:crypto';

import { sessionsEndedKind } from '#server/access/end-sessions.ts';
import { accessPolicy } from '#server/access/policy.ts';
import type { JobKind } from '#server/jobs/run.ts';
import { asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { enqueueJob, finishJob, type Job, postponeJob } from '#server/store/jobs.ts';
import type { Tx } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';

import { isSessionOpen } from '#server/access/login.ts';

import { findClient } from './clients.ts';
import { readClientSessions, tellClientKind } from './consent.ts';
import { signingKeys } from './keys.ts';
import { type PostOptions, postForm } from './post.ts';
import {
  type ArtefactRow,
  deleteArtefact,
  deleteExpiredArtefacts,
  selectOrphanSessions,
  selectSessionsOfPerson,
} from './queries/artefacts.ts';
import { openJson } from './seal.ts';
import { subjectOf } from './subject.ts';

export interface LogoutOptions extends PostOptions {
  /** Our issuer identifier. */
  readonly issuer: () => string;
}

const sweepKind = 'openidSweep';
const sweepEveryMs = 3_600_000;
const orphansAtOnce = 200;
/** Jobs stand under a tenant; what belongs to all of them stands under the first. */
const house = asId<TenantId>(1);

export function providerJobs(store: Store, options: LogoutOptions): Readonly<Record<string, JobKind>> {
  return {
    [sessionsEndedKind]: { leaseMs: 60_000, atOnce: 2, attempts: 5, run: (job) => passOn(store, job) },
    [tellClientKind]: { leaseMs: 60_000, atOnce: 8, attempts: 6, run: (job) => tell(store, options, job) },
    // It comes back for ever: a failure is tried again at the next turn, and never given up.
    [sweepKind]: { leaseMs: 600_000, atOnce: 1, attempts: Infinity, run: (job) => sweep(store, job) },
  };
}

/** At every start: the job is there once, however many processes start. */
export async function planProviderSweep(store: Store): Promise<void> {
  const now = store.now();
  const job = { tenantId: house, kind: sweepKind, key: 'house', payload: {}, runAt: now + sweepEveryMs };
  await write(store, (tx) => enqueueJob(tx, job, now));
}

/** The sessions clients have of somebody, where ours is gone: each is told in a job of its own. */
async function passOn(store: Store, job: Job): Promise<void> {
  const personId = personIn(job.payload);
  await write(store, async (tx) => {
    if (!(await finishJob(tx, job))) return;
    if (personId === undefined) return;
    const who = { tenantId: job.tenantId, personId };
    for (const row of await selectSessionsOfPerson(tx, who, store.now())) {
      if (row.sessionId !== null && (await isSessionOpen(store, tx, who, row.sessionId))) continue;
      await endRow(store, tx, row);
    }
  });
}

async function endRow(store: Store, tx: Tx, row: ArtefactRow): Promise<void> {
  const { tenantId, personId } = row;
  const at = store.now();
  const payload = openJson(store, `${row.kind} ${row.idHash}`, row.payload) ?? {};
  await deleteArtefact(tx, row.kind, row.idHash);
  if (tenantId === null || personId === null) return;
  for (const { clientId, sid } of readClientSessions(payload)) {
    const told = { clientId, personId, sid };
    await enqueueJob(tx, { tenantId, kind: tellClientKind, payload: told, runAt: at }, at);
  }
}

/** Sessions that ended by themselves, and whatever else has. */
async function sweep(store: Store, job: Job): Promise<void> {
  for (let found = orphansAtOnce; found === orphansAtOnce;) {
    found = await write(store, async (tx) => {
      const at = store.now();
      const idleSince = at - accessPolicy(store).sessionIdleMs;
      const rows = await selectOrphanSessions(tx, { at, idleSince, limit: orphansAtOnce });
      for (const row of rows) await endRow(store, tx, row);
      return rows.length;
    });
  }
  await write(store, async (tx) => {
    await deleteExpiredArtefacts(tx, store.now());
    await postponeJob(tx, job, store.now() + sweepEveryMs, null);
  });
}

async function tell(store: Store, options: LogoutOptions, job: Job): Promise<void> {
  const told = readTold(job.payload);
  const client = told && (await findClient(store, told.clientId));
  if (client && client.tenantId === job.tenantId && client.logoutUri !== null) {
    const sub = await subjectOf(store, { tenantId: job.tenantId, personId: told.personId });
    const logoutToken = await signLogout(store, { iss: options.issuer(), sub, aud: client.id, sid: told.sid });
    await postForm(client.logoutUri, new URLSearchParams({ logout_token: logoutToken }), options);
  }
  await write(store, (tx) => finishJob(tx, job));
}

const tokenSeconds = 120;

/** Back-Channel Logout §2.4: a JWT of its own type, which no client takes for an identity. */
async function signLogout(
  store: Store,
  claims: { readonly iss: string; readonly sub: string; readonly aud: string; readonly sid: string },
): Promise<string> {
  const key = (await signingKeys(store)).find(({ alg }) => alg === 'RS256');
  if (!key) throw new Error('there is no key to sign with');
  const iat = Math.floor(store.now() / 1000);
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const parts = [
    { alg: 'RS256', typ: 'logout+jwt', kid: key.kid },
    { ...claims, iat, exp: iat + tokenSeconds, jti: randomUUID(), events },
  ];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), createPrivateKey({ key: key.jwk, format: 'jwk' }));
  return `${text}.${signature.toString('base64url')}`;
}

function personIn(payload: unknown): PersonId | undefined {
  if (typeof payload !== 'object' || payload === null || !('personId' in payload)) return undefined;
  return typeof payload.personId === 'number' ? asId<PersonId>(payload.personId) : undefined;
}

function readTold(
  payload: unknown,
): { readonly clientId: string; readonly personId: PersonId; readonly sid: string } | undefined {
  const personId = personIn(payload);
  if (personId === undefined || typeof payload !== 'object' || payload === null) return undefined;
  if (!('clientId' in payload) || typeof payload.clientId !== 'string') return undefined;
  if (!('sid' in payload) || typeof payload.sid !== 'string') return undefined;
  return { clientId: payload.clientId, personId, sid: payload.sid };
}
