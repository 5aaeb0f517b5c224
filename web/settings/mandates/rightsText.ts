/** What a mandate lets one do, in one line: what a wider right brings with it is not said besides. */
import { listText } from '#web/words/lists.ts';
import { t } from '#web/words/mandates.ts';
import type { RightName } from './mandates.ts';

const brings: Readonly<Record<RightName, readonly RightName[]>> = {
  read: [],
  draft: [],
  write: [],
  sendOnBehalf: ['draft'],
  sendAs: ['draft', 'sendOnBehalf'],
  manage: ['draft', 'write'],
};

export function rightsText(rights: readonly RightName[]): string {
  const implied = new Set(rights.flatMap((right) => brings[right]));
  return listText(rights.filter((right) => !implied.has(right)).map((right) => t(`right.${right}`)));
}
