/**
 * The mailbox a visitor opens first: stories written by hand around Claire Dupont, professeure de lettres at the collège
 * Jean-Moulin, and her colleagues. Days are counted back from now; each story is one thread.
 * Longer than other files because it is text: it is read as one mailbox and would gain nothing from being split.
 */
import type { AttachmentKind } from './attachments/pool.ts';

/** A key of the cast, a functional mailbox ("@localPart"; "@ce" is the school's) or somebody outside ("+parent"). */
export type Speaker = string;

export interface StoryLetter {
  readonly by: Speaker;
  readonly to: readonly Speaker[];
  readonly cc?: readonly Speaker[];
  /** Hours after the letter before; the first counts from the story's day. */
  readonly afterHours: number;
  readonly text: string;
  readonly attachments?: readonly AttachmentKind[];
  readonly shape?: 'invitation' | 'receipt' | 'draft' | 'forward';
}

export interface Story {
  readonly subject: string;
  readonly daysAgo: number;
  readonly folder: readonly string[] | undefined;
  readonly keywords: readonly string[];
  readonly isUnread?: boolean;
  readonly letters: readonly StoryLetter[];
}

const letter = (
  by: Speaker,
  to: string,
  afterHours: number,
  text: string,
  more: Partial<Pick<StoryLetter, 'cc' | 'attachments' | 'shape'>> = {},
): StoryLetter => ({
  by,
  to: to.split(' '),
  afterHours,
  text,
  ...more,
});

const TEAM = 'claire thomas marielaure jeanbaptiste sofia teva';

