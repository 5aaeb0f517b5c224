/** Letters from outside and back: parents, partners of projects, suppliers. */
import { type Topic, topic } from './topic.ts';

export const FAMILY_TOPICS: readonly Topic[] = [
  topic('parent', 'teacher', 'formal', {
    subjects: [
      'Absence de {prenomEleve} [{jour}|]',
      '{prenomEleve} : absence en {classe}',
      'Rendez-vous médical de {prenomEleve}',
    ],
    bodies: [
      'Je vous informe que mon enfant {prenomEleve} ({classe}) ne pourra pas venir [{jour}|le matin du {jour}] pour [un rendez-vous médical|une raison familiale]. [Pourriez-vous lui transmettre le travail à faire ?|Il rattrapera les cours auprès de ses camarades.]',
    ],
    replies: [
      "[C'est noté|Je vous remercie de votre message]. Le travail est dans le cahier de textes en ligne.",
      'Merci pour votre réactivité.',
    ],
    folder: 'Parents',
  }),
  topic('parent', 'teacher', 'formal', {
    subjects: ['Résultats de {prenomEleve} en {matiere}', '[Inquiétude pour|Au sujet de] {prenomEleve} ({classe})'],
    bodies: [
      'Les résultats de {prenomEleve} ont beaucoup baissé ce trimestre et [nous sommes inquiets|nous aimerions comprendre]. [Serait-il possible de vous rencontrer|Auriez-vous un moment pour en parler], par exemple {jour} après {heure} ?',
      "{prenomEleve} passe plus de deux heures chaque soir sur ses devoirs et [se décourage|n'ose pas poser de questions en classe]. [Que nous conseillez-vous ?|Existe-t-il une aide aux devoirs ?]",
    ],
    replies: [
      '[Je comprends votre inquiétude|Merci pour votre message]. Je vous propose {jour} à {heure}, [sur place|en visioconférence si vous préférez].',
      "Nous serons là. Merci d'avoir pris le temps de nous répondre.",
      'Suite à notre entretien, voici les pistes convenues : relecture de la leçon le soir même, cinq lignes de lecture à voix haute, un point dans trois semaines.',
    ],
    folder: 'Parents',
  }),
  topic('parent', 'teacher', 'formal', {
    subjects: ['Sortie {lieu} : autorisation', 'Paiement de la sortie {lieu}', 'Question sur le voyage'],
    bodies: [
      "[Vous trouverez ci-joint|Je joins] l'autorisation signée pour la sortie {lieu}. [Le règlement de {montant} est dans le carnet|Peut-on payer en deux fois] ? [Je peux aussi accompagner le groupe si besoin.|]",
    ],
    replies: [
      "Merci beaucoup, [l'autorisation est bien enregistrée|c'est parfait]. [Pour le paiement, voyez avec l'intendance.|Je vous confirme pour l'accompagnement.]",
    ],
    attachments: ['form', 'photo'],
    folder: 'Parents',
  }),
  topic('parent', 'schoolLife', 'formal', {
    subjects: ['Justificatif d’absence de {prenomEleve}', 'Incident [à la cantine|dans la cour]'],
    bodies: [
      "Veuillez trouver ci-joint le justificatif d'absence de {prenomEleve} ({classe}) pour le {jourPasse}.",
      "{prenomEleve} m'a parlé d'un incident {jourPasse}. [J'aimerais savoir ce qui s'est passé|Pouvez-vous me rappeler] au plus vite ?",
    ],
    replies: [
      "[Je vous remercie, l'absence est régularisée|Nous avons reçu les élèves concernés et je vous appelle cet après-midi].",
    ],
    attachments: ['form'],
  }),
  topic('parent', 'secretary', 'formal', {
    subjects: ['Certificat de scolarité', 'Demande d’inscription de {prenomEleve}'],
    bodies: [
      '[Pourriez-vous me faire parvenir un|Est-il possible de recevoir un] certificat de scolarité pour {prenomEleve}, élève de {classe} ?',
      'Nous emménageons à {ville} en {mois} et souhaitons inscrire {prenomEleve} {alecole}. Quelles pièces devons-nous fournir ?',
    ],
    replies: [
      "[Le document est joint à ce message|Il faut un justificatif de domicile, le livret de famille et l'exeat de l'ancien établissement]. Le secrétariat est ouvert de 8 h à 17 h.",
    ],
    attachments: ['form'],
  }),
  topic('parent', 'primary', 'formal', {
    subjects: [
      '{prenomEleve} [malade|absent aujourd’hui]',
      'Poux dans la classe ?',
      'Doudou oublié',
      'Goûter du {jour}',
    ],
    bodies: [
      "[{prenomEleve} a de la fièvre et restera à la maison aujourd'hui|{prenomEleve} a laissé son blouson à l'école]. [Pouvez-vous mettre les devoirs de côté ?|Merci de me dire si vous l'avez vu.]",
    ],
    replies: ["[Bon rétablissement|C'est noté] ! [Je mets tout dans une pochette|Il l'attend au portemanteau]."],
  }),
  topic('partner', 'teacher', 'courteous', {
    subjects: ['Accueil de la {classe} {lieu}', 'Atelier du {jour} : confirmation', 'Partenariat : {projet}'],
    bodies: [
      "Nous avons le plaisir de vous confirmer l'accueil de la {classe} ({nombre} élèves) {lieu}, {jour} à {heure}. [Le médiateur vous attendra à l'entrée des groupes.|Merci d'arriver dix minutes à l'avance.] [Le dossier pédagogique est joint.|]",
    ],
    replies: [
      "[Merci beaucoup|C'est parfait] ! Y a-t-il un vestiaire pour les sacs ?",
      "Oui, à gauche de l'accueil. À bientôt !",
    ],
    attachments: ['circular', 'photo'],
  }),
  topic('supplier', 'manager', 'formal', {
    subjects: ['Devis n° {numero}', 'Facture {numero} : relance', 'Livraison [prévue {jour}|]'],
    bodies: [
      "Veuillez trouver ci-joint [notre devis|notre facture] d'un montant de {montant}. [Il est valable deux mois.|Sauf erreur de notre part, elle n'a pas été réglée.]",
      'La livraison de votre commande est prévue {jour} entre {heure} et {heureFin}.',
    ],
    replies: ['[Bien reçu|Merci], le dossier est transmis à la comptabilité.'],
    attachments: ['form', 'winmail'],
  }),
  topic('partner', 'clerk', 'courteous', {
    subjects: ['Convention [{annee}|de partenariat]', 'Réunion du {jour}', 'Appel à projets : {projet}'],
    bodies: [
      '[Suite à notre échange|Comme convenu], vous trouverez en pièce jointe le projet de convention. [Les articles 3 et 4 ont été repris.|Pourriez-vous nous le retourner signé avant {delai} ?]',
    ],
    replies: [
      "Merci. [Nos services juridiques l'examinent|Quelques remarques en suivi de modifications dans le document joint].",
    ],
    attachments: ['document', 'openDocument', 'winmail'],
  }),
];
