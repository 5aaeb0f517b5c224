/**
 * The rights a mandate gives on an account. They are few, because a person must understand them in one line; what
 * each one brings with it is written here and nowhere else.
 */
import type { AccountId, Brand } from '#server/store/ids.ts';

import type { Reader } from './reader.ts';

export type MandateId = Brand<number, 'MandateId'>;

export type Right =
  /** See everything that is not marked sensitive. */
  | 'read'
  /** Write drafts for somebody else to send. */
  | 'draft'
  /** File, flag, move and delete emails; make and change mailboxes. */
  | 'write'
  /** Send "X on behalf of Y". */
  | 'sendOnBehalf'
  /** Send as Y. */
  | 'sendAs'
  /** Filters, forwards, members: everything the holder may do, but the password. */
  | 'manage';

export const allRights: readonly Right[] = ['read', 'draft', 'write', 'sendOnBehalf', 'sendAs', 'manage'];

const brings: Readonly<Record<Right, readonly Right[]>> = {
  read: ['read'],
  draft: ['read', 'draft'],
  write: ['read', 'write'],
  sendOnBehalf: ['read', 'draft', 'sendOnBehalf'],
  sendAs: ['read', 'draft', 'sendOnBehalf', 'sendAs'],
  manage: ['read', 'draft', 'write', 'manage'],
};

/** What lets a verb go on: under which title, with which rights. */
export interface Granted {
  readonly accountId: AccountId;
  /** The mandate acted under; undefined on one's own account and for the house itself. */
  readonly mandateId: MandateId | undefined;
  readonly isOwn: boolean;
  /** With what each one brings, in the order of `allRights`. */
  readonly rights: readonly Right[];
  /** Whose `$seen` it is; undefined where it is everybody's, and for the house itself. */
  readonly reader: Reader | undefined;
}

export function withBrought(rights: readonly Right[]): readonly Right[] {
  const all = new Set(rights.flatMap((right) => brings[right]));
  return allRights.filter((right) => all.has(right));
}

/** Reads the column `mandate.rights`; a right this version does not know gives nothing. */
export function parseRights(json: string): readonly Right[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? allRights.filter((right) => value.includes(right)) : [];
}
