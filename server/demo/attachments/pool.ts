/**
 * The files that demonstration messages carry, made once and reused: as in life, many messages hold the same circular,
 * and the store keeps its octets once. Base64 is kept beside, ready to be put into a message.
 */
import { type Random, randomFrom } from '#server/demo/random.ts';
import { pickName } from '#server/demo/names.ts';
import { printDocx, printOdt, printXlsx } from './office.ts';
import { printPdf } from './pdf.ts';
import { printChart, printEmblem, printLandscape } from './png.ts';
import { printTnef } from './tnef.ts';
import { printWav } from './wav.ts';
import { printZip } from './zip.ts';

export interface Attachment {
  readonly fileName: string;
  readonly type: string;
  readonly content: Buffer;
  /** Lines of 76 characters, the last one ended too (RFC 2045 §6.8). */
  readonly base64: string;
}

export type AttachmentKind =
  | 'circular'
  | 'minutes'
  | 'summons'
  | 'form'
  | 'photo'
  /** Some 600 kB each: for the stories, not for filling a hundred thousand messages. */
  | 'largePhoto'
  | 'chart'
  | 'sound'
  | 'classList'
  | 'grades'
  | 'document'
  | 'openDocument'
  | 'notes'
  | 'archive'
  | 'winmail'
  | 'unknown';

export type AttachmentPool = Readonly<Record<AttachmentKind, readonly Attachment[]>> & { readonly emblem: Attachment };

export function attachmentOf(fileName: string, type: string, content: Buffer): Attachment {
  return { fileName, type, content, base64: content.toString('base64').replaceAll(/.{1,76}/gu, '$&\r\n') };
}

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const ODT = 'application/vnd.oasis.opendocument.text';
const SOURCE = 'Académie de Valmont (démonstration) - document fictif';

