/**
 * The tree of units of the demonstration academy: rectorat and its services, one DSDEN per department, schools and
 * universities, with how many staff and pupils each one holds. The whole tree fits in memory (2,700 units for 700,000
 * people); people do not, so a unit only says which numbers are its own (`staff`, `pupils`: first index and count).
 */
import { DEPARTMENTS, type Department, PRIVATE_PATRONS, PUBLIC_PATRONS, pickCommune, pickStreet } from './places.ts';
import { type Random, at, randomFrom } from './random.ts';

export type OfficeKind = 'academy' | 'rectorate' | 'service' | 'dsden';
export type SchoolKind = 'ecole' | 'college' | 'lycee' | 'lyceeProfessionnel' | 'university';

/** A run of people's indexes. */
export interface Span {
  readonly first: number;
  readonly count: number;
}

export interface PlannedUnit {
  readonly index: number;
  readonly kind: OfficeKind | SchoolKind;
  /** Stable and unique in the tenant: the UAI-like code in lower case for schools ("9610001k"), a short name otherwise ("dsi"). */
  readonly code: string;
  readonly parentCode: string | undefined;
  readonly name: string;
  /** As a sentence needs it: "le collège …", "du collège …", "au collège …". */
  readonly the: string;
  readonly of: string;
  readonly at: string;
  readonly uai: string | undefined;
  readonly sector: 'public' | 'private';
  readonly department: Department;
  readonly commune: string;
  readonly street: string;
  readonly postcode: string;
  /** In the ranges ARCEP keeps for fiction (04 65 71 xx xx). */
  readonly phone: string;
  readonly staff: Span;
  readonly pupils: Span;
}

/** Services of the rectorat: code, name and article, weight in staff. */
const SERVICES: readonly { readonly code: string; readonly name: string; readonly weight: number }[] = [
  { code: 'sg', name: 'Secrétariat général', weight: 1 },
  { code: 'dsi', name: "Direction des systèmes d'information (DSI)", weight: 3 },
  { code: 'dec', name: 'Division des examens et concours (DEC)', weight: 3 },
  { code: 'dpe', name: 'Division des personnels enseignants (DPE)', weight: 4 },
  { code: 'dpae', name: "Division des personnels d'administration et d'encadrement (DPAE)", weight: 2 },
  { code: 'dos', name: "Division de l'organisation scolaire (DOS)", weight: 2 },
  { code: 'daf', name: 'Division des affaires financières (DAF)', weight: 2 },
  { code: 'eafc', name: 'École académique de la formation continue (EAFC)', weight: 2 },
  { code: 'inspection', name: "Collège des inspecteurs d'académie (IA-IPR)", weight: 3 },
  { code: 'communication', name: 'Service de la communication', weight: 1 },
  { code: 'sante', name: 'Service médico-social', weight: 1 },
];

interface SchoolSort {
  readonly kind: SchoolKind;
  readonly word: string;
  /** How many staff and pupils, one school against another. */
  readonly staffWeight: number;
  readonly pupilWeight: number;
}

const SORTS: Readonly<Record<SchoolKind, SchoolSort>> = {
  ecole: { kind: 'ecole', word: 'École', staffWeight: 9, pupilWeight: 140 },
  college: { kind: 'college', word: 'Collège', staffWeight: 36, pupilWeight: 480 },
  lycee: { kind: 'lycee', word: 'Lycée', staffWeight: 70, pupilWeight: 950 },
  lyceeProfessionnel: { kind: 'lyceeProfessionnel', word: 'Lycée professionnel', staffWeight: 45, pupilWeight: 420 },
  university: { kind: 'university', word: 'Université', staffWeight: 900, pupilWeight: 20_000 },
};
/** The first schools are fixed so that the smallest academy shows each kind once; the first is the cast's. */
const FIRST_SCHOOLS: readonly SchoolKind[] = ['college', 'ecole', 'lycee', 'university', 'lyceeProfessionnel', 'ecole'];
/** How 20 schools further on are shared out: 13 écoles, 4 collèges, 2 lycées, 1 lycée professionnel. */
const LATER_SCHOOLS: readonly SchoolKind[] = [
  ...Array.from({ length: 13 }, (): SchoolKind => 'ecole'),
  ...Array.from({ length: 4 }, (): SchoolKind => 'college'),
  'lycee',
  'lycee',
  'lyceeProfessionnel',
];

