/** What may be done about somebody's account: in which states, by which power. One table for buttons and verbs alike. */
import type { SecondKind } from '#formats/policies/policies.ts';
import type { Power } from '#server/access/powers.ts';

export const actKinds = [
  'unlock',
  'resetPassword',
  'resetFactors',
  'resendActivation',
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
  /** Whoever does it proves again who they are: a session left open must not be enough. */
  readonly asksProof: boolean;
}

const inUse = ['provisioned', 'active', 'locked'];
const out = ['blocked', 'suspended'];

const rules: Readonly<Record<ActKind, Rule>> = {
  // Wrong passwords are forgotten too, of somebody who is not locked.
  unlock: { power: 'help', states: inUse, asksProof: false },
  resetPassword: { power: 'help', states: inUse, asksProof: true },
  // Of whoever has lost everything they could show; without a password of one's own there is none yet.
  resetFactors: { power: 'help', states: ['active', 'locked', ...out], asksProof: true },
  resendActivation: { power: 'help', states: inUse, asksProof: true },
  signOut: { power: 'help', states: [...inUse, ...out, 'closed'], asksProof: false },
  changeQuota: { power: 'administer', states: [...inUse, ...out], asksProof: false },
  suspend: { power: 'administer', states: inUse, asksProof: false },
  // Never a step more than needed: while somebody else is in the account, seconds count.
  block: { power: 'administer', states: [...inUse, 'suspended'], asksProof: false },
  close: { power: 'administer', states: [...inUse, ...out], asksProof: true },
  reopen: { power: 'administer', states: [...out, 'closed'], asksProof: false },
};

export interface Standing {
  readonly state: string;
  /** Whether its holder finished a first login. */
  readonly isActivated: boolean;
  /** Whether others had got into it, and it has not been given back. */
  readonly isCompromised: boolean;
}

/** What the account allows and these powers give, in the order of `actKinds`. */
export function actsFor(standing: Standing, powers: readonly Power[]): readonly ActKind[] {
  return actKinds.filter((kind) => fits(kind, standing) && powers.includes(rules[kind].power));
}

/** Whether an act makes sense for an account that stands so. */
export function fits(kind: ActKind, { state, isActivated, isCompromised }: Standing): boolean {
  if (kind === 'resendActivation' && isActivated) return false;
  // It is given back by the last step of its case, which looks after the mail that is held.
  if (kind === 'reopen' && isCompromised) return false;
  return rules[kind].states.includes(state);
}

export function powerFor(kind: ActKind): Power {
  return rules[kind].power;
}

export function asksProof(kind: ActKind): boolean {
  return rules[kind].asksProof;
}

/** The rules that may ask for a second administrator. @param isGiving whether it gives a provisional password. */
export function secondKindsOf(kind: ActKind, isGiving: boolean): readonly SecondKind[] {
  if (kind === 'close') return ['close'];
  if (kind === 'resetFactors') return ['factors'];
  return isGiving ? ['provisional'] : [];
}
