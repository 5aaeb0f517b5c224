/** Rectorat, DSDEN and their correspondence with schools: support, examinations, careers, training, inspection. */
import { type Topic, topic } from './topic.ts';

export const SERVICE_TOPICS: readonly Topic[] = [
  ...(['teacher', 'secretary', 'primary', 'professor', 'head', 'librarian', 'clerk'] as const).map((role) =>
    topic(role, 'support', 'courteous', {
      subjects: [
        '[Panne|Problème] : {logiciel}',
        '{logiciel} ne répond plus',
        'Demande d’assistance',
        'Mot de passe [oublié|expiré]',
        'Plus d’accès à {logiciel}',
      ],
      bodies: [
        "Depuis {jourPasse}, {logiciel} [ne s'ouvre plus|affiche une page blanche|me demande sans cesse mon mot de passe]. [J'ai redémarré et vidé le cache sans succès.|Mes collègues ont le même souci.] Pouvez-vous m'aider ?",
        "{materiel} [ne s'allume plus|n'est plus reconnu|affiche une erreur]. [Nous en avons besoin pour {jour}.|Y a-t-il un prêt possible ?]",
      ],
      replies: [
        "Votre demande est enregistrée sous le numéro {ticket}. [Pouvez-vous nous indiquer le navigateur utilisé et joindre une copie d'écran ?|Essayez en navigation privée et dites-nous ce qui s'affiche.]",
        "Avec [la copie d'écran|la navigation privée], [le message est le même|cela fonctionne, mais pas en mode normal].",
        "[Une correction a été appliquée|Votre profil a été réinitialisé]. La demande {ticket} est close ; répondez à ce message si le problème revient. Pour mémoire, l'assistance ne demande jamais votre mot de passe.",
        'Tout est rentré dans l’ordre, merci pour votre aide !',
      ],
      attachments: ['chart', 'unknown'],
    }),
  ),
  topic('support', 'everyone', 'courteous', {
    subjects: ['[Maintenance|Interruption] : {logiciel}, {jour}', 'Sécurité : messages frauduleux en circulation'],
    bodies: [
      "Une opération de maintenance sur {logiciel} est prévue {jour} à partir de {heureFin}. [Le service sera indisponible deux heures.|Aucune action n'est attendue de votre part.]",
      "Des messages frauduleux imitent [le rectorat|l'assistance] et demandent votre mot de passe. [Ne cliquez sur aucun lien|N'y répondez pas] et signalez-les avec le bouton prévu.",
    ],
  }),
  topic('support', 'support', 'familiar', {
    subjects: ['{ticket} : [reprise|escalade]', 'Astreinte du {jour}'],
    bodies: [
      "[Tu peux reprendre|Je te passe] {ticket} ? [L'utilisateur est au collège et rappelle à {heure}.|C'est un cas de double compte.] Le journal est joint.",
      "Je [prends|cède] l'astreinte du {jour}. [Qui peut échanger ?|Le téléphone est chez l'équipe réseau.]",
    ],
    replies: ["[C'est pris|Je regarde].", 'Résolu : le cache du serveur mandataire était plein.'],
    attachments: ['notes', 'unknown'],
  }),
  ...(['teacher', 'professor'] as const).map((role) =>
    topic('exams', role, 'formal', {
      subjects: [
        'Convocation : {examen}',
        'Convocation au jury [du {examen}|]',
        '{examen} : [correction|surveillance|commission d’entente]',
      ],
      bodies: [
        "Vous êtes convoqué(e) aux opérations du {examen} {jour} à {heure}, {alecole}[, salle {salle}|]. [La convocation jointe vaut ordre de mission.|Merci d'accuser réception de ce message.]\n\nEn cas d'empêchement, prévenez la division des examens et concours avant {delai}.",
      ],
      replies: [
        "J'accuse réception de ma convocation. [Les frais de déplacement sont-ils pris en charge ?|Je serai là.]",
        "Oui, dans les conditions habituelles : la demande se fait dans l'application des frais de déplacement après la mission.",
      ],
      attachments: ['summons'],
    }),
  ),
  ...(['secretary', 'head'] as const).map((role) =>
    topic('exams', role, 'formal', {
      subjects: [
        '{examen} : [inscriptions|liste des candidats|centres d’épreuves]',
        'Sujets du {examen} : livraison',
        'Aménagements d’épreuves {annee}',
      ],
      bodies: [
        "Les inscriptions au {examen} sont ouvertes jusqu'au {delai}. [Merci de vérifier l'état civil et les options de chaque candidat.|Les confirmations signées sont conservées dans l'établissement.]",
        "Les demandes d'aménagement sont à transmettre avant {delai}. [{petit} dossiers sont incomplets.|Les avis médicaux suivent une voie séparée.]",
      ],
      replies: [
        "[Bien reçu|C'est noté]. {nombre} candidats sont inscrits ; il nous manque {petit} confirmations.",
        'Merci de ce point, nous restons à votre disposition.',
      ],
      attachments: ['circular', 'classList'],
    }),
  ),
  ...(['teacher', 'primary', 'professor'] as const).map((role) =>
    topic('personnel', role, 'formal', {
      subjects: [
        'Votre [dossier|avancement|affectation] {annee}',
        'Demande de {poste}',
        'Mouvement : accusé de réception',
      ],
      bodies: [
        'Votre demande ([{poste}|mouvement {annee}]) a bien été enregistrée. [Le résultat vous sera communiqué {delai}.|Il manque la pièce justificative de la bonification demandée.]',
        "[L'arrêté d'avancement|L'arrêté d'affectation] vous concernant est joint. [Il prend effet au 1er septembre.|Un exemplaire signé est à remettre à votre chef d'établissement.]",
      ],
      replies: [
        "Je vous remercie. [Pouvez-vous me confirmer l'échelon retenu ?|La pièce est jointe.]",
        '[Je vous le confirme|Votre dossier est désormais complet].',
      ],
      attachments: ['form', 'summons'],
    }),
  ),
  ...(['teacher', 'primary', 'librarian', 'schoolLife', 'secretary'] as const).map((role) =>
    topic('clerk', role, 'formal', {
      subjects: ['Formation {formation}', 'Convocation à la formation {formation}', 'Inscription : {formation}'],
      bodies: [
        "Votre inscription à la formation {formation} est [confirmée|validée]. Elle se tiendra {jour} de 9 h à 16 h 30, [à {ville}|{alecole}]. [Le repas n'est pas pris en charge.|Pensez à apporter un ordinateur.]",
      ],
      replies: [
        'Merci. [Je ne pourrai venir que le matin, est-ce possible ?|Je serai là.]',
        '[Oui, il suffit d’émarger le matin|Merci de votre confirmation].',
      ],
      attachments: ['summons', 'circular'],
      folder: 'Formation',
    }),
  ),
  topic('inspector', 'teacher', 'courteous', {
    subjects: ['Rendez-vous de carrière', 'Journée académique de {matiere}'],
    bodies: [
      'Je serai {alecole} {jour} et assisterai à votre cours avec la {classe} à {heure}. [Un entretien suivra.|Vous voudrez bien tenir à disposition votre progression.]',
      "La journée académique de {matiere} portera cette année sur [l'oral|la lecture longue|l'écriture d'invention]. [Acceptez-vous d'y présenter votre travail sur {livre} ?|Le programme est joint.]",
    ],
    replies: [
      "[Je vous remercie de cette proposition, que j'accepte volontiers|C'est bien noté]. Je vous transmets ma progression.",
      "Très bien, merci. J'ai lu votre séquence avec intérêt.",
    ],
    attachments: ['document', 'circular'],
    folder: 'Formation',
  }),
  ...(['head', 'secretary'] as const).map((role) =>
    topic('dsden', role, 'formal', {
      subjects: [
        '[Carte scolaire|Effectifs] {annee}',
        'Enquête : [retour attendu|rappel] {delai}',
        'Affectation de {eleve}',
        'Note de service n° {numero}',
      ],
      bodies: [
        "Vous voudrez bien [vérifier les effectifs de {classe}|compléter l'enquête jointe] et nous la retourner avant {delai}. [À défaut de réponse, les chiffres du constat seront retenus.|]",
        "La commission a décidé l'affectation de {eleve} {alecole}, en {classe}. Merci de prendre contact avec la famille [dès réception|avant {jour}].",
      ],
      replies: [
        "[Le tableau complété est joint|La famille a été contactée, l'accueil est prévu {jour}].",
        '[Bonne réception|Je vous remercie] de votre diligence.',
      ],
      attachments: ['circular', 'grades', 'classList'],
    }),
  ),
  topic('clerk', 'clerk', 'courteous', {
    subjects: ['Relecture [de la note|du communiqué] n° {numero}', 'Réunion de service {jour}'],
    bodies: [
      '[Peux-tu relire|Pourrais-tu jeter un œil à] la note jointe avant {jour} ? [Le paragraphe sur le calendrier reste à trancher.|Le visa du secrétaire général est attendu.]',
      "La réunion de service est fixée à {jour}, {heure}, salle {salle}. [Merci d'envoyer vos points.|Un compte rendu suivra.]",
    ],
    replies: ['[Relu|Voilà mes corrections], rien de bloquant.', 'Merci, je transmets.'],
    attachments: ['document', 'openDocument'],
  }),
  ...(['exams', 'personnel', 'dsden', 'inspector'] as const).map((role) =>
    topic(role, role, 'familiar', {
      subjects: ['Dossier n° {numero}', 'Réunion du {jour}', 'Congés de {mois}', 'Tableau de suivi {annee}'],
      bodies: [
        "[Le tableau de suivi est à jour|J'ai complété le tableau]. [Il reste {petit} dossiers à instruire avant {delai}.|Peux-tu vérifier la dernière colonne ?]",
        'Je pose mes congés en {mois}. [Qui assure la permanence ?|Est-ce compatible avec les tiens ?]',
      ],
      replies: ["[Merci|Parfait], je m'en occupe.", 'Bonne journée !'],
      attachments: ['grades', 'classList'],
    }),
  ),
  topic('head', 'head', 'courteous', {
    subjects: ['Réunion de bassin {jour}', '{eleve} : demande de transfert'],
    bodies: [
      'La prochaine réunion de bassin se tiendra {alecole} {jour} à {heure}. [Seriez-vous des nôtres ?|Le directeur académique sera présent.]',
      'La famille de {eleve} ({classe}) demande un transfert. [Auriez-vous une place ?|Le dossier vous parviendra par la voie habituelle.]',
    ],
    replies: ['[Avec plaisir|Une place est disponible en {classe}].', 'Merci, je préviens la famille.'],
  }),
];
