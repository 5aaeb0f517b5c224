/**
 * What a conversation is about: the class, the pupil, the day, the room. Each fact is drawn once when first named and
 * stays the same through the thread, so that a reply speaks of the same Thursday as the question.
 */
import { pickName } from './names.ts';
import { nextWorkday, printFrenchDay, schoolYearOf, trimesterOf } from './paris-time.ts';
import { pickCommune } from './places.ts';
import type { Random } from './random.ts';
import type { PlannedUnit } from './units.ts';

const SLOT_NAMES = [
  'classe',
  'matiere',
  'eleve',
  'prenomEleve',
  'jour',
  'delai',
  'jourPasse',
  'heure',
  'heureFin',
  'salle',
  'trimestre',
  'annee',
  'livre',
  'lieu',
  'ville',
  'nombre',
  'petit',
  'montant',
  'ticket',
  'materiel',
  'logiciel',
  'examen',
  'lecole',
  'delecole',
  'alecole',
  'formation',
  'projet',
  'poste',
  'numero',
  'mois',
] as const;

export type Slot = (typeof SLOT_NAMES)[number];
export const SLOTS: ReadonlySet<Slot> = new Set(SLOT_NAMES);

const DAY_MS = 86_400_000;

/** A filler for one thread that begins at `startedAt` in `unit`, about `discipline` where that is known. */
export function factsOf(
  random: Random,
  unit: PlannedUnit,
  startedAt: number,
  discipline?: string,
): (slot: Slot) => string {
  const known = new Map<Slot, string>(discipline === undefined ? [] : [['matiere', discipline]]);
  return (slot) => {
    const fact = known.get(slot) ?? drawFact(slot, random, unit, startedAt);
    known.set(slot, fact);
    return fact;
  };
}

function drawFact(slot: Slot, random: Random, unit: PlannedUnit, startedAt: number): string {
  const day = (from: number, to: number): string =>
    printFrenchDay(nextWorkday(startedAt + random.between(from, to) * DAY_MS));
  switch (slot) {
    case 'classe':
      return random.pick(CLASSES[unit.kind] ?? CLASSES.college ?? []);
    case 'matiere':
      return random.pick(SUBJECTS);
    case 'eleve': {
      const name = pickName(random, 'pupil', 0.5);
      return `${name.givenName} ${name.familyName}`;
    }
    case 'prenomEleve':
      return pickName(random, 'pupil', 0.5).givenName;
    case 'jour':
      return day(2, 13);
    case 'delai':
      return day(7, 25);
    case 'jourPasse':
      return day(-6, -3);
    case 'heure':
      return random.pick([
        '8 h 15',
        '9 h 30',
        '10 h 15',
        '12 h 30',
        '13 h 45',
        '14 h',
        '16 h 30',
        '17 h',
        '17 h 30',
        '18 h',
      ]);
    case 'heureFin':
      return random.pick(['18 h 30', '19 h', '19 h 30', '20 h']);
    case 'salle':
      return random
        .pick([
          'A12',
          'B204',
          '107',
          '212',
          'C03',
          'au CDI',
          'polyvalente',
          'des actes',
          'informatique 2',
          'de réunion',
        ])
        .replace('au CDI', 'du CDI');
    case 'trimestre':
      return trimesterOf(startedAt);
    case 'annee':
      return schoolYearOf(startedAt);
    case 'livre':
      return `« ${random.pick(BOOKS)} »`;
    case 'lieu':
      return random.pick(OUTINGS);
    case 'ville':
      return pickCommune(random);
    case 'nombre':
      return String(random.between(18, 64));
    case 'petit':
      return random.pick(['deux', 'trois', 'quatre', 'cinq', 'six', 'huit']);
    case 'montant':
      return `${random.between(12, 480)},${random.pick(['00', '50', '90'])} €`;
    case 'ticket':
      return `ASS-${random.between(10_000, 99_999)}`;
    case 'materiel':
      return random.pick([
        "l'imprimante de la salle des professeurs",
        'le vidéoprojecteur',
        'mon ordinateur portable',
        'le chariot de tablettes',
        'le photocopieur',
        'la borne Wi-Fi du bâtiment B',
        'le tableau numérique',
      ]);
    case 'logiciel':
      return random.pick([
        'la messagerie',
        "le logiciel d'emploi du temps",
        'le cahier de textes en ligne',
        'le réseau virtuel (VPN)',
        'la suite bureautique',
        "l'application de saisie des notes",
        'le portail intranet',
      ]);
    case 'examen':
      return random.pick([
        'diplôme national du brevet',
        'baccalauréat général',
        'baccalauréat technologique',
        'baccalauréat professionnel',
        'CAP',
        'BTS',
        'concours de recrutement',
      ]);
    case 'lecole':
      return unit.the;
    case 'delecole':
      return unit.of;
    case 'alecole':
      return unit.at;
    case 'formation':
      return random.pick(TRAININGS);
    case 'projet':
      return random.pick([
        'la classe à PAC',
        'le projet Erasmus+',
        'la liaison CM2-6e',
        'le journal des élèves',
        'la chorale',
        'le club théâtre',
        'la semaine de la presse',
        'le jardin pédagogique',
        'le concours de nouvelles',
        'la webradio',
      ]);
    case 'poste':
      return random.pick([
        'TZR',
        'poste à cheval sur deux établissements',
        'poste spécifique',
        'temps partiel',
        'complément de service',
      ]);
    case 'numero':
      return String(random.between(2, 189));
    case 'mois':
      return random.pick([
        'septembre',
        'octobre',
        'novembre',
        'décembre',
        'janvier',
        'février',
        'mars',
        'avril',
        'mai',
        'juin',
      ]);
    default:
      return slot satisfies never;
  }
}

