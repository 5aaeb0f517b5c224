/**
 * The rows of somebody who is other than they were: one way for the console, other directories, imports and appointments.
 * The words they are found by, the name recipients see and the name they send under follow in the same transaction. Who
 * may, and what is free, the caller knows.
 */
import type { Actor } from '#server/access/actor.ts';
import { followName } from '#server/mail/identities/follow.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { PeopleRunId, PersonId, UnitId } from '#server/store/ids.ts';
import type { AccountTx } from '#server/store/transaction.ts';

import { directoryWords, sortKey } from './fold.ts';
import { deleteWords, type Profile, updateProfile } from './queries/change.ts';
import { insertWords } from './queries/people.ts';

const compared = [
  'userName',
  'givenName',
  'familyName',
  'name',
  'unitId',
  'population',
  'functionName',
  'language',
  'externalId',
  'quotaOctets',
  'numenHash',
  'birthDate',
  'recoveryEmail',
] as const satisfies readonly (keyof Profile)[];

export type ProfileField = (typeof compared)[number];

const wordsFrom: ReadonlySet<ProfileField> = new Set<ProfileField>(['givenName', 'familyName', 'functionName']);
const accountFields: ReadonlySet<ProfileField> = new Set<ProfileField>(['name', 'unitId', 'quotaOctets']);

/** @returns the names of what is different now; nothing is written where nothing is. */
export async function writeProfile(
  tx: AccountTx,
  personId: PersonId,
  before: Profile,
  after: Profile,
  at: number,
): Promise<readonly ProfileField[]> {
  const changed = compared.filter((name) => before[name] !== after[name]);
  if (changed.length === 0) return [];
  const { tenantId, accountId } = tx;
  const ofAccount = changed.some((name) => accountFields.has(name));
  await updateProfile(
    tx,
    { tenantId, personId, accountId },
    { ...after, sortKey: sortKey(after.familyName, after.givenName) },
    { at, ofAccount },
  );
  if (changed.some((name) => wordsFrom.has(name))) await writeWords(tx, after);
  await followName(tx, { from: before.name, to: after.name });
  tx.changed('Account', ...(changed.includes('quotaOctets') ? (['Quota'] as const) : []));
  return changed;
}

/** As recipients see somebody who was given no other name. */
export function fullName({ givenName, familyName }: Pick<Profile, 'givenName' | 'familyName'>): string {
  return `${givenName} ${familyName}`.trim();
}

/** As recipients see them now: a name made of the two names follows them, another one stays. */
export function nameAfter(before: Profile, now: Pick<Profile, 'givenName' | 'familyName'>): string {
  return before.name === fullName(before) ? fullName(now) : before.name;
}

async function writeWords(tx: AccountTx, { givenName, familyName, functionName }: Profile): Promise<void> {
  const { tenantId, accountId } = tx;
  await deleteWords(tx, tenantId, accountId);
  const words = directoryWords(familyName, givenName, functionName ?? '');
  await insertWords(
    tx,
    tenantId,
    words.map((word) => ({ accountId, word })),
  );
}

export interface TracedChange {
  readonly actor: Actor;
  readonly verb: 'changePerson' | 'undoImport';
  readonly personId: PersonId;
  readonly changed: readonly string[];
  readonly unitId: UnitId | null;
  /** Of the import that did it. */
  readonly runId?: PeopleRunId;
}

export async function traceChange(
  tx: AccountTx,
  { actor, verb, personId, changed, unitId, runId }: TracedChange,
  at: number,
): Promise<void> {
  const { tenantId, accountId } = tx;
  const details = { of: personId, changed, unit: unitId, ...(runId !== undefined && { import: runId }) };
  await recordTrace(tx, { tenantId, actor, verb, at, accountId, details });
}
