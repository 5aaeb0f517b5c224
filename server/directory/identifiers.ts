/** Numbers no account gives, for the nouns whose tables hang from a tenant. */
import type { RoleId } from '#server/access/powers.ts';
import type { MandateId } from '#server/access/rights.ts';
import type { Tx } from '#server/store/statement.ts';

import { newId } from './queries/institution.ts';

export function newMandateId(tx: Tx): Promise<MandateId> {
  return newId<MandateId>(tx, 'mandate');
}

export function newRoleId(tx: Tx): Promise<RoleId> {
  return newId<RoleId>(tx, 'role');
}
