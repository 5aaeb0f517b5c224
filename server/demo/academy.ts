/**
 * The demonstration academy: "Académie de Valmont (démonstration)", a tenant that does not exist, under a domain that
 * cannot (.example, RFC 2606 §2). Same seed, same academy, to the letter. From 60 people to 700,000: units stand in
 * memory, a person is made when asked for, from the seed and their index alone.
 */
import { baseAddress, numbered } from '#server/directory/names.ts';
import { CAST, type Role } from './cast.ts';
import { type Population, jobOf } from './jobs.ts';
import { type PlannedMailbox, type PlannedMandate, planMailboxes, planMandates } from './mailboxes.ts';
import { pickName } from './names.ts';
import { type Random, at, randomFrom } from './random.ts';
import { type PlannedUnit, planUnits } from './units.ts';

export const DEMO_TENANT = { name: 'Académie de Valmont (démonstration)', domain: 'ac-valmont.example' } as const;

export interface PlannedPerson {
  readonly index: number;
  readonly civility: 'M.' | 'Mme';
  readonly givenName: string;
  readonly familyName: string;
  readonly unit: PlannedUnit;
  readonly population: Population;
  readonly role: Role;
  /** What they are, in French: "professeure d'espagnol", "élève de 4e B". */
  readonly title: string;
  readonly discipline: string | undefined;
  /** The class of a pupil ("4e B"). */
  readonly className: string | undefined;
}

export type PlannedEntry =
  | { readonly kind: 'unit'; readonly unit: PlannedUnit }
  | { readonly kind: 'person'; readonly person: PlannedPerson }
  | { readonly kind: 'mailbox'; readonly mailbox: PlannedMailbox }
  | { readonly kind: 'mandate'; readonly mandate: PlannedMandate };

export interface Academy extends Iterable<PlannedEntry> {
  readonly seed: number;
  readonly units: readonly PlannedUnit[];
  readonly peopleCount: number;
  /** Indexes below this are staff, the others pupils and students. */
  readonly staffCount: number;
  readonly school: PlannedUnit;
  /** @throws {RangeError} outside 0 … peopleCount - 1. */
  readonly person: (index: number) => PlannedPerson;
  /** Everybody who works in a unit, cast included: first those of the cast. */
  readonly staffOf: (unit: PlannedUnit) => readonly number[];
  readonly mailboxesOf: (unit: PlannedUnit) => readonly PlannedMailbox[];
  readonly people: () => Generator<PlannedPerson>;
  readonly mailboxes: () => Generator<PlannedMailbox>;
  readonly mandates: () => readonly PlannedMandate[];
}

export const SMALLEST_ACADEMY = 60;

/**
 * Plans an academy of exactly `people` people. Iterating gives units (parents first), people by index, functional
 * mailboxes, then mandates; nothing is kept of what was given.
 *
 * @throws {RangeError} below SMALLEST_ACADEMY or above a million.
 */
export function planAcademy({ people, seed }: { readonly people: number; readonly seed: number }): Academy {
  if (!Number.isInteger(people) || people < SMALLEST_ACADEMY || people > 1_000_000)
    throw new RangeError(`an academy has ${SMALLEST_ACADEMY} to 1,000,000 people, not ${people}`);
  const staffCount = staffAmong(people);
  const units = planUnits(seed, {
    firstIndex: CAST.length,
    staff: staffCount - CAST.length,
    pupils: people - staffCount,
  });
  const byCode = new Map(units.map((unit) => [unit.code, unit]));
  const school = units.find((unit) => unit.kind === 'college');
  if (school === undefined) throw new RangeError('the academy has no collège');
  const castUnits = CAST.map((member) => byCode.get(member.unitCode) ?? school);
  const holders = units.filter((unit) => unit.staff.count > 0);
  const schools = units.filter((unit) => unit.pupils.count > 0);

  const person = (index: number): PlannedPerson => {
    if (index < 0 || index >= people) throw new RangeError(`no person ${index} among ${people}`);
    const unit = castUnits[index];
    if (unit !== undefined) return castPerson(index, unit);
    const random = randomFrom(seed, 'person', index);
    if (index >= staffCount) return pupil(random, index, unitHolding(schools, 'pupils', index));
    const holder = unitHolding(holders, 'staff', index);
    return employee(random, index, holder, castUnits.includes(holder));
  };
  const staffOf = (unit: PlannedUnit): readonly number[] => [
    ...castUnits.flatMap((castUnit, index) => (castUnit === unit ? [index] : [])),
    ...Array.from({ length: unit.staff.count }, (_, ordinal) => unit.staff.first + ordinal),
  ];
  const mailboxesOf = (unit: PlannedUnit): readonly PlannedMailbox[] => planMailboxes(unit, staffOf(unit));
  const academy = {
    seed,
    units,
    peopleCount: people,
    staffCount,
    school,
    person,
    staffOf,
    mailboxesOf,
    *people(): Generator<PlannedPerson> {
      for (let index = 0; index < people; index += 1) yield person(index);
    },
    *mailboxes(): Generator<PlannedMailbox> {
      for (const unit of units) yield* mailboxesOf(unit);
    },
    mandates: (): readonly PlannedMandate[] => planMandates(school),
    *[Symbol.iterator](): Generator<PlannedEntry> {
      for (const unit of units) yield { kind: 'unit', unit };
      for (const someone of academy.people()) yield { kind: 'person', person: someone };
      for (const mailbox of academy.mailboxes()) yield { kind: 'mailbox', mailbox };
      for (const mandate of academy.mandates()) yield { kind: 'mandate', mandate };
    },
  };
  return academy;
}

