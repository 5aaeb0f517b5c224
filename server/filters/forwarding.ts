/** Whether somebody's filters may send mail out of the institution: a rule of it, or of their population. */
import { profileOfPopulation } from '#server/access/profile.ts';
import type { Tx } from '#server/store/statement.ts';

import type { Owner } from './queries/owner.ts';

/** Read at each delivery; scripts stay as they are. */
export async function mayForwardOutside(tx: Tx, { tenantId, population }: Owner): Promise<boolean> {
  return (await profileOfPopulation(tx, tenantId, population)).forwardOutside === 'allow';
}