export interface Headcount {
  /** Index of the first person who is neither in the cast nor placed yet. */
  readonly firstIndex: number;
  readonly staff: number;
  readonly pupils: number;
}

/** Plans every unit, parents before children; the spans cover `headcount` exactly and without overlap, in tree order. */
export function planUnits(seed: number, headcount: Headcount): readonly PlannedUnit[] {
  const drafts = [...draftOffices(), ...draftSchools(seed, schoolCountFor(headcount.staff))];
  const offices = drafts.filter((draft) => draft.school === undefined).length;
  const officeStaff = Math.min(
    Math.floor(headcount.staff / 3),
    Math.max(offices - 1, Math.round(headcount.staff * 0.05)),
  );
  const staffCounts = [
    ...apportion(
      officeStaff,
      drafts.slice(0, offices).map((draft) => draft.weight),
      0,
    ),
    ...apportion(
      headcount.staff - officeStaff,
      drafts.slice(offices).map((draft) => draft.weight),
      1,
    ),
  ];
  const pupilCounts = apportion(
    headcount.pupils,
    drafts.map((draft) => draft.school?.pupilWeight ?? 0),
    0,
  );
  let nextStaff = headcount.firstIndex;
  let nextPupil = headcount.firstIndex + headcount.staff;
  return drafts.map((draft, index) => {
    const staff = { first: nextStaff, count: at(staffCounts, index) };
    const pupils = { first: nextPupil, count: at(pupilCounts, index) };
    nextStaff += staff.count;
    nextPupil += pupils.count;
    return { index, ...draft.unit, staff, pupils };
  });
}

/** Shares a total by weights, each share at least `least`; the shares' sum is the total. */
export function apportion(total: number, weights: readonly number[], least: number): readonly number[] {
  const sum = weights.reduce((left, right) => left + right, 0);
  const free = total - least * weights.length;
  let seen = 0;
  let given = 0;
  return weights.map((weight) => {
    seen += weight;
    const upTo = Math.round((free * seen) / sum);
    const share = upTo - given;
    given = upTo;
    return share + least;
  });
}

/** About 18 staff a school, as in Montpellier: 47,000 staff in 2,500 schools. */
function schoolCountFor(staff: number): number {
  return Math.max(FIRST_SCHOOLS.length, Math.round(staff / 19));
}

type UnitText = Omit<PlannedUnit, 'index' | 'staff' | 'pupils'>;
interface Draft {
  readonly unit: UnitText;
  readonly weight: number;
  readonly school: SchoolSort | undefined;
}

function draftOffices(): readonly Draft[] {
  const home = at(DEPARTMENTS, 0);
  const office = (
    kind: OfficeKind,
    code: string,
    parentCode: string | undefined,
    name: string,
    department: Department,
    weight: number,
    wording: Wording,
  ): Draft => ({
    unit: {
      kind,
      code,
      parentCode,
      name,
      ...wording,
      uai: undefined,
      sector: 'public',
      department,
      commune: department.seat,
      street: kind === 'dsden' ? '4, place de la Préfecture' : "31, rue de l'Académie",
      postcode: `${department.code}00`,
      phone: kind === 'dsden' ? `04 65 71 ${department.code.slice(1)} 00` : '04 65 71 00 00',
    },
    weight,
    school: undefined,
  });
  return [
    office('academy', 'academie', undefined, 'Académie de Valmont (démonstration)', home, 0, {
      the: "l'académie de Valmont",
      of: "de l'académie de Valmont",
      at: "à l'académie de Valmont",
    }),
    office('rectorate', 'rectorat', 'academie', 'Rectorat', home, 1, {
      the: 'le rectorat',
      of: 'du rectorat',
      at: 'au rectorat',
    }),
    ...SERVICES.map((service) =>
      office('service', service.code, 'rectorat', service.name, home, service.weight, serviceWording(service)),
    ),
    ...DEPARTMENTS.map((department) =>
      office('dsden', `dsden${department.code}`, 'academie', `DSDEN ${department.ofName}`, department, 4, {
        the: `la DSDEN ${department.ofName}`,
        of: `de la DSDEN ${department.ofName}`,
        at: `à la DSDEN ${department.ofName}`,
      }),
    ),
  ];
}

