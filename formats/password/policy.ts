/**
 * The rules of an institution about passwords: what they are by default, and how they are read from what an
 * administrator set. The server and the page that checks while one types judge by the same rules (rules.ts).
 */

export interface PasswordPolicy {
  readonly minCharacters: number;
  readonly needsLower: boolean;
  readonly needsUpper: boolean;
  readonly needsDigit: boolean;
  readonly needsSpecial: boolean;
  /** Neither a word of the dictionary with something put before or after, nor what guessers try first. */
  readonly refusesGuessable: boolean;
  /** Neither one's names, user name or address, nor one's date of birth or NUMEN. */
  readonly refusesPersonal: boolean;
  /** So many passwords, the present one included, may not be taken again; 0 for none. */
  readonly history: number;
  /** After so many days another one must be chosen; 0 for never. */
  readonly maxAgeDays: number;
  /** So many days before that the holder is told. */
  readonly warningDays: number;
  /** A password given by somebody else serves for so many days; 0 for ever. */
  readonly provisionalDays: number;
}

/**
 * A maximum age is the administrator's to set: ANSSI (authentication guide of 2021) advises against one for everybody,
 * because people then count their passwords on.
 */
export const defaultPasswordPolicy: PasswordPolicy = {
  minCharacters: 8,
  needsLower: true,
  needsUpper: true,
  needsDigit: true,
  needsSpecial: true,
  refusesGuessable: true,
  refusesPersonal: true,
  history: 5,
  maxAgeDays: 0,
  warningDays: 15,
  provisionalDays: 30,
};

/** The range of each number: what an administrator may not set by mistake. */
export const passwordRanges = {
  minCharacters: [8, 64],
  history: [0, 24],
  maxAgeDays: [0, 3650],
  warningDays: [0, 90],
  provisionalDays: [0, 366],
} as const satisfies Partial<Record<keyof PasswordPolicy, readonly [number, number]>>;

/** What is missing or has another shape is the default; numbers are brought into their range. */
export function readPasswordPolicy(value: unknown): PasswordPolicy {
  const given: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  const flag = (name: keyof PasswordPolicy): boolean => {
    const found = given[name];
    return typeof found === 'boolean' ? found : defaultPasswordPolicy[name] === true;
  };
  const number = (name: keyof typeof passwordRanges): number => {
    const [least, most] = passwordRanges[name];
    const found = given[name];
    if (typeof found !== 'number' || !Number.isFinite(found)) return defaultPasswordPolicy[name];
    return Math.min(most, Math.max(least, Math.floor(found)));
  };
  return {
    minCharacters: number('minCharacters'),
    needsLower: flag('needsLower'),
    needsUpper: flag('needsUpper'),
    needsDigit: flag('needsDigit'),
    needsSpecial: flag('needsSpecial'),
    refusesGuessable: flag('refusesGuessable'),
    refusesPersonal: flag('refusesPersonal'),
    history: number('history'),
    maxAgeDays: number('maxAgeDays'),
    warningDays: number('warningDays'),
    provisionalDays: number('provisionalDays'),
  };
}
