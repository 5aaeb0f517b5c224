/** The letters about acts that take two administrators: to those who may agree, and to the author what became of it. */
import { administratorsOver, nameOf } from '#server/access/administrators.ts';
import { holderIn } from '#server/access/verify.ts';
import { tellPerson } from '#server/notices/notice.ts';
import type { Tx } from '#server/store/statement.ts';

import type { Approval } from './queries/approvals.ts';

/** So many are asked by letter, those nearest to the person first; all others see it in the console. */
const toldAtMost = 10;

export async function tellApprovers(tx: Tx, approval: Approval, at: number): Promise<void> {
  const { tenantId, power, path, personId, authorPersonId, verb, details, reason, until } = approval;
  const people = await administratorsOver(tx, tenantId, { power, path }, at);
  const others = people.filter((one) => one !== authorPersonId && one !== personId).slice(0, toldAtMost);
  const author = await nameOf(tx, { tenantId, personId: authorPersonId });
  const about = personId === null ? null : await nameOf(tx, { tenantId, personId });
  const act = typeof details['act'] === 'string' ? details['act'] : verb;
  for (const one of others) {
    const holder = await holderIn(tx, { tenantId, personId: one });
    if (holder) await tellPerson(tx, holder, { kind: 'approvalAsked', act, author, about, reason, until }, at);
  }
}

/** Of one that was decided by somebody, or ended by itself; not of one that its author withdrew. */
export async function tellAuthor(
  tx: Tx,
  { tenantId, authorPersonId, personId, deciderPersonId, verb, details, state, answer }: Approval,
  at: number,
): Promise<void> {
  if (state === 'waiting' || state === 'withdrawn') return;
  const holder = await holderIn(tx, { tenantId, personId: authorPersonId });
  if (!holder) return;
  const about = personId === null ? null : await nameOf(tx, { tenantId, personId });
  const decider = deciderPersonId === null ? null : await nameOf(tx, { tenantId, personId: deciderPersonId });
  const act = typeof details['act'] === 'string' ? details['act'] : verb;
  await tellPerson(tx, holder, { kind: 'approvalEnded', act, about, state, decider, answer: answer ?? '' }, at);
}