type Wording = Pick<PlannedUnit, 'the' | 'of' | 'at'>;

function serviceWording(service: { readonly code: string; readonly name: string }): Wording {
  const short = service.name.match(/\(([^)]+)\)/u)?.[1];
  if (service.code === 'inspection') return { the: "l'inspection", of: "de l'inspection", at: "à l'inspection" };
  if (service.code === 'eafc') return { the: "l'EAFC", of: "de l'EAFC", at: "à l'EAFC" };
  if (short !== undefined) return { the: `la ${short}`, of: `de la ${short}`, at: `à la ${short}` };
  const lower = service.name.charAt(0).toLowerCase() + service.name.slice(1);
  return { the: `le ${lower}`, of: `du ${lower}`, at: `au ${lower}` };
}

function draftSchools(seed: number, count: number): readonly Draft[] {
  const serials = new Map<string, number>();
  const universities = 1 + Math.floor(count / 900);
  return Array.from({ length: count }, (_, ordinal) => {
    const random = randomFrom(seed, 'school', ordinal);
    const fixed = FIRST_SCHOOLS[ordinal];
    const kind =
      fixed ??
      (ordinal < FIRST_SCHOOLS.length + universities - 1
        ? 'university'
        : at(LATER_SCHOOLS, ordinal % LATER_SCHOOLS.length));
    const department = at(DEPARTMENTS, ordinal === 0 ? 0 : ordinal % DEPARTMENTS.length);
    const serial = (serials.get(department.code) ?? 0) + 1;
    serials.set(department.code, serial);
    return draftSchool(random, ordinal, kind, department, uaiOf(department, serial), count);
  });
}

function draftSchool(
  random: Random,
  ordinal: number,
  kind: SchoolKind,
  department: Department,
  uai: string,
  schoolCount: number,
): Draft {
  const sort = SORTS[kind];
  // A university would swallow a small academy: its size is bounded by that of the rest.
  const bound = kind === 'university' ? Math.min(1, schoolCount / 450) : 1;
  const isCast = ordinal === 0;
  const isPrivate = !isCast && kind !== 'university' && random.chance(0.17);
  const commune = isCast || kind === 'university' ? department.seat : pickCommune(random);
  const patron = isCast ? 'Jean-Moulin' : random.pick(isPrivate ? PRIVATE_PATRONS : PUBLIC_PATRONS);
  const level = kind === 'ecole' ? random.pick([' élémentaire', ' primaire']) : '';
  const proper = kind === 'university' ? `de ${commune}`.replace(/^de (?=[AEIOUÉO])/u, "d'") : patron;
  const name = `${sort.word}${level} ${proper}`;
  const lower = name.charAt(0).toLowerCase() + name.slice(1);
  const isElided = kind === 'ecole' || kind === 'university';
  const size = 0.6 + random.unit() * 0.8;
  return {
    unit: {
      kind,
      code: uai.toLowerCase(),
      parentCode: kind === 'university' ? 'academie' : `dsden${department.code}`,
      name,
      the: isElided ? `l'${lower}` : `le ${lower}`,
      of: isElided ? `de l'${lower}` : `du ${lower}`,
      at: isElided ? `à l'${lower}` : `au ${lower}`,
      uai,
      sector: isPrivate ? 'private' : 'public',
      department,
      commune,
      street: isCast ? '12, avenue des Tilleuls' : pickStreet(random),
      postcode: `${department.code}${isCast ? '10' : String(random.between(1, 98)).padStart(2, '0')}`,
      phone: `04 65 71 ${String(random.between(10, 99))} ${String(random.between(10, 99))}`,
    },
    weight: sort.staffWeight * size * bound,
    school: { ...sort, pupilWeight: sort.pupilWeight * size * bound },
  };
}

/** Shaped like a UAI code: department, four digits, a check letter (number modulo 23, without I, O and Q). */
function uaiOf(department: Department, serial: number): string {
  const digits = `${department.code}${String(serial).padStart(4, '0')}`;
  return digits + 'ABCDEFGHJKLMNPRSTUVWXYZ'.charAt(Number(digits) % 23);
}
