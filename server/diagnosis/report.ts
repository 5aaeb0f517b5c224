/**
 * What a browser found out about itself, left for the support under a short code that its owner reads out. Nobody is
 * named in it, and no address is kept: it says what the page said it would, and is gone after a day.
 */
import { randomInt } from 'node:crypto';

import type { Actor } from '#server/access/actor.ts';
import { mayAsk } from '#server/access/asking.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireAnyRole } from '#server/access/require-role.ts';
import { keyedHash } from '#server/access/secret.ts';
import { networkOf } from '#server/access/throttle.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { deleteExpired, insertDiagnosis, selectDiagnosis } from './queries.ts';

/** What may stand in a report; anything else that is sent is left out. */
export const findingNames = [
  'cookies',
  'storage',
  'database',
  'clockAheadSeconds',
  'online',
  'answerMs',
  'serviceState',
  'userAgent',
  'language',
  'timeZone',
  'screen',
  'page',
] as const;
export type FindingName = (typeof findingNames)[number];

export type Findings = Readonly<Partial<Record<FindingName, string | number | boolean>>>;

export interface Diagnosis {
  readonly findings: Findings;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Read aloud without a doubt: no 0 and O, 1 and I. */
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const codeLength = 7;
const keptMs = 24 * 3_600_000;
const textCharacters = 300;
/** Of one network: a school has many people behind one. */
const reports = { most: 20, withinMs: 600_000 };
/** Of one agent: codes are not to be guessed. */
const readings = { most: 60, withinMs: 600_000 };

/** @returns the code. @throws {Refusal} `rateLimited`. */
export async function leaveDiagnosis(store: Store, given: unknown, remoteAddress: string): Promise<string> {
  if (!(await mayAsk(store, { of: `diagnosis ${networkOf(remoteAddress)}`, ...reports })))
    throw new Refusal('rateLimited', { retryAfterSeconds: reports.withinMs / 1000 });
  const findings = JSON.stringify(readFindings(given));
  for (;;) {
    const code = Array.from({ length: codeLength }, () => letters[randomInt(letters.length)]).join('');
    const isNew = await write(store, async (tx) => {
      const at = store.now();
      await deleteExpired(tx, at);
      return insertDiagnosis(tx, { codeHash: hashOf(store, code), findings, at, expiresAt: at + keptMs });
    });
    if (isNew) return code;
  }
}

/**
 * For agents of support.
 * @param typed as it was read out: small letters, spaces and hyphens do not matter.
 * @throws {Refusal} `mayNot`, `rateLimited`; `noSuchJob` for a code that is none, or of more than a day ago.
 */
export async function readDiagnosis(store: Store, actor: Actor, tenantId: TenantId, typed: string): Promise<Diagnosis> {
  const at = store.now();
  await read(store, (tx) => requireAnyRole(tx, actor, 'help', tenantId, at));
  if (
    actor.kind === 'person' &&
    !(await mayAsk(store, { of: `diagnosis of ${tenantId}.${actor.personId}`, ...readings }))
  )
    throw new Refusal('rateLimited');
  const code = typed.toUpperCase().replaceAll(/[\s.-]/g, '');
  return write(store, async (tx) => {
    const found = await selectDiagnosis(tx, hashOf(store, code.slice(0, codeLength + 1)), at);
    if (!found) throw new Refusal('noSuchJob');
    await recordTrace(tx, { tenantId, actor, verb: 'readDiagnosis', at });
    return { findings: readFindings(JSON.parse(found.findings)), createdAt: found.createdAt };
  });
}

function hashOf(store: Store, code: string): string {
  return keyedHash(store, 'diagnosis', code);
}

function readFindings(given: unknown): Findings {
  if (typeof given !== 'object' || given === null) return {};
  const all: Readonly<Record<string, unknown>> = { ...given };
  return Object.fromEntries(
    findingNames.flatMap((name): [string, string | number | boolean][] => {
      const value = all[name];
      if (typeof value === 'string') return [[name, value.slice(0, textCharacters)]];
      if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return [[name, value]];
      return [];
    }),
  );
}
