/**
 * The rules a password is held to, in the order in which they are told. Some are judged from its text alone, as one
 * types; the others need what only the server knows (who one is, the dictionary, the passwords of before).
 */
import type { PasswordPolicy } from './policy.ts';

/** In the order of the checklist. */
export const allRules = ['length', 'lower', 'upper', 'digit', 'special', 'personal', 'guessable', 'history'] as const;
export type RuleId = (typeof allRules)[number];

interface Rule {
  readonly isAsked: (policy: PasswordPolicy) => boolean;
  /** Absent where the text alone does not tell. */
  readonly isKept?: (password: string, policy: PasswordPolicy) => boolean;
}

const rules: Readonly<Record<RuleId, Rule>> = {
  length: {
    isAsked: () => true,
    // Characters as people count them, not UTF-16 units.
    isKept: (password, { minCharacters }) => Array.from(password.normalize('NFC')).length >= minCharacters,
  },
  lower: { isAsked: ({ needsLower }) => needsLower, isKept: (password) => /\p{Ll}/u.test(password) },
  upper: { isAsked: ({ needsUpper }) => needsUpper, isKept: (password) => /\p{Lu}/u.test(password) },
  digit: { isAsked: ({ needsDigit }) => needsDigit, isKept: (password) => /\p{Nd}/u.test(password) },
  special: {
    isAsked: ({ needsSpecial }) => needsSpecial,
    isKept: (password) => /[^\p{L}\p{M}\p{N}]/u.test(password),
  },
  personal: { isAsked: ({ refusesPersonal }) => refusesPersonal },
  guessable: { isAsked: ({ refusesGuessable }) => refusesGuessable },
  history: { isAsked: ({ history }) => history > 0 },
};

/** The rules an institution asks for, in order. */
export function rulesAsked(policy: PasswordPolicy): readonly RuleId[] {
  return allRules.filter((id) => rules[id].isAsked(policy));
}

/** Whether a rule is kept; undefined where only the server can tell. */
export function judgeText(id: RuleId, password: string, policy: PasswordPolicy): boolean | undefined {
  return rules[id].isKept?.(password, policy);
}

/** The rules that the text alone breaks, in order. */
export function brokenByText(password: string, policy: PasswordPolicy): readonly RuleId[] {
  return rulesAsked(policy).filter((id) => judgeText(id, password, policy) === false);
}
