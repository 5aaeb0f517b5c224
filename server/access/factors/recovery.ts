/**
 * Recovery codes: for whoever has lost their telephone. Ten, shown once, each good for one login. Kept as keyed hashes:
 * fifty bits are few for whoever has the table, and none without the key.
 */
import { randomInt } from 'node:crypto';

import { keyedHash } from '#server/access/secret.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import type { Store } from '#server/store/store.ts';

import {
  deleteRecoveryCodes,
  insertRecoveryCodes,
  selectIsRecoveryCode,
  selectRecoveryCodes,
  updateRecoveryCodeUsed,
} from './queries/recovery-codes.ts';

interface Who {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
}

const count = 10;
const letters = 10;
/** Without those people take for each other on paper: 0 o, 1 i l. */
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz';

/** Replaces all codes of a person. @returns the new ones, as people read them: `x4fk2-9mtpq`. */
export async function replaceRecoveryCodes(
  store: Store,
  tx: Tx,
  who: Who,
  at: number,
  codes: readonly string[] = newRecoveryCodes(),
): Promise<readonly string[]> {
  await deleteRecoveryCodes(tx, who);
  await insertRecoveryCodes(
    tx,
    who,
    codes.map((code) => hashOf(store, who, code)),
    at,
  );
  return codes;
}

/** Whether it is one of theirs that still works. */
export function isRecoveryCode(store: Store, tx: Tx, who: Who, code: string): Promise<boolean> {
  return selectIsRecoveryCode(tx, who, hashOf(store, who, code));
}

/** Uses one up. @returns false for one that is none of theirs, or was used. */
export function useRecoveryCode(store: Store, tx: Tx, who: Who, code: string, at: number): Promise<boolean> {
  return updateRecoveryCodeUsed(tx, who, hashOf(store, who, code), at);
}

/** How many still work, and when they were made (milliseconds since 1970). */
export async function countRecoveryCodes(
  tx: Tx,
  who: Who,
): Promise<{ readonly left: number; readonly madeAt: number | undefined }> {
  const codes = await selectRecoveryCodes(tx, who);
  return { left: codes.filter(({ usedAt }) => usedAt === null).length, madeAt: codes[0]?.createdAt };
}

export function newRecoveryCodes(): readonly string[] {
  const letter = (): string => alphabet.charAt(randomInt(alphabet.length));
  const word = (): string => Array.from({ length: letters / 2 }, letter).join('');
  return Array.from({ length: count }, () => `${word()}-${word()}`);
}

/** As typed: in any case, with or without the hyphen. */
function hashOf(store: Store, { tenantId, personId }: Who, code: string): string {
  const plain = code
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  return keyedHash(store, 'recoveryCode', `${tenantId}.${personId} ${plain}`);
}
