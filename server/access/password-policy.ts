/**
 * The authority on passwords: every one that somebody chooses for themselves is held here to the rules of their
 * institution (formats/password). One given by somebody else to be replaced need only be one (password.ts).
 */
import { brokenByText, type RuleId, rulesAsked } from '#formats/password/rules.ts';
import { type PasswordPolicy, readPasswordPolicy } from '#formats/password/policy.ts';
import { readTenantSettings } from '#server/directory/settings.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import type { PersonRef } from './credential.ts';
import { isGuessable, isGuessableSoon } from './guessing/guess.ts';
import { holdsNumen } from './numen.ts';
import { checkPassword, verifyPassword } from './password.ts';
import { isPersonal } from './personal.ts';
import { passwordLimits } from './policy.ts';
import type { Holder } from './queries/people.ts';
import { type PasswordFacts, selectFacts } from './queries/facts.ts';
import { Refusal } from './refusal.ts';

export const dayMs = 86_400_000;

/** A password that breaks rules of the institution. */
export class WeakPassword extends Refusal {
  readonly rules: readonly RuleId[];

  constructor(rules: readonly RuleId[]) {
    super('weakPassword', { description: `the password breaks: ${rules.join(', ')}` });
    this.rules = rules;
  }
}

/** Of a tenant's settings the member `passwords`. */
export async function passwordPolicyOf(tx: Tx, tenantId: TenantId): Promise<PasswordPolicy> {
  return readPasswordPolicy((await readTenantSettings(tx, tenantId))['passwords']);
}

/**
 * @throws {WeakPassword} (a refusal `weakPassword`) with every rule it breaks; {Refusal} `invalidArguments`,
 * `noSuchPerson`, `tooBusy`.
 */
export async function requireGoodPassword(store: Store, who: PersonRef, password: string): Promise<void> {
  checkPassword(password);
  const { policy, facts } = await known(store, who);
  const asked = new Set(rulesAsked(policy));
  const broken = new Set<RuleId>(brokenByText(password, policy));
  if (asked.has('personal') && tells(store, password, facts)) broken.add('personal');
  if (asked.has('guessable') && (await isGuessable(password))) broken.add('guessable');
  // Each password of before costs as much as a login: only for one that would do otherwise.
  if (broken.size === 0 && (await isOneOf(store, password, facts.hashes.slice(0, policy.history))))
    broken.add('history');
  if (broken.size > 0) throw new WeakPassword(rulesAsked(policy).filter((id) => broken.has(id)));
}

/** Whatever the history asks for: a password to be replaced is not replaced by itself. @throws {WeakPassword} */
export async function requireAnother(store: Store, { passwordHash }: Holder, password: string): Promise<void> {
  if (passwordHash !== null && (await isOneOf(store, password, [passwordHash]))) throw new WeakPassword(['history']);
}

/** What the rules that need more than the text say of a password being typed. Undefined: not known in time. */
export interface LiveJudgement {
  readonly personal: boolean | undefined;
  readonly guessable: boolean | undefined;
}

const liveWithinMs = 250;

/** For the checklist as one types: whether each rule is kept. @throws {Refusal} `noSuchPerson`. */
export async function judgeLive(store: Store, who: PersonRef, password: string): Promise<LiveJudgement> {
  const { facts } = await known(store, who);
  const isGuessed = await isGuessableSoon(password, liveWithinMs);
  return { personal: !tells(store, password, facts), guessable: isGuessed === undefined ? undefined : !isGuessed };
}

/** When a password must be replaced by another: milliseconds since 1970; undefined for never. */
export function expiryOf({ passwordChangedAt }: Holder, { maxAgeDays }: PasswordPolicy): number | undefined {
  return maxAgeDays === 0 || passwordChangedAt === null ? undefined : passwordChangedAt + maxAgeDays * dayMs;
}

/** Whether a password has come to the age at which another must be chosen. */
export function isExpired(holder: Holder, policy: PasswordPolicy, at: number): boolean {
  const expiry = expiryOf(holder, policy);
  return expiry !== undefined && expiry <= at;
}

/** When a password given to be replaced ends: milliseconds since 1970; null for never. */
export function provisionalUntil({ provisionalDays }: PasswordPolicy, at: number): number | null {
  return provisionalDays === 0 ? null : at + provisionalDays * dayMs;
}

function known(
  store: Store,
  who: PersonRef,
): Promise<{ readonly policy: PasswordPolicy; readonly facts: PasswordFacts }> {
  return read(store, async (tx) => {
    const facts = await selectFacts(tx, who);
    if (!facts) throw new Refusal('noSuchPerson');
    return { policy: await passwordPolicyOf(tx, who.tenantId), facts };
  });
}

function tells(store: Store, password: string, facts: PasswordFacts): boolean {
  return isPersonal(password, facts) || (facts.numenHash !== null && holdsNumen(store, password, facts.numenHash));
}

async function isOneOf(store: Store, password: string, hashes: readonly string[]): Promise<boolean> {
  const limits = passwordLimits(store, true);
  const found = await Promise.all(hashes.map((hash) => verifyPassword(password, hash, limits)));
  return found.includes(true);
}
