/**
 * The people a visitor meets: they are the same whatever the size and the seed, and have the first indexes, so that
 * Claire Dupont is `cdupont`. Four of them have their passwords printed at start (people.ts).
 */
import type { Name } from './names.ts';

/** What somebody does, as far as conversations care. */
export type Role =
  | 'head'
  | 'deputy'
  | 'secretary'
  | 'manager'
  | 'schoolLife'
  | 'nurse'
  | 'librarian'
  | 'teacher'
  | 'primary'
  | 'professor'
  | 'clerk'
  | 'support'
  | 'exams'
  | 'personnel'
  | 'inspector'
  | 'dsden'
  | 'pupil'
  | 'student';

export interface CastMember extends Name {
  readonly key: string;
  /** 'school' is the cast's collège, whose code depends on nothing but is a UAI. */
  readonly unitCode:
    | 'school'
    | 'dsi'
    | 'dec'
    | 'dpe'
    | 'eafc'
    | 'inspection'
    | 'rectorat'
    | 'dsden961'
    | 'communication';
  readonly role: Role;
  readonly title: string;
  readonly discipline: string | undefined;
}

const member = (
  key: string,
  civility: Name['civility'],
  givenName: string,
  familyName: string,
  unitCode: CastMember['unitCode'],
  role: Role,
  title: string,
  discipline?: string,
): CastMember => ({ key, civility, givenName, familyName, unitCode, role, title, discipline });

export const CAST = [
  member('claire', 'Mme', 'Claire', 'Dupont', 'school', 'teacher', 'professeure de lettres modernes', 'français'),
  member('marc', 'M.', 'Marc', 'Lefèvre', 'school', 'secretary', 'secrétaire de direction'),
  member('nadia', 'Mme', 'Nadia', 'Benali', 'dsi', 'support', "responsable de l'assistance informatique"),
  member('helene', 'Mme', 'Hélène', 'Garnier', 'school', 'head', 'principale'),
  member('olivier', 'M.', 'Olivier', 'Ferrand', 'school', 'deputy', 'principal adjoint'),
  member('fatoumata', 'Mme', 'Fatoumata', 'Diallo', 'school', 'schoolLife', "conseillère principale d'éducation"),
  member('thomas', 'M.', 'Thomas', 'Roux', 'school', 'teacher', 'professeur de mathématiques', 'mathématiques'),
  member(
    'marielaure',
    'Mme',
    'Marie-Laure',
    'Hoarau',
    'school',
    'teacher',
    "professeure d'histoire-géographie",
    'histoire-géographie',
  ),
  member('jeanbaptiste', 'M.', 'Jean-Baptiste', 'Le Goff', 'school', 'teacher', "professeur d'EPS", 'EPS'),
  member('sofia', 'Mme', 'Sofia', 'Martins', 'school', 'teacher', "professeure d'espagnol", 'espagnol'),
  member('elodie', 'Mme', 'Élodie', 'Nguyen', 'school', 'librarian', 'professeure documentaliste', 'documentation'),
  member(
    'teva',
    'M.',
    'Teva',
    'Teriitehau',
    'school',
    'teacher',
    "professeur d'éducation musicale",
    'éducation musicale',
  ),
  member('agnes', 'Mme', 'Agnès', 'de La Tour', 'school', 'nurse', 'infirmière'),
  member('patrice', 'M.', 'Patrice', 'Payet', 'school', 'manager', 'adjoint gestionnaire'),
  member('beatrice', 'Mme', 'Béatrice', "N'Diaye", 'dec', 'exams', 'gestionnaire du diplôme national du brevet'),
  member('yann', 'M.', 'Yann', 'Quéré', 'dpe', 'personnel', 'gestionnaire des professeurs certifiés'),
  member('annesophie', 'Mme', 'Anne-Sophie', "d'Hérouville", 'inspection', 'inspector', 'IA-IPR de lettres'),
  member('karim', 'M.', 'Karim', 'El Amrani', 'dsi', 'support', "technicien d'assistance"),
  member('lucie', 'Mme', 'Lucie', 'Etcheverry', 'eafc', 'clerk', 'chargée de formation'),
  member('georges', 'M.', 'Georges', 'Sainte-Rose', 'rectorat', 'head', 'recteur'),
  member(
    'mireille',
    'Mme',
    'Mireille',
    'Vandenbroucke',
    'dsden961',
    'head',
    "directrice académique des services de l'éducation nationale",
  ),
  member('damien', 'M.', 'Damien', 'Lœwenbruck', 'communication', 'clerk', 'chargé de communication'),
  member('claude', 'M.', 'Claude', 'Dupont', 'dsden961', 'dsden', 'gestionnaire de la scolarité'),
] as const satisfies readonly CastMember[];

export function castIndexOf(key: string): number {
  const index = CAST.findIndex((member) => member.key === key);
  if (index < 0) throw new RangeError(`nobody called ${key} in the cast`);
  return index;
}