const CLASSES: Readonly<Partial<Record<PlannedUnit['kind'], readonly string[]>>> = {
  ecole: ['CP', 'CE1', 'CE2', 'CM1', 'CM2', 'CE1-CE2', 'CM1-CM2'],
  college: ['6e A', '6e B', '6e C', '5e A', '5e B', '5e C', '4e A', '4e B', '4e C', '3e A', '3e B', '3e C'],
  lycee: ['2de 1', '2de 4', '2de 7', '1re 2', '1re 5', '1re STMG', 'Tle 1', 'Tle 3', 'Tle 6'],
  lyceeProfessionnel: ['2de MELEC', '1re ASSP', 'Tle commerce', '1re CAP cuisine', '2de TNE'],
  university: ['L1', 'L2', 'L3', 'M1', 'M2 recherche'],
};
const SUBJECTS: readonly string[] = [
  'français',
  'mathématiques',
  'anglais',
  'histoire-géographie',
  'SVT',
  'physique-chimie',
  'espagnol',
  'technologie',
  'allemand',
  'arts plastiques',
];
const BOOKS: readonly string[] = [
  'Le Horla',
  'La Vénus d’Ille',
  'Le Cid',
  'Les Fourberies de Scapin',
  'Antigone',
  'La Parure',
  'Vendredi ou la Vie sauvage',
  'Cyrano de Bergerac',
  'L’Île au trésor',
  'Claude Gueux',
  'Le Malade imaginaire',
  'Germinal',
  'La Ferme des animaux',
  'Les Contemplations',
];
const OUTINGS: readonly string[] = [
  'au musée des Beaux-Arts',
  'au théâtre municipal',
  'à la cité des Sciences',
  'au mémorial',
  'aux archives départementales',
  'à la médiathèque',
  "à l'opéra",
  'au château',
  'au planétarium',
  'à la station biologique',
  "au forum de l'orientation",
  'au tribunal',
  "à l'observatoire",
];
const TRAININGS: readonly string[] = [
  "« Enseigner l'oral au collège »",
  "« Différencier sans s'épuiser »",
  '« Accueillir les élèves allophones »',
  '« Cybersécurité : les bons réflexes »',
  '« Premiers secours, recyclage »',
  '« Laïcité et valeurs de la République »',
  '« École inclusive : construire un PAP »',
  '« Climat scolaire et prévention du harcèlement »',
  '« La carte mentale en classe »',
  '« Évaluer par compétences »',
  '« Lecture à voix haute »',
  '« Conduire un entretien »',
];
