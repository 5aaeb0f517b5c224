/** Who does what in a unit: role, population and French job title by rank, and the disciplines taught. */
import type { Role } from './cast.ts';
import { type Random, at } from './random.ts';
import type { PlannedUnit } from './units.ts';

export type Population = 'administrative' | 'primary' | 'secondary' | 'higher' | 'pupil';

export interface Job {
  readonly population: Population;
  readonly role: Role;
  /** What they are, in French: "professeure d'espagnol". */
  readonly title: string;
  readonly discipline: string | undefined;
}

/** The first ranks of a school run it, the others teach; a unit with cast members already has the first ones. */
export function jobOf(random: Random, unit: PlannedUnit, rank: number, isWoman: boolean): Job {
  const job = (population: Population, role: Role, title: string, discipline?: string): Job => ({
    population,
    role,
    title,
    discipline,
  });
  switch (unit.kind) {
    case 'academy':
    case 'rectorate':
      return rank === 0
        ? job('administrative', 'head', 'directeur de cabinet')
        : job('administrative', 'clerk', isWoman ? 'chargée de mission' : 'chargé de mission');
    case 'service':
      return serviceJob(unit.code, rank, isWoman);
    case 'dsden':
      return rank === 0
        ? job('administrative', 'head', isWoman ? 'secrétaire générale de la DSDEN' : 'secrétaire général de la DSDEN')
        : job('administrative', 'dsden', 'gestionnaire de la scolarité');
    case 'ecole': {
      if (rank === 0) return job('primary', 'head', isWoman ? "directrice d'école" : "directeur d'école");
      const level = at(['CP', 'CE1', 'CE2', 'CM1', 'CM2'], rank % 5);
      return job('primary', 'primary', `${isWoman ? 'professeure' : 'professeur'} des écoles, ${level}`);
    }
    case 'university': {
      if (rank === 0)
        return job('higher', 'head', isWoman ? "présidente de l'université" : "président de l'université");
      if (rank % 5 === 1) return job('administrative', 'secretary', 'gestionnaire de scolarité');
      const field = random.pick(FIELDS);
      return job(
        'higher',
        'professor',
        `${random.chance(0.3) ? (isWoman ? 'professeure des universités' : 'professeur des universités') : isWoman ? 'maîtresse de conférences' : 'maître de conférences'} en ${field}`,
        field,
      );
    }
    case 'college':
    case 'lycee':
    case 'lyceeProfessionnel': {
      const head =
        unit.kind === 'college' ? (isWoman ? 'principale' : 'principal') : isWoman ? 'proviseure' : 'proviseur';
      if (rank === 0) return job('administrative', 'head', head);
      if (rank === 1) return job('administrative', 'secretary', 'secrétaire de direction');
      if (rank === 4)
        return job(
          'secondary',
          'schoolLife',
          isWoman ? "conseillère principale d'éducation" : "conseiller principal d'éducation",
        );
      if (rank === 6)
        return job('administrative', 'manager', isWoman ? 'adjointe gestionnaire' : 'adjoint gestionnaire');
      if (rank === 7)
        return job(
          'secondary',
          'librarian',
          isWoman ? 'professeure documentaliste' : 'professeur documentaliste',
          'documentation',
        );
      if (rank === 8) return job('administrative', 'nurse', isWoman ? 'infirmière' : 'infirmier');
      const discipline = random.pick(unit.kind === 'college' ? COLLEGE_DISCIPLINES : LYCEE_DISCIPLINES);
      const of = /^[aeiouéEIO]/u.test(discipline) ? `d'${discipline}` : `de ${discipline}`;
      return job('secondary', 'teacher', `${isWoman ? 'professeure' : 'professeur'} ${of}`, discipline);
    }
    default:
      return unit.kind satisfies never;
  }
}

function serviceJob(code: string, rank: number, isWoman: boolean): Job {
  const roles: Readonly<Record<string, Role>> = {
    dsi: 'support',
    dec: 'exams',
    dpe: 'personnel',
    dpae: 'personnel',
    inspection: 'inspector',
  };
  const role = roles[code] ?? 'clerk';
  if (rank === 0)
    return {
      population: 'administrative',
      role: 'head',
      title: isWoman ? 'cheffe de service' : 'chef de service',
      discipline: undefined,
    };
  const title =
    role === 'inspector'
      ? isWoman
        ? 'inspectrice'
        : 'inspecteur'
      : role === 'support'
        ? isWoman
          ? "technicienne d'assistance"
          : "technicien d'assistance"
        : 'gestionnaire';
  return { population: 'administrative', role, title, discipline: undefined };
}

const COLLEGE_DISCIPLINES: readonly string[] = [
  'français',
  'mathématiques',
  'histoire-géographie',
  'anglais',
  'espagnol',
  'allemand',
  'SVT',
  'physique-chimie',
  'EPS',
  'technologie',
  'arts plastiques',
  'éducation musicale',
  'lettres classiques',
  'italien',
];
const LYCEE_DISCIPLINES: readonly string[] = [...COLLEGE_DISCIPLINES, 'philosophie', 'SES', 'NSI', 'économie-gestion'];
const FIELDS: readonly string[] = [
  'droit public',
  'histoire médiévale',
  'physique',
  'informatique',
  'biologie cellulaire',
  'littérature comparée',
  'économie',
  'chimie',
  'mathématiques',
  'géographie',
  "sciences de l'éducation",
  'psychologie',
  'linguistique',
  'sociologie',
];
