/** What arrives without being a conversation: circulars by HTML, newsletters and lists, a little spam. */
import { SLOTS, type Slot } from '#server/demo/facts.ts';
import { type Template, compileTemplate } from '#server/demo/template.ts';

export interface Bulletin {
  readonly list: string;
  readonly listName: string;
  readonly senderName: string;
  /** Local lists are of the academy; the others come from outside. */
  readonly isLocal: boolean;
  readonly subjects: readonly Template<Slot>[];
  readonly items: readonly Template<Slot>[];
  readonly colours: { readonly page: string; readonly band: string; readonly text: string };
}

const compiled = (sources: readonly string[]): readonly Template<Slot>[] =>
  sources.map((source) => compileTemplate(source, SLOTS));

const bulletin = (
  list: string,
  listName: string,
  isLocal: boolean,
  colours: readonly [string, string, string],
  subjects: readonly string[],
  items: readonly string[],
): Bulletin => ({
  list,
  listName,
  senderName: listName,
  isLocal,
  subjects: compiled(subjects),
  items: compiled(items),
  colours: { page: colours[0], band: colours[1], text: colours[2] },
});

export const BULLETINS: readonly Bulletin[] = [
  bulletin(
    'lettre-academie',
    "La lettre de l'académie",
    true,
    ['#f4f6fa', '#1f3f77', '#222222'],
    ["La lettre de l'académie n° {numero}", '[À la une|Cette semaine] : {projet}'],
    [
      'Le recteur en visite {alecole} pour {projet}.',
      'Concours : les élèves de {classe} récompensés {lieu}.',
      'Formation {formation} : les inscriptions ferment {delai}.',
      'Orientation : le forum ouvre {jour} à {heure}.',
      'Mouvement {annee} : [le calendrier est publié|les dates à retenir].',
    ],
  ),
  bulletin(
    'lettres-lettres',
    'Liste de diffusion Lettres',
    true,
    ['#ffffff', '#5a3d7a', '#333333'],
    ['Lettres : Ressources sur {livre}', 'Lettres : Journée {formation}'],
    [
      'Un dossier complet sur {livre}, avec corpus et images.',
      'Compte rendu de la journée {formation}.',
      'Appel à contribution : écrire avec les élèves, avant {delai}.',
      'Une captation de {livre} visible gratuitement jusqu’au {delai}.',
    ],
  ),
  bulletin(
    'info-culture',
    'Culture à Valmont',
    false,
    ['#fff8e7', '#b3261e', '#3b2a1a'],
    ['Vos sorties scolaires : {lieu}', 'Offre enseignants : {nombre} places {lieu}'],
    [
      'Visite guidée {lieu}, gratuite pour les scolaires {jour}.',
      'Rencontre autour de {livre} à {ville}.',
      'Atelier {projet} : {nombre} places.',
      'Tarif de groupe : {montant} la séance.',
    ],
  ),
  bulletin(
    'actus-editeur',
    'Les Éditions du Préau',
    false,
    ['#eef7ee', '#2e6b34', '#111111'],
    ['Spécimens de {matiere} : demandez-les', 'Nouveau manuel de {matiere}, [édition|] {annee}'],
    [
      'Feuilletez notre manuel de {matiere} en ligne.',
      '{livre} en édition annotée, dès {montant} la série.',
      'Webinaire « préparer sa rentrée », {jour} à {heure}.',
      'Fiches à photocopier pour la {classe}.',
    ],
  ),
  bulletin(
    'mutuelle-info',
    'Mutuelle des Écoliers',
    false,
    ['#e9f2fb', '#00558c', '#0a0a0a'],
    ['Votre espace adhérent', 'Prévention : [le dos au travail|la voix de l’enseignant]'],
    [
      'Cinq exercices pour préserver sa voix.',
      'Votre carte {annee} est disponible.',
      'Permanence à {ville} {jour} de {heure} à {heureFin}.',
    ],
  ),
];

export interface Spam {
  readonly senderName: string;
  readonly address: string;
  readonly subjects: readonly Template<Slot>[];
  readonly bodies: readonly Template<Slot>[];
  readonly link: string;
}

const spam = (
  senderName: string,
  address: string,
  link: string,
  subjects: readonly string[],
  bodies: readonly string[],
): Spam => ({ senderName, address, link, subjects: compiled(subjects), bodies: compiled(bodies) });

export const SPAM: readonly Spam[] = [
  spam(
    'Service Messagerie Académique',
    'support@ac-valmont-securite.invalid',
    'https://ac-valmont-securite.invalid/connexion',
    [
      'Votre boîte est pleine à 98 %',
      'URGENT : votre compte sera suspendu',
      'Action requise : [validation|mise à jour] de votre messagerie',
    ],
    [
      'Votre boîte aux lettres a dépassé la limite autorisée et sera désactivée {jour}. [Validez votre compte dès maintenant|Cliquez sur le lien pour augmenter votre quota] en indiquant votre identifiant et votre mot de passe.',
    ],
  ),
  spam(
    'Livraison Express',
    'colis@suivi-livraison-fr.invalid',
    'https://suivi-livraison-fr.invalid/c',
    ['Votre colis n° {numero}887 est en attente', 'Frais de livraison impayés'],
    [
      'Nous avons tenté de livrer votre colis {jourPasse}. [Réglez les frais de 1,95 €|Confirmez votre adresse] pour programmer une nouvelle livraison.',
    ],
  ),
  spam(
    'Formation CPF',
    'conseiller@compte-formation.invalid',
    'https://compte-formation.invalid',
    ['Vos droits CPF expirent {jour}', '[Dernier rappel|Relance] : votre solde de formation'],
    [
      'Votre solde de formation de {montant} sera perdu {jour}. [Un conseiller vous rappelle gratuitement.|Choisissez une formation en ligne, ordinateur offert.]',
    ],
  ),
  spam(
    'Mme Rose Lambert',
    'rose.lambert.notaire@courriel-gratuit.invalid',
    'https://courriel-gratuit.invalid/don',
    ['Proposition confidentielle', 'DONATION'],
    [
      'Je suis gravement malade et souhaite faire don de ma fortune à une personne honnête. [Répondez-moi discrètement.|Mon notaire attend vos coordonnées bancaires.]',
    ],
  ),
  spam(
    'Amendes - Paiement',
    'avis@paiement-amende-gouv.invalid',
    'https://paiement-amende-gouv.invalid',
    ['Avis de contravention impayée', 'Majoration de votre amende'],
    [
      'Sauf erreur, votre contravention du {jourPasse} reste impayée. Réglez {montant} avant {jour} pour éviter la majoration.',
    ],
  ),
];