/** Local part of a person's address before homonyms are told apart: "prenom.nom", by the directory's own rule. */
export function addressStem(person: Pick<PlannedPerson, 'givenName' | 'familyName'>): string {
  return baseAddress(person.givenName, person.familyName);
}

/**
 * Addresses for when nobody else assigns them: prenom.nom@domain, a number for homonyms in the order of the indexes.
 * Remembers every address up to the highest index asked for.
 */
export function planAddresses(academy: Academy): (personIndex: number) => string {
  const given: string[] = [];
  const seen = new Map<string, number>();
  return (personIndex) => {
    while (given.length <= personIndex) {
      const stem = addressStem(academy.person(given.length));
      const homonyms = seen.get(stem) ?? 0;
      seen.set(stem, homonyms + 1);
      given.push(`${numbered(stem, homonyms)}@${DEMO_TENANT.domain}`);
    }
    return at(given, personIndex);
  };
}

/** 80 % staff in a small academy, so that a demonstration has colleagues; 7 % in one of 700,000, as in life. */
function staffAmong(people: number): number {
  return Math.round(Math.max(people ** 0.8, Math.min(people * 0.8, 400)));
}

/** The unit whose span holds an index, by bisection. */
function unitHolding(units: readonly PlannedUnit[], span: 'staff' | 'pupils', index: number): PlannedUnit {
  let low = 0;
  let high = units.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at(units, middle)[span].first <= index) low = middle;
    else high = middle - 1;
  }
  return at(units, low);
}

function castPerson(index: number, unit: PlannedUnit): PlannedPerson {
  const { civility, givenName, familyName, role, title, discipline } = at(CAST, index);
  const population =
    role === 'teacher' || role === 'librarian' || role === 'schoolLife' ? 'secondary' : 'administrative';
  return { index, civility, givenName, familyName, unit, population, role, title, discipline, className: undefined };
}

function employee(random: Random, index: number, unit: PlannedUnit, hasCast: boolean): PlannedPerson {
  const name = pickName(random, 'adult', unit.kind === 'ecole' ? 0.84 : unit.kind === 'university' ? 0.42 : 0.58);
  const rank = index - unit.staff.first;
  const isWoman = name.civility === 'Mme';
  const job = jobOf(random, unit, hasCast ? rank + 9 : rank, isWoman);
  return { index, ...name, unit, className: undefined, ...job };
}

function pupil(random: Random, index: number, unit: PlannedUnit): PlannedPerson {
  const name = pickName(random, 'pupil', 0.5);
  const group = Math.floor((index - unit.pupils.first) / 26);
  const className = classNameOf(unit, group);
  const isStudent = unit.kind === 'university';
  const word = isStudent ? (name.civility === 'Mme' ? 'étudiante' : 'étudiant') : 'élève';
  return {
    index,
    ...name,
    unit,
    population: 'pupil',
    role: isStudent ? 'student' : 'pupil',
    title: `${word} ${isStudent ? 'en' : 'de'} ${className}`,
    discipline: undefined,
    className,
  };
}

/** Classes of 26 share the levels in turn: 6e A, 5e A, 4e A, 3e A, 6e B … */
function classNameOf(unit: PlannedUnit, group: number): string {
  const levels = LEVELS[unit.kind] ?? ['CP'];
  const level = at(levels, group % levels.length);
  const serial = Math.floor(group / levels.length);
  if (unit.kind === 'university') return `${level}, groupe ${serial + 1}`;
  return `${level} ${serial < 26 ? String.fromCharCode(65 + serial) : serial + 1}`;
}

const LEVELS: Readonly<Partial<Record<PlannedUnit['kind'], readonly string[]>>> = {
  ecole: ['CP', 'CE1', 'CE2', 'CM1', 'CM2'],
  college: ['6e', '5e', '4e', '3e'],
  lycee: ['2de', '1re', 'Tle'],
  lyceeProfessionnel: ['2de pro', '1re pro', 'Tle pro', 'CAP'],
  university: ['L1', 'L2', 'L3', 'M1', 'M2'],
};
