/** Who writes and who reads: people and functional mailboxes of the academy, and people outside it. */
import { type Academy, DEMO_TENANT, type PlannedPerson, addressStem } from './academy.ts';
import type { Role } from './cast.ts';
import type { PlannedMailbox } from './mailboxes.ts';
import { pickName } from './names.ts';
import type { Party } from './print-message.ts';
import { type Random, at } from './random.ts';
import type { PartyRole } from './topics/topic.ts';
import type { PlannedUnit } from './units.ts';

/** Whose account keeps a copy. */
export type Owner =
  | { readonly kind: 'person'; readonly personIndex: number }
  | { readonly kind: 'mailbox'; readonly localPart: string };

export interface Correspondent {
  readonly party: Party;
  /** Undefined for somebody outside. */
  readonly owner: Owner | undefined;
  readonly civility: 'M.' | 'Mme' | undefined;
  readonly givenName: string;
  /** Lines of the signature under the name; none for private people. */
  readonly signature: readonly string[];
}

export interface Directory {
  readonly person: (index: number) => Correspondent;
  readonly mailbox: (mailbox: PlannedMailbox) => Correspondent;
  /** Somebody in that role for a unit, but not `except`; undefined when nobody is. */
  readonly find: (random: Random, role: PartyRole, unit: PlannedUnit, except: number) => Correspondent | undefined;
  readonly staff: (unit: PlannedUnit) => readonly number[];
}

/** Services answer from their functional mailbox, wherever they are written from. */
const SERVICE_MAILBOX: Readonly<Partial<Record<PartyRole, readonly [unitCode: string, localPart: string]>>> = {
  support: ['dsi', 'dsi-assistance'],
  exams: ['dec', 'dec-examens'],
  personnel: ['dpe', 'dpe-gestion'],
  inspector: ['inspection', 'ia-ipr-secretariat'],
  clerk: ['eafc', 'eafc-formation'],
};

export function directoryOf(academy: Academy, addressOf: (personIndex: number) => string): Directory {
  const staffByUnit = new Map<number, readonly number[]>();
  const roleByUnit = new Map<number, ReadonlyMap<Role, readonly number[]>>();
  const staff = (unit: PlannedUnit): readonly number[] => {
    const known = staffByUnit.get(unit.index) ?? academy.staffOf(unit);
    staffByUnit.set(unit.index, known);
    return known;
  };
  const rolesOf = (unit: PlannedUnit): ReadonlyMap<Role, readonly number[]> => {
    const known = roleByUnit.get(unit.index);
    if (known !== undefined) return known;
    const roles = new Map<Role, number[]>();
    for (const index of staff(unit)) {
      const { role } = academy.person(index);
      const others = roles.get(role);
      if (others === undefined) roles.set(role, [index]);
      else others.push(index);
    }
    roleByUnit.set(unit.index, roles);
    return roles;
  };
  const person = (index: number): Correspondent => correspondentOf(academy.person(index), addressOf(index));
  const mailboxByLocalPart = (unitCode: string, localPart: string): Correspondent | undefined => {
    const unit = academy.units.find((candidate) => candidate.code === unitCode);
    const box =
      unit === undefined ? undefined : academy.mailboxesOf(unit).find((candidate) => candidate.localPart === localPart);
    return box === undefined ? undefined : mailboxCorrespondent(box);
  };
  const services = new Map<PartyRole, Correspondent | undefined>();
  const serviceFor = (role: PartyRole, unit: PlannedUnit): Correspondent | undefined => {
    if (role === 'dsden')
      return mailboxByLocalPart(`dsden${unit.department.code}`, `scolarite.dsden${unit.department.code}`);
    const place = SERVICE_MAILBOX[role];
    if (place === undefined) return undefined;
    const known = services.get(role) ?? mailboxByLocalPart(place[0], place[1]);
    services.set(role, known);
    return known;
  };
  return {
    person,
    mailbox: mailboxCorrespondent,
    staff,
    find: (random, role, unit, except) => {
      if (role === 'parent' || role === 'partner' || role === 'supplier') return outsider(random, role);
      if (role === 'everyone') return undefined;
      if (role === 'pupil' || role === 'student')
        return unit.pupils.count === 0 ? undefined : person(unit.pupils.first + random.below(unit.pupils.count));
      const colleagues = (rolesOf(unit).get(role) ?? []).filter((index) => index !== except);
      return colleagues.length > 0 ? person(random.pick(colleagues)) : serviceFor(role, unit);
    },
  };
}

function correspondentOf(person: PlannedPerson, address: string): Correspondent {
  const { unit } = person;
  return {
    party: { name: `${person.givenName} ${person.familyName}`, address },
    owner: { kind: 'person', personIndex: person.index },
    civility: person.civility,
    givenName: person.givenName,
    signature:
      person.population === 'pupil'
        ? [person.title.charAt(0).toUpperCase() + person.title.slice(1)]
        : [
            person.title.charAt(0).toUpperCase() + person.title.slice(1),
            unit.name,
            `${unit.street}, ${unit.postcode} ${unit.commune}`,
            unit.phone,
          ],
  };
}

function mailboxCorrespondent(mailbox: PlannedMailbox): Correspondent {
  return {
    party: { name: mailbox.name, address: `${mailbox.localPart}@${DEMO_TENANT.domain}` },
    owner: { kind: 'mailbox', localPart: mailbox.localPart },
    civility: undefined,
    givenName: mailbox.name,
    signature: mailbox.unit.name === mailbox.name ? [mailbox.unit.phone] : [mailbox.unit.name, mailbox.unit.phone],
  };
}

const PARTNERS: readonly (readonly [name: string, domain: string])[] = [
  ['Service des publics, musée de Valmont', 'musee-valmont.example'],
  ['Théâtre municipal', 'theatre-orval.example'],
  ['Médiathèque intercommunale', 'mediatheque-lise.example'],
  ['Association Lire et Vivre', 'lire-vivre.example'],
];
const SUPPLIERS: readonly (readonly [name: string, domain: string])[] = [
  ['Transports de la Lise', 'transports-lise.example'],
  ['Papeterie du Centre', 'papeterie-centre.example'],
  ['Bureau et Mobilier', 'bureau-mobilier.example'],
];

export function outsider(random: Random, role: 'parent' | 'partner' | 'supplier'): Correspondent {
  const name = pickName(random, 'adult', 0.55);
  const stem = addressStem(name);
  const who = `${name.givenName} ${name.familyName}`;
  const known = { owner: undefined, civility: name.civility, givenName: name.givenName };
  if (role === 'parent') return { ...known, party: { name: who, address: `${stem}@exemple.example` }, signature: [] };
  const [organisation, domain] = random.pick(role === 'partner' ? PARTNERS : SUPPLIERS);
  return { ...known, party: { name: who, address: `${at(stem.split('.'), 1)}@${domain}` }, signature: [organisation] };
}
