/** Functional mailboxes of each unit, who works in them, and the mandates the demonstration shows. */
import { castIndexOf } from './cast.ts';
import type { PlannedUnit } from './units.ts';

/** What members of a functional mailbox may do, each level including the one before. */
export type MailboxLevel = 'read' | 'draft' | 'send' | 'manage';

export interface PlannedMailbox {
  readonly localPart: string;
  readonly name: string;
  readonly unit: PlannedUnit;
  readonly members: readonly { readonly personIndex: number; readonly level: MailboxLevel }[];
}

export interface PlannedMandate {
  /** Whose mailbox or calendar: a person or a functional mailbox. */
  readonly on:
    | { readonly kind: 'person'; readonly personIndex: number }
    | { readonly kind: 'mailbox'; readonly localPart: string };
  readonly toPersonIndex: number;
  readonly byPersonIndex: number;
  readonly scope: 'mail' | 'calendar';
  readonly level: MailboxLevel;
  /** Whole days from the day of loading; undefined has no end. */
  readonly fromDays: number;
  readonly untilDays: number | undefined;
  readonly reason: string;
}

/** Schools have their official mailbox (ce.UAI) and a secretariat; services and DSDEN the ones people write to. */
export function planMailboxes(unit: PlannedUnit, staff: readonly number[]): readonly PlannedMailbox[] {
  const [first, second, third] = staff;
  const members = [
    ...(first === undefined ? [] : [{ personIndex: first, level: 'manage' as const }]),
    ...(second === undefined ? [] : [{ personIndex: second, level: 'send' as const }]),
    ...(third === undefined ? [] : [{ personIndex: third, level: 'read' as const }]),
  ];
  const mailbox = (localPart: string, name: string, who: PlannedMailbox['members'] = members): PlannedMailbox => ({
    localPart,
    name,
    unit,
    members: who,
  });
  if (unit.uai !== undefined) {
    const isCast = staff.includes(castIndexOf('claire'));
    const office: PlannedMailbox['members'] = isCast
      ? [
          { personIndex: castIndexOf('helene'), level: 'manage' },
          { personIndex: castIndexOf('marc'), level: 'send' },
          { personIndex: castIndexOf('olivier'), level: 'draft' },
        ]
      : members;
    return [
      mailbox(`ce.${unit.code}`, unit.name, office),
      mailbox(`secretariat.${unit.code}`, `Secrétariat, ${unit.name}`, office),
      ...(isCast
        ? [
            mailbox('cdi.jean-moulin', 'CDI du collège Jean-Moulin', [
              { personIndex: castIndexOf('elodie'), level: 'manage' },
              { personIndex: castIndexOf('claire'), level: 'send' },
            ]),
            mailbox('vie-scolaire.jean-moulin', 'Vie scolaire du collège Jean-Moulin', [
              { personIndex: castIndexOf('fatoumata'), level: 'manage' },
            ]),
          ]
        : []),
    ];
  }
  if (unit.kind === 'dsden')
    return [mailbox(`ce.${unit.code}`, unit.name), mailbox(`scolarite.${unit.code}`, `Scolarité, ${unit.name}`)];
  return (OFFICE_MAILBOXES[unit.code] ?? []).map(([localPart, name]) => mailbox(localPart, name));
}

const OFFICE_MAILBOXES: Readonly<Record<string, readonly (readonly [localPart: string, name: string])[]>> = {
  rectorat: [
    ['recteur-secretariat', 'Secrétariat particulier du recteur'],
    ['ce.recteur', 'Cabinet du recteur'],
  ],
  dsi: [
    ['dsi-assistance', 'Assistance informatique (DSI)'],
    ['dsi-securite', "Sécurité des systèmes d'information"],
  ],
  dec: [
    ['dec-examens', 'Examens et concours (DEC)'],
    ['dec-dnb', 'Diplôme national du brevet (DEC)'],
  ],
  dpe: [
    ['dpe-gestion', 'Gestion des personnels enseignants (DPE)'],
    ['dpe-mouvement', 'Mouvement (DPE)'],
  ],
  dpae: [['dpae-gestion', "Personnels d'administration (DPAE)"]],
  dos: [['dos-moyens', 'Moyens des établissements (DOS)']],
  daf: [['daf-frais', 'Frais de déplacement (DAF)']],
  eafc: [['eafc-formation', 'Formation continue (EAFC)']],
  inspection: [['ia-ipr-secretariat', "Secrétariat des corps d'inspection"]],
  communication: [['communication', 'Communication académique']],
  sante: [['service-medical', 'Service médico-social']],
};

export function planMandates(school: PlannedUnit): readonly PlannedMandate[] {
  const who = (key: string): number => castIndexOf(key);
  return [
    {
      on: { kind: 'person', personIndex: who('helene') },
      toPersonIndex: who('marc'),
      byPersonIndex: who('helene'),
      scope: 'mail',
      level: 'send',
      fromDays: -120,
      untilDays: undefined,
      reason: 'Secrétariat de la principale',
    },
    {
      on: { kind: 'person', personIndex: who('helene') },
      toPersonIndex: who('marc'),
      byPersonIndex: who('helene'),
      scope: 'calendar',
      level: 'manage',
      fromDays: -120,
      untilDays: undefined,
      reason: "Tenue de l'agenda de la principale",
    },
    {
      on: { kind: 'mailbox', localPart: `ce.${school.code}` },
      toPersonIndex: who('claire'),
      byPersonIndex: who('helene'),
      scope: 'mail',
      level: 'draft',
      fromDays: -3,
      untilDays: 18,
      reason: 'Remplacement du secrétariat pendant un congé',
    },
    {
      on: { kind: 'person', personIndex: who('patrice') },
      toPersonIndex: who('olivier'),
      byPersonIndex: who('helene'),
      scope: 'mail',
      level: 'read',
      fromDays: -60,
      untilDays: -20,
      reason: 'Intérim de gestion (terminé)',
    },
    {
      on: { kind: 'mailbox', localPart: 'dsi-assistance' },
      toPersonIndex: who('karim'),
      byPersonIndex: who('nadia'),
      scope: 'mail',
      level: 'send',
      fromDays: -200,
      untilDays: 165,
      reason: 'Assistance de premier niveau',
    },
  ];
}
