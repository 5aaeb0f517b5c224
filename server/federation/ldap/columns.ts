/**
 * What the columns of people are called in directories: those of French academies (the portal's FrEdu attributes and rne,
 * AAF's ENT attributes, supann) and inetOrgPerson's (RFC 2798). The first attribute that says something counts. Pure.
 */
import type { ImportColumn } from '#server/directory/import-row.ts';

export interface DirectoryEntry {
  readonly dn: string;
  /** By attribute, in lower case: names of attributes have no case (RFC 4512 §2.5). */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** A password is never read from a directory. */
type Read = Exclude<ImportColumn, 'password'>;

const usual: Readonly<Record<Read, readonly string[]>> = {
  userName: ['uid'],
  givenName: ['givenName', 'ENTPersonPrenom'],
  familyName: ['sn', 'ENTPersonNom'],
  email: ['mail'],
  aliases: ['mailAlternateAddress', 'mailLocalAddress'],
  unit: ['FrEduRne', 'rne', 'supannEntiteAffectationPrincipale', 'supannEntiteAffectation'],
  population: ['eduPersonPrimaryAffiliation', 'ENTPersonProfils'],
  function: ['title', 'FrEduFonctAdm'],
  quota: [],
  externalId: ['supannEmpId', 'employeeNumber', 'ENTPersonJointure', 'supannCodeINE', 'entryUUID'],
  language: ['preferredLanguage'],
  numen: ['numen'],
  birthDate: ['supannOIDCDateDeNaissance', 'dateNaissance', 'ENTPersonDateNaissance', 'schacDateOfBirth'],
  recoveryEmail: ['supannMailPerso'],
  // No usual name: `--attribute from=…`.
  from: [],
  until: [],
  leave: [],
};

/** eduPerson's affiliations and AAF's profiles, as populations are called here. */
const populations: ReadonlyMap<string, string> = new Map([
  ['teacher', 'teacher'],
  ['faculty', 'teacher'],
  ['researcher', 'teacher'],
  ['student', 'pupil'],
  ['employee', 'staff'],
  ['staff', 'staff'],
  ['national_ens', 'teacher'],
  ['national_elv', 'pupil'],
]);

export const readColumns: readonly Read[] = Object.keys(usual).filter((name): name is Read => name in usual);

export type Mapping = Readonly<Record<Read, readonly string[]>>;

/** @param given `column=attribute`, each before what is usual for its column; `column=` alone reads nothing there. */
export function mappingOf(given: readonly string[]): Mapping {
  const mapping: Record<Read, readonly string[]> = { ...usual };
  for (const text of given.toReversed()) {
    const [name, attribute = ''] = text.split('=');
    const column = readColumns.find((one) => one === name);
    if (column) mapping[column] = attribute === '' ? [] : [attribute, ...mapping[column]];
  }
  return mapping;
}

/** What to ask the directory for. */
export function attributesOf(mapping: Mapping): readonly string[] {
  return [...new Set(Object.values(mapping).flat())];
}

/** The fields of one person, in the order of `readColumns`, as a line of people.csv would have them. */
export function fieldsOf({ values }: DirectoryEntry, mapping: Mapping): readonly string[] {
  return readColumns.map((column) => {
    const found =
      mapping[column].map((name) => values.get(name.toLowerCase()) ?? []).find((all) => all.length > 0) ?? [];
    return sayIt(column, found);
  });
}

function sayIt(column: Read, all: readonly string[]): string {
  const [first = ''] = all;
  switch (column) {
    case 'aliases':
      return all.join('|');
    case 'unit':
      // FrEduRne is `0590121L$UAJ$PU$…`: the school's code comes first.
      return (first.split('$')[0] ?? '').toLowerCase();
    case 'population':
      return populations.get(first.toLowerCase()) ?? first;
    case 'birthDate':
      return first.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
    case 'language':
      // An Accept-Language value (RFC 2798 §2.7): the first of the list.
      return (first.split(/[,;]/)[0] ?? '').trim();
    case 'userName':
    case 'givenName':
    case 'familyName':
    case 'email':
    case 'function':
    case 'quota':
    case 'externalId':
    case 'numen':
    case 'recoveryEmail':
    case 'from':
    case 'until':
    case 'leave':
      return first;
  }
}
