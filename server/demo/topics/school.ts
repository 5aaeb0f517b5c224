/** Conversations inside collèges, lycées and écoles: colleagues, the head, the secretariat, school life, the CDI. */
import { type Topic, topic } from './topic.ts';

export const SCHOOL_TOPICS: readonly Topic[] = [
  topic('head', 'everyone', 'courteous', {
    isSecondary: true,
    subjects: [
      'Conseils de classe du {trimestre} trimestre',
      '[Calendrier|Dates] des conseils de classe',
      'Conseils de classe : [organisation|saisie des appréciations]',
    ],
    bodies: [
      'Vous trouverez ci-joint le calendrier des conseils de classe du {trimestre} trimestre. [Le premier se tiendra|Ils commenceront] {jour} à {heure}, en salle {salle}.\n\nJe vous remercie de saisir moyennes et appréciations [au plus tard|avant] {delai}. [Les professeurs principaux voudront bien préparer la synthèse.|Les bulletins seront remis aux familles lors de la réunion parents-professeurs.]',
      "Les conseils de classe approchent. [Merci de|Pensez à] vérifier que toutes les évaluations sont saisies {delai} au plus tard. [En cas d'empêchement, prévenez le secrétariat afin que votre avis soit porté au conseil.|La participation de tous est indispensable à la qualité de nos échanges.]",
    ],
    replies: [
      "[C'est noté|Bien reçu], merci. Je serai en formation ce jour-là : je transmettrai mes remarques pour la {classe} [par écrit|au professeur principal].",
      'Merci de me prévenir. [Je note votre absence|Cela ne pose pas de difficulté] ; envoyez-moi vos remarques la veille.',
    ],
    attachments: ['circular', 'openDocument'],
    folder: 'Conseils de classe',
  }),
  topic('head', 'everyone', 'courteous', {
    subjects: [
      '[Exercice|Exercice annuel] PPMS [du {jour}|]',
      'Sécurité : exercice de mise en sûreté',
      'Exercice d’évacuation incendie',
    ],
    bodies: [
      "Un exercice [de confinement|de mise en sûreté|d'évacuation] aura lieu {jour} [dans la matinée|dans l'après-midi|vers {heure}].\n\nMerci de relire la fiche affichée dans votre salle et de rappeler les consignes aux élèves[, sans les inquiéter|]. Le bilan sera fait {delai}.",
    ],
    replies: [
      'Je suis avec la {classe} au gymnase à cette heure-là : [où est le point de rassemblement|faut-il rejoindre la cour] ?',
      'Restez sur place et appelez la vie scolaire, le gymnase a son propre point de rassemblement.',
    ],
    attachments: ['circular'],
  }),
  topic('head', 'everyone', 'courteous', {
    subjects: ['Lettre de la semaine n° {numero}', 'Informations de la semaine', '[Hebdo|La semaine] {delecole}'],
    bodies: [
      "Voici les informations de la semaine.\n\n- {jour}, {heure} : réunion des équipes de {matiere}, salle {salle} ;\n- {delai} : sortie de la {classe} {lieu} ;\n- [photos de classe|passage du chariot numérique|remise des manuels] : voir l'affichage en salle des personnels.\n\n[Bienvenue à notre collègue remplaçant de {matiere}.|Bravo aux élèves de {classe} pour leur victoire au cross.|Merci à tous ceux qui ont animé la journée portes ouvertes.]",
    ],
  }),
  topic('secretary', 'teacher', 'courteous', {
    subjects: [
      '[Pièces manquantes|Documents attendus] au secrétariat',
      '[À signer|Votre dossier] : document au secrétariat',
    ],
    bodies: [
      "[Il manque à votre dossier|Je n'ai pas encore reçu] [le justificatif de votre absence du {jourPasse}|votre fiche de renseignements {annee}|votre état des heures de {mois}]. Pourriez-vous me [le faire parvenir|déposer le document] [avant|au plus tard] {delai} ?",
      'Votre [ordre de mission|arrêté|état de service] est arrivé. Vous pouvez passer le signer au secrétariat, [tous les matins|entre 8 h et 12 h|de préférence avant {delai}].',
    ],
    replies: [
      '[Pardon pour le retard|Mille excuses], [le voici en pièce jointe|je le dépose demain matin dans votre casier].',
      'Parfait, le dossier est complet. Merci !',
    ],
    attachments: ['form', 'summons'],
  }),
  topic('schoolLife', 'teacher', 'courteous', {
    subjects: ['[Absences répétées|Point] : {eleve} ({classe})', '{eleve}, {classe} : retour [en cours|]'],
    bodies: [
      "{eleve} ({classe}) compte {petit} demi-journées d'absence [non justifiées|] depuis le début du mois. [La famille a été appelée|J'ai rencontré la famille] {jourPasse}. [As-tu remarqué un changement en cours ?|Avez-vous observé un changement de comportement en classe ?]\n\nUn point est prévu {jour} à {heure} [en salle {salle}|dans mon bureau].",
      "[Retour d'exclusion|Retour] en cours de {eleve} à partir de demain. Merci de [vérifier que le travail donné a été rattrapé|me signaler tout incident].",
    ],
    replies: [
      "[En cours, rien de particulier|Oui, je trouve l'élève fatigué depuis deux semaines], mais le travail n'est plus rendu. Je serai là {jour}.",
      "Merci pour ce retour. J'en parle à l'infirmière et à l'assistante sociale.",
    ],
    folder: 'Classes/4e B',
  }),
  topic('schoolLife', 'everyone', 'courteous', {
    isSecondary: true,
    subjects: ['Appel en ligne : rappel', 'Élections des délégués'],
    bodies: [
      "[Merci de faire l'appel en ligne dans les dix premières minutes de chaque heure|Je vous rappelle que l'appel se fait à chaque heure] : {petit} absences n'ont pas été vues à temps cette semaine.",
      'Les élections des délégués se tiendront [avant|au plus tard] {delai}. Le matériel de vote est disponible à la vie scolaire[, merci aux professeurs principaux de prévoir une heure|].',
    ],
  }),
  topic('teacher', 'teacher', 'familiar', {
    subjects: ['Sortie {lieu} avec les {classe}', 'Accompagnateurs pour la sortie {lieu}', 'Sortie du {jour}'],
    bodies: [
      "J'emmène les {classe} {lieu} {jour}. [Il me manque un accompagnateur|Je cherche encore un adulte] : [serais-tu libre|est-ce que tu pourrais te joindre à nous] de {heure} à {heureFin} ? [Le billet est pris en charge.|On revient avant la cantine, promis.]\n\nLe budget est de {montant} pour {nombre} élèves.",
    ],
    replies: [
      "[Avec plaisir|Volontiers] ! Il faut juste que je déplace mon cours avec les autres. [Tu as prévenu la vie scolaire ?|Le car part d'où ?]",
      "Super, merci ! [Tout est calé avec la vie scolaire|Le car nous prend devant l'entrée]. Je t'envoie la liste.",
      'Liste bien reçue. À {jour} !',
    ],
    attachments: ['document', 'classList', 'photo'],
    folder: 'Classes/4e B',
  }),
  topic('teacher', 'teacher', 'familiar', {
    subjects: ['Évaluation commune de {matiere}', 'Brevet blanc : [copies|dates|correction]'],
    bodies: [
      "[Voici une proposition|Je t'envoie une première version] pour l'évaluation commune. [J'ai repris l'extrait de {livre}|Le texte vient de {livre}], avec {petit} questions et une réécriture. [Dis-moi si c'est trop long.|Tu me dis ce que tu en penses avant {jour} ?]",
      'Pour le brevet blanc, on part bien sur {jour} ? Il reste à répartir les copies : {nombre} par correcteur [environ|, sauf erreur].',
    ],
    replies: [
      '[Très bien pour moi|Ça me va], peut-être une question de moins sur le vocabulaire ? Je propose le barème sur 20 en pièce jointe.',
      '[Adopté|Bonne idée] ! Je mets la version finale dans le casier de tout le monde.',
    ],
    attachments: ['document', 'grades', 'archive'],
  }),
  topic('teacher', 'teacher', 'familiar', {
    subjects: ['Échange d’heure [{jour}|la semaine prochaine]', '[Échange de salle|Petit service] {jour} ?'],
    bodies: [
      "Est-ce que tu accepterais d'échanger ton heure de {heure} avec la {classe} {jour} ? [J'ai un rendez-vous médical que je n'ai pas pu déplacer.|Nous recevons une auteure et il nous faut deux heures de suite.]",
      "Tu aurais besoin de la salle {salle} {jour} ? [J'y ferais bien passer les oraux.|Le vidéoprojecteur de la mienne est en panne.]",
    ],
    replies: ["[Pas de souci|C'est d'accord] pour moi, préviens juste la vie scolaire.", 'Merci, je te revaudrai ça !'],
  }),
  topic('teacher', 'teacher', 'familiar', {
    subjects: ['Équipe pédagogique de la {classe}', '[Ambiance|Climat] en {classe}', '{classe} : on en parle ?'],
    bodies: [
      "La {classe} devient [difficile à tenir|très bavarde] en fin de journée. [Chez toi aussi ?|Est-ce général ?] Je propose qu'on se voie {jour} à {heure}, [salle {salle}|en salle des profs], pour [un plan de classe commun|harmoniser nos règles].",
    ],
    replies: [
      'Même constat en {matiere}, surtout depuis le retour des vacances. [Je serai là|Compte sur moi].',
      'Merci à tous pour vos réponses. [Le plan de classe est en pièce jointe|Je fais un petit compte rendu demain].',
      "[Le nouveau plan marche plutôt bien|Un peu mieux aujourd'hui]. On garde le cap jusqu'au conseil.",
    ],
    attachments: ['classList', 'chart'],
    folder: 'Classes/4e B',
  }),
  topic('librarian', 'teacher', 'courteous', {
    subjects: ['Série {livre}', 'CDI : [séance de recherche|réservation] avec les {classe}'],
    bodies: [
      "La série {livre} est [revenue|disponible] au CDI : {nombre} exemplaires. [Je te la réserve jusqu'au {delai} ?|Peux-tu me dire pour quelle classe et jusqu'à quand ?]",
      "Pour la séance de recherche documentaire, je propose {jour} à {heure}. [On travaille sur l'évaluation de l'information|Les élèves viendront avec leurs questions déjà rédigées].",
    ],
    replies: [
      "[Parfait|Oui, merci], pour la {classe}, jusqu'aux vacances.",
      "C'est réservé. [À {jour} !|Bonne lecture à eux.]",
    ],
  }),
  topic('manager', 'teacher', 'courteous', {
    subjects: ['Commande de [manuels|fournitures] {annee}', 'Devis de la sortie {lieu}'],
    bodies: [
      "Les commandes de {matiere} sont à me remettre avant {delai}. [L'enveloppe est de {montant}|Merci de joindre un devis par fournisseur].",
      "Le devis du transporteur pour la sortie {lieu} s'élève à {montant}. [La participation des familles doit être votée en conseil d'administration|Il me faut la liste définitive] avant {delai}.",
    ],
    replies: [
      "[Merci|C'est noté]. Je vous transmets le bon de commande [demain|en pièce jointe].",
      'Bien reçu, je passe la commande [cette semaine|dès validation].',
    ],
    attachments: ['form', 'grades'],
  }),
  topic('nurse', 'teacher', 'courteous', {
    subjects: ['PAI de {eleve}', '[Dépistage|Visites] en {classe}'],
    bodies: [
      "Un projet d'accueil individualisé a été signé pour {eleve}. [La trousse d'urgence est à l'infirmerie|Le protocole est affiché en vie scolaire] ; merci d'en prendre connaissance [avant la sortie du {jour}|dès que possible].",
      "Je verrai les élèves de {classe} {jour} à partir de {heure}, par groupes de {petit}. [Merci de votre compréhension pour le dérangement.|L'ordre de passage est affiché.]",
    ],
    replies: [
      "[Bien noté|Merci pour l'information]. Y a-t-il des précautions particulières en sortie ?",
      'Oui : [la trousse doit suivre le groupe|prévenez-moi la veille, je vous la prépare].',
    ],
  }),
  topic('deputy', 'teacher', 'courteous', {
    subjects: ['Modification de votre emploi du temps', 'Remplacement de courte durée [{jour}|]'],
    bodies: [
      "Votre cours de {heure} avec la {classe} est [déplacé|avancé] au {jour}, salle {salle}. [Le logiciel d'emploi du temps est à jour.|Les familles sont prévenues.]",
      "Seriez-vous disponible pour un remplacement de courte durée auprès de la {classe} {jour} à {heure} ? [L'heure est rémunérée dans le cadre du pacte.|Merci de me répondre avant ce soir.]",
    ],
    replies: ["[C'est possible|D'accord] pour moi.", 'Merci beaucoup, je mets à jour votre service.'],
  }),
  topic('deputy', 'teacher', 'courteous', {
    subjects: [
      'Réunion [de liaison CM2-6e|des professeurs principaux|du conseil pédagogique]',
      'Invitation : réunion {projet}',
      'Équipe éducative pour {eleve}',
    ],
    bodies: [
      "[Je vous convie|Je vous invite] à la réunion prévue {jour} à {heure}, salle {salle}. [Ordre du jour : bilan du {trimestre} trimestre, projets, questions diverses.|Merci d'indiquer votre présence par retour.]",
    ],
    replies: ['[Je serai là|Vous pouvez compter sur moi].'],
    isInvitation: true,
  }),
  topic('primary', 'primary', 'familiar', {
    subjects: ['Service de récréation', 'Décloisonnement [du {jour}|en {classe}]'],
    bodies: [
      "On échange nos services de récréation {jour} ? [J'ai une équipe éducative à {heure}.|Je reçois une famille à la pause.]",
      "Pour le décloisonnement, [je prends les CE1 en lecture|je garde le groupe de numération] et tu prends {petit} élèves de {classe} ? [On essaie jusqu'aux vacances.|Dis-moi si ça te convient.]",
    ],
    replies: ['[Oui, sans problème|Ça marche] ! Le tableau est dans la salle des maîtres.', 'Merci, tu es une perle.'],
    attachments: ['photo', 'document'],
  }),
  topic('head', 'primary', 'courteous', {
    subjects: ["Conseil d'école du {jour}", 'Conseil des maîtres', 'Animations pédagogiques {annee}'],
    bodies: [
      "Le prochain conseil [d'école|des maîtres] aura lieu {jour} à {heure}, [dans la classe de {classe}|salle {salle}]. À l'ordre du jour : [sécurité, projets, coopérative|répartition des élèves, évaluations, sorties]. Merci de m'envoyer vos points avant {delai}.",
    ],
    replies: [
      "[Merci|Bien reçu]. Peut-on ajouter [l'achat de matériel de motricité|la kermesse|le spectacle de fin d'année] ?",
      'Ajouté à l’ordre du jour.',
    ],
    attachments: ['openDocument', 'minutes'],
  }),
  topic('professor', 'professor', 'courteous', {
    subjects: ['Jury de {classe} du {jour}', '[Soutenance|Jury] de {eleve}', 'Maquette de {classe} {annee}'],
    bodies: [
      "Le jury de {classe} se réunira {jour} à {heure}, [amphithéâtre Est|salle {salle}]. Merci de remonter vos notes [au secrétariat|dans l'application] avant {delai}.",
      'Accepterais-tu de faire partie du jury de soutenance de {eleve} ? [La date envisagée est {jour}|Ce serait {jour} à {heure}]. Le mémoire est joint.',
      'La maquette de {classe} doit être votée avant {delai}. [Il nous manque {petit} heures de travaux dirigés.|Je propose de mutualiser le cours magistral.]',
    ],
    replies: [
      "[Avec plaisir|C'est entendu], je bloque la date.",
      'Merci. [La convocation suivra|Je transmets au service de la scolarité].',
    ],
    attachments: ['minutes', 'document'],
  }),
  topic('secretary', 'professor', 'courteous', {
    subjects: ['Saisie des notes de {classe}', 'Réservation de l’amphithéâtre', 'Heures complémentaires {annee}'],
    bodies: [
      '[Il manque {petit} notes en {classe}|Les notes de {classe} sont à saisir] avant {delai}. [Le logiciel sera fermé ensuite.|Après cette date, il faudra passer par un procès-verbal.]',
    ],
    replies: ['[Elles sont saisies|Je les saisis ce soir]. Merci de la relance.', 'Parfait, merci.'],
  }),
  topic('student', 'professor', 'formal', {
    subjects: ['Absence au TD du {jourPasse}', 'Demande de lettre de recommandation'],
    bodies: [
      "Je n'ai pas pu assister au TD du {jourPasse} [pour raison de santé|en raison d'une grève des transports]. Pourriez-vous me dire [quels documents étudier|si le travail peut être rendu {jour}] ?",
      'Je candidate à un master et me permets de solliciter une lettre de recommandation. [Le dossier est à rendre avant {delai}.|Vous trouverez mes relevés en pièce jointe.]',
    ],
    replies: [
      '[Les documents sont sur la plateforme|Vous pouvez le rendre {jour}]. Bon rétablissement.',
      'Je vous remercie beaucoup.',
    ],
    attachments: ['form', 'notes'],
  }),
  topic('pupil', 'teacher', 'formal', {
    subjects: ['Devoir de {matiere}', '[Mon exposé|Question] sur {livre}'],
    bodies: [
      "Je n'étais pas là {jourPasse} et je n'ai pas [le devoir|la fiche de lecture]. [Pouvez-vous me l'envoyer s'il vous plaît ?|Est-ce que je peux le rendre {jour} ?]",
      "Pour l'exposé sur {livre}, est-ce qu'il faut [un diaporama|parler sans notes] ? Nous sommes {petit} dans le groupe.",
    ],
    replies: [
      'Bonjour, [tout est dans le cahier de textes|tu peux le rendre {jour}]. Bon courage.',
      'Merci beaucoup, à demain.',
    ],
    attachments: ['photo', 'sound'],
    folder: 'Classes/4e B',
  }),
];