export function makeAttachmentPool(seed: number): AttachmentPool {
  const random = randomFrom(seed, 'attachments');
  const pdf = (fileName: string, title: string, paragraphs: readonly string[]): Attachment =>
    attachmentOf(fileName, 'application/pdf', printPdf({ title, source: SOURCE, paragraphs }));
  return {
    circular: [
      pdf('Circulaire_securite_PPMS.pdf', 'Plan particulier de mise en sûreté', longText(SAFETY, 3)),
      pdf('Note de service - congés et absences.pdf', "Autorisations d'absence", longText(LEAVE, 2)),
      pdf('Règlement_voyages_scolaires.pdf', 'Sorties et voyages scolaires', longText(TRIPS, 4)),
      pdf('calendrier_de_fin_d_annee.pdf', "Calendrier de fin d'année", longText(YEAR_END, 1)),
    ],
    minutes: [
      pdf('CR_conseil_de_classe.pdf', 'Compte rendu du conseil de classe', longText(COUNCIL, 1)),
      pdf("CR conseil d'administration.pdf", "Compte rendu du conseil d'administration", longText(BOARD, 2)),
      pdf('Compte-rendu_équipe_éducative.pdf', "Compte rendu de l'équipe éducative", longText(COUNCIL, 1)),
    ],
    summons: [
      pdf('Convocation_jury.pdf', 'Convocation', longText(SUMMONS, 1)),
      pdf('Ordre_de_mission.pdf', 'Ordre de mission sans frais', longText(SUMMONS, 1)),
    ],
    form: [
      pdf('formulaire_inscription.pdf', "Bulletin d'inscription", longText(FORM, 1)),
      pdf('Fiche_de_renseignements.pdf', 'Fiche de renseignements', longText(FORM, 1)),
      pdf('demande_autorisation_absence.pdf', "Demande d'autorisation d'absence", longText(FORM, 1)),
    ],
    photo: [0, 1, 2, 3].map((shift) => attachmentOf(`IMG_0${412 + shift * 7}.png`, 'image/png', printLandscape(shift))),
    largePhoto: [5, 6].map((shift) => attachmentOf(`cross_${shift}.png`, 'image/png', printLandscape(shift, random))),
    chart: [
      attachmentOf(
        'resultats_par_competence.png',
        'image/png',
        printChart([0.4, 0.65, 0.8, 0.55, 0.9, 0.35], [52, 100, 160]),
      ),
      attachmentOf(
        'évolution des effectifs.png',
        'image/png',
        printChart([0.5, 0.52, 0.6, 0.58, 0.7, 0.74, 0.8], [180, 90, 60]),
      ),
    ],
    sound: [
      attachmentOf('dictee_4e.wav', 'audio/wav', printWav(melody([262, 294, 330, 349, 392, 330, 262]))),
      attachmentOf(
        'chorale - pupitre alto.wav',
        'audio/wav',
        printWav(melody([392, 440, 494, 440, 392, 330, 294, 330])),
      ),
    ],
    classList: ['4e B', '6e A', '3e C', '2de 4'].map((name) =>
      attachmentOf(
        `liste_${name.replace(' ', '')}.csv`,
        'text/csv; charset=utf-8',
        Buffer.from(printClassList(random, name), 'utf8'),
      ),
    ),
    grades: ['Relevé de notes 4e B', 'Evaluations_6e', 'bilan_trimestre'].map((name) =>
      attachmentOf(`${name}.xlsx`, XLSX, printXlsx('Notes', gradeRows(random))),
    ),
    document: [
      attachmentOf('Progression_français_4e.docx', DOCX, printDocx('Progression annuelle', LESSONS)),
      attachmentOf('Questionnaire de lecture.docx', DOCX, printDocx('Questionnaire de lecture', READING)),
      attachmentOf('projet_sortie_musee.docx', DOCX, printDocx('Projet de sortie', TRIPS)),
    ],
    openDocument: [
      attachmentOf('Ordre du jour.odt', ODT, printOdt('Ordre du jour', BOARD)),
      attachmentOf('fiche_élève_PAP.odt', ODT, printOdt("Plan d'accompagnement personnalisé", COUNCIL)),
    ],
    notes: [
      attachmentOf('a_lire.txt', 'text/plain; charset=utf-8', Buffer.from(LESSONS.join('\r\n\r\n'), 'utf8')),
      attachmentOf('mémo.txt', 'text/plain; charset=iso-8859-1', Buffer.from(LEAVE.join('\r\n\r\n'), 'latin1')),
    ],
    archive: [
      attachmentOf(
        'copies_numerisees.zip',
        'application/zip',
        printZip([
          { name: 'copies/élève 1.png', content: printChart([0.2, 0.9], [20, 20, 20]) },
          { name: 'copies/élève 2.png', content: printChart([0.7, 0.3], [20, 20, 20]) },
          { name: 'barème.txt', content: Buffer.from(READING.join('\n'), 'utf8') },
        ]),
      ),
    ],
    winmail: [
      attachmentOf(
        'winmail.dat',
        'application/ms-tnef',
        printTnef('Ordre du jour', 'note.txt', Buffer.from(BOARD.join('\r\n'), 'latin1')),
      ),
    ],
    unknown: [attachmentOf('sauvegarde_emploi_du_temps.edt', 'application/octet-stream', randomOctets(random, 4096))],
    emblem: attachmentOf('embleme.png', 'image/png', printEmblem()),
  };
}

/** Repeats the paragraphs under numbered headings: long documents have pages. */
function longText(paragraphs: readonly string[], times: number): readonly string[] {
  return Array.from({ length: times }, (_, part) =>
    times === 1 ? paragraphs : [`# ${part + 1}. ${paragraphs[0] ?? ''}`, ...paragraphs],
  ).flatMap((part) => part.flatMap((paragraph) => [paragraph, '']));
}

function melody(frequencies: readonly number[]): { readonly frequencyHz: number; readonly durationMs: number }[] {
  return frequencies.map((frequencyHz) => ({ frequencyHz, durationMs: 260 }));
}

/** As French spreadsheets write it: semicolons and a byte order mark. */
function printClassList(random: Random, className: string): string {
  const rows = Array.from({ length: 26 }, () => {
    const name = pickName(random, 'pupil', 0.5);
    return `${name.familyName.toLocaleUpperCase('fr')};${name.givenName};${className};${random.pick(['DP', 'Externe'])}`;
  });
  return `\uFEFFNom;Prénom;Classe;Régime\r\n${rows.sort().join('\r\n')}\r\n`;
}

