/**
 * The imaginary academy's map: five departments that do not exist, communes made of common parts of place names, names
 * schools like to bear, streets. Codes are shaped like real ones and lie in ranges nobody has been given.
 */
import type { Random } from './random.ts';

export interface Department {
  /** Three digits, 961 to 965: unassigned in the French numbering. */
  readonly code: string;
  readonly name: string;
  /** With its preposition and article: "de la Haute-Sévrine". */
  readonly ofName: string;
  readonly seat: string;
}

export const DEPARTMENTS: readonly Department[] = [
  { code: '961', name: 'Val-et-Monts', ofName: 'du Val-et-Monts', seat: 'Valmont' },
  { code: '962', name: 'Lise-et-Auvre', ofName: 'de Lise-et-Auvre', seat: 'Aubressac' },
  { code: '963', name: 'Haute-Sévrine', ofName: 'de la Haute-Sévrine', seat: 'Sévrigny' },
  { code: '964', name: "Côtes-d'Orval", ofName: "des Côtes-d'Orval", seat: 'Orval-le-Port' },
  { code: '965', name: 'Plaines-de-Brande', ofName: 'des Plaines-de-Brande', seat: 'Brandeville' },
];

export function pickCommune(random: Random): string {
  switch (random.below(4)) {
    case 0:
      return `${random.pick(SAINTS)}-${random.pick(TAILS)}`;
    case 1:
      return `${random.pick(HEADS)}${random.pick(ENDS)}`;
    case 2:
      return `${random.pick(HEADS)}${random.pick(ENDS)}-${random.pick(TAILS)}`;
    default:
      return random.pick(SAINTS);
  }
}

export function pickStreet(random: Random): string {
  return `${random.between(1, 140)}${random.chance(0.08) ? ' bis' : ''}, ${random.pick(STREETS)}`;
}

/** Names that public schools take, as they follow the word "collège": with a hyphen between the parts. */
export const PUBLIC_PATRONS: readonly string[] = [
  'Jean-Moulin',
  'Victor-Hugo',
  'Marie-Curie',
  'Jules-Ferry',
  'Simone-Veil',
  'Aimé-Césaire',
  'Louise-Michel',
  'Jacques-Prévert',
  'George-Sand',
  'Albert-Camus',
  'Lucie-Aubrac',
  'Olympe-de-Gouges',
  'Paul-Éluard',
  'Émile-Zola',
  'Rosa-Parks',
  'Germaine-Tillion',
  'Joliot-Curie',
  'Antoine-de-Saint-Exupéry',
  'Jean-Jaurès',
  'Marcel-Pagnol',
  'Jean-de-La-Fontaine',
  'Pierre-Mendès-France',
  'Colette',
  'Molière',
  'Voltaire',
  'Diderot',
  'Condorcet',
  'Rimbaud',
  'Louis-Pasteur',
  'Berthe-Morisot',
  'Frida-Kahlo',
  'Nelson-Mandela',
  'Léopold-Sédar-Senghor',
  'Joséphine-Baker',
  'Alexandra-David-Néel',
  'Françoise-Dolto',
  'Les Tilleuls',
  'La Garenne',
  'Le Grand Pré',
  'Les Quatre-Vents',
  'Le Parc',
];

export const PRIVATE_PATRONS: readonly string[] = [
  'Saint-Joseph',
  'Sainte-Marie',
  'Notre-Dame',
  'Saint-Vincent',
  'Sainte-Thérèse',
  'Saint-Michel',
  'La Providence',
  'Sacré-Cœur',
  "Jeanne-d'Arc",
  'Saint-Exupère',
  'Sainte-Geneviève',
  'Les Cordeliers',
  'Saint-François',
  'Assomption',
];

const SAINTS: readonly string[] = [
  'Saint-Aubin',
  'Saint-Cyrille',
  'Sainte-Colombe',
  'Saint-Éloi',
  'Saint-Géry',
  'Saint-Hilaire',
  'Sainte-Foy',
  'Saint-Loup',
  'Saint-Mesmin',
  'Saint-Ouen',
  'Saint-Priest',
  'Sainte-Radegonde',
  'Saint-Sever',
  'Saint-Yrieix',
  'Sainte-Eulalie',
];
const TAILS: readonly string[] = [
  'sur-Lise',
  'sur-Auvre',
  'en-Brande',
  'les-Bois',
  'le-Vieux',
  'la-Vallée',
  'en-Plaine',
  'les-Bains',
  'sous-Sévrine',
  'la-Forêt',
  'des-Prés',
  'le-Château',
  'aux-Chênes',
  'les-Orval',
  'du-Mont',
  "l'Abbaye",
];
const HEADS: readonly string[] = [
  'Mont',
  'Val',
  'Roche',
  'Font',
  'Bel',
  'Haute',
  'Clair',
  'Vert',
  'Beau',
  'Ville',
  'Castel',
  'Pierre',
  'Neu',
  'Aigue',
  'Bois',
  'Mar',
];
const ENDS: readonly string[] = [
  'brac',
  'court',
  'fontaine',
  'ignac',
  'lieu',
  'mesnil',
  'nac',
  'pierre',
  'roy',
  'ville',
  'vigne',
  'zac',
  'ières',
  'enay',
  'oux',
  'aumont',
];
const STREETS: readonly string[] = [
  'rue de la République',
  'avenue du Général-de-Gaulle',
  'rue des Écoles',
  'place de la Mairie',
  'boulevard Gambetta',
  'rue du Stade',
  'chemin des Vignes',
  'avenue de la Gare',
  'rue du 8-Mai-1945',
  'allée des Platanes',
  "rue de l'Église",
  'impasse du Moulin',
  'quai de la Lise',
  'rue Jean-Jaurès',
  'route de Sévrigny',
  'rue des Fossés',
  'avenue des Sports',
];