export const STORIES: readonly Story[] = [
  {
    subject: 'Théâtre : Le Malade imaginaire avec les 4e B',
    daysAgo: 9,
    folder: undefined,
    keywords: ['$flagged', 'sorties'],
    letters: [
      letter(
        'claire',
        'marielaure jeanbaptiste elodie',
        0,
        'Le théâtre municipal nous garde 28 places pour Le Malade imaginaire, en matinée. Je cherche deux accompagnateurs pour les 4e B : départ à 13 h 15 devant le collège, retour à 17 h 30.\n\nQui serait partant ?',
        { cc: ['fatoumata'] },
      ),
      letter(
        'marielaure',
        'claire jeanbaptiste elodie',
        2,
        "Avec grand plaisir ! J'ai les 5e A de 14 h à 15 h, mais Thomas veut bien échanger avec moi.",
        { cc: ['fatoumata'] },
      ),
      letter(
        'jeanbaptiste',
        'claire marielaure elodie',
        3,
        "Moi, j'ai le cross à préparer, mais je peux vous retrouver sur place et faire le retour.",
        { cc: ['fatoumata'] },
      ),
      letter(
        'elodie',
        'claire marielaure jeanbaptiste',
        1,
        "Je viens. J'ai commandé une série du Malade imaginaire pour le CDI, elle devrait arriver à temps. Je joins une affiche pour la salle.",
        { cc: ['fatoumata'], attachments: ['photo'] },
      ),
      letter(
        'fatoumata',
        'claire marielaure jeanbaptiste elodie',
        20,
        "Bien noté pour la vie scolaire. Il me faudra la liste des élèves et les autorisations au plus tard l'avant-veille.",
      ),
      letter(
        'claire',
        'marielaure jeanbaptiste elodie fatoumata',
        4,
        'Merci à tous, quelle équipe ! Voici la liste. Il manque encore trois autorisations, je relance les familles ce soir.',
        { attachments: ['classList'] },
      ),
      letter(
        'patrice',
        'claire',
        26,
        'Le bon de commande du car est signé : 214,00 €. Pensez à me remettre les chèques des familles avec un bordereau.',
        { attachments: ['form'] },
      ),
      letter('claire', 'patrice', 2, 'Je vous les dépose demain matin. Merci beaucoup !'),
    ],
  },
  {
    subject: 'Conseil de classe de 4e B : ordre du jour',
    daysAgo: 6,
    folder: ['Conseils de classe'],
    keywords: [],
    letters: [
      letter(
        'marc',
        TEAM,
        0,
        "De la part de Mme Garnier : le conseil de classe de 4e B se tiendra mardi à 17 h 30 en salle des actes. L'ordre du jour est joint. Les appréciations doivent être saisies la veille à midi.",
        { cc: ['helene', 'fatoumata'], attachments: ['openDocument'] },
      ),
      letter('thomas', 'marc', 5, 'Bien reçu. Je remplis les moyennes de mathématiques ce week-end.', {
        cc: ['claire'],
      }),
      letter(
        'teva',
        'marc claire',
        22,
        'Je serai à la chorale inter-collèges ce jour-là. Je transmets mes remarques à Claire : très bonne classe en musique, quelques bavardages le vendredi.',
      ),
      letter(
        'claire',
        'marc',
        3,
        'En tant que professeure principale, je prépare la synthèse. Pouvez-vous imprimer la fiche de chaque élève ?',
        { cc: ['helene'] },
      ),
      letter('marc', 'claire', 1, 'Elles seront dans votre casier lundi à midi.'),
    ],
  },
  {
    subject: 'Convocation : commission d’entente du diplôme national du brevet',
    daysAgo: 4,
    folder: undefined,
    keywords: ['$flagged'],
    letters: [
      letter(
        'beatrice',
        'claire',
        0,
        "Vous êtes convoquée à la commission d'entente de l'épreuve de français du diplôme national du brevet. La convocation jointe vaut ordre de mission. Merci d'en accuser réception.\n\nUn accusé de lecture vous est demandé.",
        { cc: ['@dec-dnb'], attachments: ['summons'] },
      ),
      letter(
        'claire',
        'beatrice',
        6,
        "J'accuse réception de ma convocation. Les sujets corrigés de la session précédente seront-ils fournis ?",
      ),
      letter(
        'beatrice',
        'claire',
        18,
        'Oui, un dossier vous sera remis sur place. Le stationnement est possible dans la cour du rectorat.',
      ),
    ],
  },
  {
    subject: 'Rendez-vous au sujet de Lina',
    daysAgo: 3,
    folder: undefined,
    keywords: ['parents'],
    letters: [
      letter(
        '+parent',
        'claire',
        0,
        "Lina travaille beaucoup mais perd confiance depuis la dernière rédaction. Elle dit qu'elle « n'a pas d'idées ». Serait-il possible de vous rencontrer, même dix minutes ?",
      ),
      letter(
        'claire',
        '+parent',
        3,
        "Merci de votre message. Lina a de bonnes idées à l'oral : c'est le passage à l'écrit qui l'inquiète. Je vous propose jeudi à 17 h, ou un appel vendredi entre 10 h et 11 h, comme vous préférez.",
      ),
      letter('+parent', 'claire', 5, 'Jeudi à 17 h, nous serons là tous les deux. Un grand merci.'),
    ],
  },
  {
    subject: '[ASS-48213] Plus de son dans la salle 107',
    daysAgo: 2,
    folder: undefined,
    keywords: [],
    letters: [
      letter(
        'claire',
        '@dsi-assistance',
        0,
        "Depuis lundi, l'ordinateur de la salle 107 n'a plus de son : impossible de faire écouter la dictée. Je joins l'enregistrement que j'utilise, au cas où le fichier serait en cause.",
        { attachments: ['sound'] },
      ),
      letter(
        'karim',
        'claire',
        1,
        "Votre demande est enregistrée sous le numéro ASS-48213. Le fichier se lit bien chez nous. Pouvez-vous vérifier que la sortie « écran HDMI » n'est pas choisie dans les réglages du son ?",
        { cc: ['@dsi-assistance'] },
      ),
      letter('claire', 'karim', 4, "C'était cela ! Le son revient, mais il repasse sur l'écran à chaque démarrage."),
      letter(
        'nadia',
        'claire karim',
        16,
        "Je passe au collège jeudi pour le réseau, j'en profiterai pour fixer le réglage sur tous les postes du bâtiment. Bonne journée !",
      ),
    ],
  },
  {
    subject: 'Réunion de liaison CM2-6e',
    daysAgo: 2,
    folder: undefined,
    keywords: [],
    isUnread: true,
    letters: [
      letter(
        'olivier',
        'claire thomas sofia',
        0,
        "Je vous propose de préparer ensemble la liaison avec les écoles du secteur. Ordre du jour : défi lecture, journée d'accueil, livret de compétences.\n\nMerci d'accepter ou de refuser l'invitation.",
        { shape: 'invitation' },
      ),
    ],
  },
  {
    subject: 'Fwd: Appel à projets « Lire à voix haute »',
    daysAgo: 5,
    folder: undefined,
    keywords: ['$flagged'],
    letters: [
      letter(
        'annesophie',
        'claire',
        0,
        'Je vous transmets cet appel à projets, auquel votre travail avec les 4e répond très bien. Je peux relire votre candidature si vous le souhaitez.',
        { shape: 'forward', attachments: ['circular'] },
      ),
      letter(
        'claire',
        'annesophie',
        25,
        "Merci de cette confiance. J'en parle avec Élodie Nguyen et je vous envoie une première version avant la fin du mois.",
      ),
    ],
  },
  {
    subject: 'Formation « Lecture à voix haute » : votre inscription',
    daysAgo: 12,
    folder: ['Formation'],
    keywords: [],
    letters: [
      letter(
        'lucie',
        'claire',
        0,
        "Votre inscription est confirmée. La formation a lieu à la médiathèque de Valmont, de 9 h à 16 h 30. L'ordre de mission est joint.",
        { cc: ['@ce'], attachments: ['summons'] },
      ),
      letter('claire', 'lucie', 8, 'Merci. Le déjeuner est-il prévu sur place ?'),
      letter('lucie', 'claire', 15, 'Il y a une salle pour déjeuner avec son panier, et deux restaurants à proximité.'),
    ],
  },
  {
    subject: 'Ordre du jour (format Outlook)',
    daysAgo: 7,
    folder: undefined,
    keywords: [],
    letters: [
      letter(
        'patrice',
        'claire thomas',
        0,
        "Voici l'ordre du jour de la commission permanente. On me dit que la pièce jointe arrive parfois sous le nom winmail.dat : dites-moi si vous arrivez à l'ouvrir.",
        { attachments: ['winmail'] },
      ),
    ],
  },
  {
    subject: 'Copies numérisées du brevet blanc',
    daysAgo: 8,
    folder: undefined,
    keywords: [],
    letters: [
      letter(
        'elodie',
        'claire',
        0,
        'Voici deux copies numérisées au CDI, avec le barème, dans une archive. Dis-moi si la qualité te convient et je passe le reste.',
        { attachments: ['archive'] },
      ),
      letter('claire', 'elodie', 5, "C'est très lisible, merci ! Tu peux continuer."),
    ],
  },
  {
    subject: 'Photos du cross',
    daysAgo: 1,
    folder: undefined,
    keywords: [],
    isUnread: true,
    letters: [
      letter(
        'jeanbaptiste',
        `${TEAM} elodie agnes`,
        0,
        'Quelques photos du cross de ce matin. Vos 4e B ont terminé deuxièmes par équipe ! Merci à tous ceux qui ont tenu les postes.',
        { attachments: ['largePhoto', 'largePhoto', 'photo'] },
      ),
      letter('agnes', 'jeanbaptiste', 1, 'Bravo à eux, et une seule cheville foulée : record battu.', {
        cc: ['claire', 'thomas', 'marielaure', 'sofia', 'teva', 'elodie'],
      }),
    ],
  },
  {
    subject: 'Absences de Rayan (4e B)',
    daysAgo: 1,
    folder: undefined,
    keywords: ['$flagged', 'classe-4eb'],
    isUnread: true,
    letters: [
      letter(
        'fatoumata',
        'claire',
        0,
        "Rayan compte six demi-journées d'absence depuis la rentrée des vacances. Sa mère dit qu'il part bien chaque matin. As-tu remarqué quelque chose en cours ? Je reçois la famille demain à 12 h 30, ta présence serait précieuse.",
        { cc: ['olivier'] },
      ),
      letter(
        'olivier',
        'fatoumata claire',
        2,
        'Je me joins à vous. Ne rien envoyer aux autres collègues avant ce rendez-vous, merci.',
      ),
    ],
  },
  {
    subject: 'Bulletins : 4e B, 6e A',
    daysAgo: 0.4,
    folder: undefined,
    keywords: [],
    isUnread: true,
    letters: [
      letter(
        'marc',
        'claire',
        0,
        "Les bulletins de la 4e B et de la 6e A sont prêts à relire dans l'application. Dès que vous validez, je les imprime pour la réunion avec les parents.",
        { cc: ['@ce'] },
      ),
    ],
  },
  {
    subject: 'Brevet blanc : qui fait quoi ?',
    daysAgo: 20,
    folder: ['Classes', '4e B'],
    keywords: [],
    letters: [
      letter(
        'thomas',
        TEAM,
        0,
        'On fixe le brevet blanc ? Je propose la dernière semaine avant les vacances, français et mathématiques le même jour.',
      ),
      letter(
        'claire',
        'thomas marielaure jeanbaptiste sofia teva',
        2,
        "D'accord pour la date. Pour le français, je prends un extrait de Claude Gueux et une image.",
      ),
      letter(
        'marielaure',
        'thomas claire jeanbaptiste sofia teva',
        1,
        "Pour l'histoire-géographie, le lendemain matin m'arrange : il faut deux heures d'affilée.",
      ),
      letter(
        'sofia',
        'thomas claire marielaure jeanbaptiste teva',
        3,
        'Je surveille volontiers le matin, pas après 15 h.',
      ),
      letter(
        'jeanbaptiste',
        'thomas claire marielaure sofia teva',
        6,
        'Le gymnase est libre si vous voulez y mettre toutes les tables. Attention au chauffage.',
      ),
      letter(
        'thomas',
        'claire marielaure jeanbaptiste sofia teva',
        14,
        'Le gymnase en plein hiver, non merci ! Les salles du premier étage suffisent.',
      ),
      letter(
        'teva',
        'thomas claire marielaure jeanbaptiste sofia',
        2,
        'Je peux faire un tiers temps au CDI avec Élodie.',
      ),
      letter(
        'claire',
        'thomas marielaure jeanbaptiste sofia teva',
        5,
        'Barème et sujet en pièces jointes, merci de relire avant vendredi.',
        { attachments: ['document', 'grades'] },
      ),
      letter(
        'marielaure',
        'claire thomas jeanbaptiste sofia teva',
        20,
        "J'ai relu : la question 4 est un peu longue, sinon tout est clair.",
      ),
      letter(
        'thomas',
        'claire marielaure jeanbaptiste sofia teva',
        3,
        'Idem pour moi. Le sujet de maths arrive demain.',
        { attachments: ['chart'] },
      ),
      letter(
        'claire',
        'thomas marielaure jeanbaptiste sofia teva',
        4,
        'Question 4 raccourcie. Version finale déposée au secrétariat. Merci à tous !',
      ),
    ],
  },
  {
    subject: 'Accusé de lecture : convocation',
    daysAgo: 3.5,
    folder: undefined,
    keywords: [],
    letters: [
      letter(
        'claire',
        'beatrice',
        0,
        "Le message « Convocation : commission d'entente du diplôme national du brevet » a été affiché. Cela ne garantit pas qu'il ait été lu ni compris.",
        { shape: 'receipt' },
      ),
    ],
  },
  {
    subject: 'Candidature « Lire à voix haute »',
    daysAgo: 1.2,
    folder: undefined,
    keywords: [],
    letters: [
      letter(
        'claire',
        'annesophie',
        0,
        'Voici une première version de notre candidature. Il reste à compléter le budget et à trouver un titre : « À voix haute, à cœur ouvert » ?',
        { shape: 'draft', attachments: ['document'] },
      ),
    ],
  },
  {
    subject: 'Relance autorisations théâtre',
    daysAgo: 0.6,
    folder: undefined,
    keywords: [],
    letters: [
      letter('claire', '+parent', 0, "Sauf erreur de ma part, je n'ai pas encore reçu l'autorisation de sortie de", {
        shape: 'draft',
      }),
    ],
  },
];
