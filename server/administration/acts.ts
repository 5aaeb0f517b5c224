/** What may be done about somebody's account: in which states, by which power. One table for buttons and verbs alike. */
import type { Power } from '#server/access/powers.ts';

export const actKinds = [
  'unlock',
  'resetPassword',
  'signOut',
  'changeQuota',
  'suspend',
  'block',
  'close',
  'reopen',
] as const;
export type ActKind = (typeof actKinds)[number];

interface Rule {
  readonly power: Power;
  readonly states: readonly string[];
}

const inUse = ['provisioned', 'active', 'locked'];
const out = ['blocked', 'suspended'];

const rules: Readonly<Record<ActKind, Rule>> = {
  // Wrong passwords are forgotten too, of somebody who is not locked.
  unlock: { power: 'help', states: inUse },
  resetPassword: { power: 'help', states: inUse },
  signOut: { power: 'help', states: [...inUse, ...out, 'closed'] },
  changeQuota: { power: 'administer', states: [...inUse, ...out] },
  suspend: { power: 'administer', states: inUse },
  block: { power: 'administer', states: [...inUse, 'suspended'] },
  close: { power: 'administer', states: [...inUse, ...out] },
  reopen: { power: 'administer', states: [...out, 'closed'] },
};

/** What a state allows and these powers give, in the order of `actKinds`. */
export function actsFor(state: string, powers: readonly Power[]): readonly ActKind[] {
  return actKinds.filter((kind) => rules[kind].states.includes(state) && powers.includes(rules[kind].power));
}

/** Whether an act makes sense in a state. */
export function fitsState(kind: ActKind, state: string): boolean {
  return rules[kind].states.includes(state);
}

export function powerFor(kind: ActKind): Power {
  return rules[kind].power;
}
