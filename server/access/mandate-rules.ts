/** What a tenant decided about mandates: a member of its settings. */
import { readTenantSettings } from '#server/directory/settings.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { allRights, type Right } from './rights.ts';

export interface MandateRules {
  /** Rights that an administrator has to agree to besides, when one person gives them to another. */
  readonly approvalFor: readonly Right[];
  /** Longer ones are not given by people; null for any length, and without an end. */
  readonly longestDays: number | null;
  /** Both sides are reminded of the end so many days before it. */
  readonly remindDaysBefore: number;
}

const defaults: MandateRules = { approvalFor: [], longestDays: null, remindDaysBefore: 14 };

/** The member of a tenant's settings. */
const member = 'mandates';

export async function mandateRules(tx: Tx, tenantId: TenantId): Promise<MandateRules> {
  const given = (await readTenantSettings(tx, tenantId))[member];
  return typeof given === 'object' && given !== null ? readRules({ ...given }) : defaults;
}

function readRules(given: Readonly<Record<string, unknown>>): MandateRules {
  const { approvalFor, longestDays, remindDaysBefore } = given;
  return {
    approvalFor: Array.isArray(approvalFor) ? allRights.filter((right) => approvalFor.includes(right)) : [],
    longestDays: isDays(longestDays) ? longestDays : defaults.longestDays,
    remindDaysBefore: isDays(remindDaysBefore) ? remindDaysBefore : defaults.remindDaysBefore,
  };
}

const isDays = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
