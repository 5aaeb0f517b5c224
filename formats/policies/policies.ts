/**
 * Everything an institution decides for itself, group by group: the one table that the readers on the server, the verb
 * that changes them, the command line and the console's page of rules all go by. Kept in the tenant's settings as
 * `{ group: { name: value } }`; what is not there is as by default.
 */
import { defaultPasswordPolicy, passwordRanges } from '#formats/password/policy.ts';

import { judgeOption, type Option, type OptionValue, type ValueOf } from './option.ts';

const flag = (otherwise: boolean) => ({ kind: 'flag', otherwise }) as const;
const number = (otherwise: number, [least, most]: readonly [number, number]) =>
  ({ kind: 'number', otherwise, least, most }) as const;
const numberOrNone = (otherwise: number | null, [least, most]: readonly [number, number]) =>
  ({ kind: 'numberOrNone', otherwise, least, most }) as const;
const choice = <const V extends string>(otherwise: V, ...values: readonly V[]) =>
  ({ kind: 'choice', otherwise, values }) as const;
const some = <const V extends string>(otherwise: readonly V[], ...values: readonly V[]) =>
  ({ kind: 'some', otherwise, values }) as const;

/** A population's name, as accounts have it. */
export const populationForm = /^[^\p{Cc},;]{1,100}$/u;
const networkForm = /^[0-9a-fA-F.:]{2,45}(?:\/\d{1,3})?$/;
const passwords = defaultPasswordPolicy;
const ranges = passwordRanges;

/** How programs get at mail, beside the web client. */
export const programs = ['imap', 'submission', 'sieve', 'jmap'] as const;
export type Program = (typeof programs)[number];

/** Acts of administrators for which an institution may want a second one. */
export const secondKinds = [
  'close',
  'provisional',
  'factors',
  'roles',
  'bulk',
  'providers',
  'clients',
  'scim',
  'policies',
  'domains',
  'groups',
] as const;
export type SecondKind = (typeof secondKinds)[number];

export const policies = {
  passwords: {
    minCharacters: number(passwords.minCharacters, ranges.minCharacters),
    needsLower: flag(passwords.needsLower),
    needsUpper: flag(passwords.needsUpper),
    needsDigit: flag(passwords.needsDigit),
    needsSpecial: flag(passwords.needsSpecial),
    refusesGuessable: flag(passwords.refusesGuessable),
    refusesPersonal: flag(passwords.refusesPersonal),
    history: number(passwords.history, ranges.history),
    maxAgeDays: number(passwords.maxAgeDays, ranges.maxAgeDays),
    warningDays: number(passwords.warningDays, ranges.warningDays),
    provisionalDays: number(passwords.provisionalDays, ranges.provisionalDays),
  },
  factors: {
    trustDays: number(30, [0, 365]),
    populations: { kind: 'texts', otherwise: [], form: populationForm },
    roles: some([], 'platform', 'tenant', 'unit', 'support'),
    insideNetworks: { kind: 'texts', otherwise: [], form: networkForm },
  },
  terms: {
    /** Another one is accepted anew. */
    version: { kind: 'text', otherwise: '', characters: 100 },
    /** Paragraphs, an empty line between them; there are none where it is empty. */
    text: { kind: 'text', otherwise: '', characters: 100_000 },
    isAskedOfAll: flag(false),
  },
  recovery: {
    asking: choice('offered', 'never', 'offered', 'required'),
    isOpen: flag(true),
  },
  access: {
    /** What an account made without a quota of its own may hold, in gigabytes. */
    quotaGb: numberOrNone(null, [1, 10_000]),
    programs: some(programs, ...programs),
    hasAppPasswords: flag(true),
    forwardOutside: choice('allow', 'allow', 'forbid'),
    /** Days a browser session lasts at most; null for as long as the operator set. */
    sessionDays: numberOrNone(null, [1, 365]),
  },
  mandates: {
    approvalFor: some([], 'read', 'draft', 'write', 'sendOnBehalf', 'sendAs', 'manage'),
    longestDays: numberOrNone(null, [1, 3650]),
    remindDaysBefore: number(14, [1, 365]),
  },
  approvals: {
    /** What one administrator does not do alone. */
    acts: some([], ...secondKinds),
    /** Acts on more people than so many are bulk acts. */
    bulkPeople: number(20, [1, 20_000]),
    /** How long an act waits for the second one. */
    days: number(7, [1, 90]),
  },
  quota: {
    requests: choice('open', 'open', 'closed'),
    approver: choice('unit', 'unit', 'tenant'),
    mostGb: numberOrNone(50, [1, 10_000]),
    longestDays: numberOrNone(null, [1, 3650]),
    remindDays: number(14, [1, 90]),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Option>>>>;

export type PolicyGroup = keyof typeof policies;
export type PolicyOf<G extends PolicyGroup> = {
  readonly [N in keyof (typeof policies)[G]]: ValueOf<(typeof policies)[G][N]>;
};

export function isPolicyGroup(name: string): name is PolicyGroup {
  return Object.hasOwn(policies, name);
}

export const policyGroups: readonly PolicyGroup[] = Object.keys(policies).filter(isPolicyGroup);

export function optionsOf(group: PolicyGroup): Readonly<Record<string, Option>> {
  return policies[group];
}

/** What a population may have otherwise than the institution's `access`. */
export const profileOptions: Readonly<Record<string, Option>> = policies.access;

/** The members given that make sense: what was decided. */
export function decided(group: PolicyGroup, value: unknown): Readonly<Record<string, OptionValue>> {
  return decidedOf(optionsOf(group), value);
}

export function decidedOf(
  options: Readonly<Record<string, Option>>,
  value: unknown,
): Readonly<Record<string, OptionValue>> {
  const given: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  const kept = Object.entries(options).flatMap(([name, option]): readonly (readonly [string, OptionValue])[] => {
    const found = Object.hasOwn(given, name) ? judgeOption(option, given[name]) : undefined;
    return found === undefined ? [] : [[name, found]];
  });
  return Object.fromEntries(kept);
}

/** Every option of the group: as decided, or as by default. */
export function readPolicy<G extends PolicyGroup>(group: G, value: unknown): PolicyOf<G> {
  const found = decided(group, value);
  const all = Object.entries(optionsOf(group)).map(
    ([name, { otherwise }]) => [name, Object.hasOwn(found, name) ? (found[name] ?? null) : otherwise] as const,
  );
  return asPolicy<G>(Object.fromEntries(all));
}

/** Judged by the very table that the type is made from. */
function asPolicy<G extends PolicyGroup>(values: Readonly<Record<string, OptionValue>>): PolicyOf<G> {
  return values as PolicyOf<G>;
}