function gradeRows(random: Random): readonly (readonly (string | number)[])[] {
  const header = ['Nom', 'Prénom', 'Rédaction', 'Dictée', 'Lecture'];
  const rows = Array.from({ length: 24 }, () => {
    const name = pickName(random, 'pupil', 0.5);
    return [name.familyName, name.givenName, random.between(6, 19), random.between(4, 20), random.between(8, 20)];
  });
  return [header, ...rows];
}

function randomOctets(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

const SAFETY: readonly string[] = [
  'Objet : mise à jour du plan particulier de mise en sûreté',
  "Chaque école et chaque établissement actualise son plan avant la fin du premier trimestre et le présente au conseil d'école ou au conseil d'administration.",
  "Deux exercices au moins sont organisés dans l'année, dont un exercice « attentat-intrusion ». Les familles en sont informées à l'avance par le carnet de liaison.",
  'Le compte rendu de chaque exercice est adressé à la direction des services départementaux dans les quinze jours.',
];
const LEAVE: readonly string[] = [
  "Objet : demandes d'autorisation d'absence",
  "Toute demande est déposée au secrétariat au moins quinze jours à l'avance, accompagnée des justificatifs utiles.",
  "Les absences pour raison de santé sont signalées le jour même, avant huit heures, et justifiées par un avis d'arrêt de travail sous quarante-huit heures.",
  "Les autorisations d'absence facultatives sont accordées sous réserve des nécessités de service.",
];
const TRIPS: readonly string[] = [
  'Objet : organisation des sorties et des voyages scolaires',
  "Le dossier comprend le projet pédagogique, la liste des participants, le budget prévisionnel, l'attestation du transporteur et les autorisations des représentants légaux.",
  "L'encadrement est d'au moins deux adultes par classe. Les élèves qui ne participent pas sont accueillis dans l'établissement.",
  "Aucun élève ne peut être écarté d'un voyage pour des raisons financières : le fonds social peut être sollicité.",
];
const YEAR_END: readonly string[] = [
  "Objet : calendrier de fin d'année scolaire",
  "Conseils de classe du troisième trimestre, commissions d'appel, épreuves écrites et orales, réunions de préparation de la rentrée.",
  'Les manuels sont rendus au CDI selon le tableau affiché en salle des personnels.',
];
const COUNCIL: readonly string[] = [
  "Le conseil s'est réuni sous la présidence du chef d'établissement, en présence des délégués des élèves et des représentants des parents.",
  "Bilan général : classe agréable, participation inégale à l'oral, apprentissage des leçons à renforcer.",
  'Des félicitations sont adressées à huit élèves, des encouragements à cinq. Trois familles seront reçues par le professeur principal.',
  "Les dispositifs d'aide aux devoirs et de tutorat sont reconduits.",
];
const BOARD: readonly string[] = [
  'Approbation du procès-verbal de la séance précédente.',
  "Répartition de la dotation horaire et autonomie de l'établissement.",
  'Budget : décisions modificatives, tarifs de la restauration, dons et conventions.',
  "Vie scolaire : bilan du trimestre, comité d'éducation à la santé, à la citoyenneté et à l'environnement.",
  'Questions diverses.',
];
const SUMMONS: readonly string[] = [
  "Vous êtes invité(e) à participer aux opérations d'examen dont le détail figure ci-dessous.",
  "Lieu, date et horaires : se reporter au message d'accompagnement.",
  "La présente convocation vaut ordre de mission. Merci de vous munir d'une pièce d'identité.",
  "En cas d'empêchement, prévenir sans délai la division des examens et concours.",
];
const FORM: readonly string[] = [
  'Nom : ................................    Prénom : ................................',
  'Établissement : ................................................................',
  'Fonction ou classe : ............................................................',
  'Fait à .........................., le ..........................    Signature :',
];
const LESSONS: readonly string[] = [
  "Séquence 1 : dire l'amour, du Moyen Âge à nos jours (poésie).",
  'Séquence 2 : la nouvelle fantastique au dix-neuvième siècle.',
  'Séquence 3 : individu et société, confrontations de valeurs (théâtre).',
  "Séquence 4 : informer, s'informer, déformer (presse et médias).",
];
const READING: readonly string[] = [
  "Qui raconte l'histoire ? Justifie ta réponse par deux indices du texte.",
  'Relève trois expressions qui installent le doute chez le lecteur.',
  'Rédige la suite de la scène en une vingtaine de lignes.',
];
