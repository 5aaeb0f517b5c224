/** The words of the pages at the door: coming in for the first time, getting in again, and why one does not get in. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  {
    back: 'Retour à la connexion',

    activateTitle: 'Première connexion',
    activateText:
      'Munissez-vous de votre NUMEN, ou du mot de passe provisoire remis par votre secrétariat. Vous choisirez ensuite votre mot de passe.',
    activateSecret: 'NUMEN ou mot de passe provisoire',
    activateHint: 'Le NUMEN a 13 caractères, comme 01E9501234ABC. Il ne sert de mot de passe qu’une fois.',
    activateSubmit: 'Continuer',
    activateBusy: 'Vérification…',
    activateRefused:
      'Cet identifiant et ce NUMEN ou mot de passe ne vont pas ensemble. Vérifiez-les sur le document remis ; si vous avez déjà choisi un mot de passe, c’est lui qu’il faut saisir.',
    show: 'Afficher ce que je saisis',
    hide: 'Masquer ce que je saisis',

    readyTitle: 'Votre compte est prêt',
    readyText: 'Votre mot de passe est enregistré. Vous pouvez ouvrir votre messagerie.',
    readyOpen: 'Ouvrir ma messagerie',
    readyPrograms: 'Utiliser aussi Thunderbird, Outlook ou un téléphone',
    readyProgramsText: 'Chaque logiciel reçoit son propre mot de passe, que vous créez dans les réglages.',

    forgottenTitle: 'Mot de passe oublié',
    forgottenText:
      'Un code est envoyé à votre adresse de secours si ce que vous indiquez correspond à votre dossier. Il suffit de la date de naissance ou du NUMEN.',
    name: 'Identifiant ou adresse électronique',
    birthDate: 'Date de naissance',
    birthDateHint: 'Jour, mois et année : 31/12/1980',
    numen: 'NUMEN',
    numenHint: '13 caractères, comme 01E9501234ABC',
    nameMissing: 'Indiquez votre identifiant ou votre adresse.',
    oneMissing: 'Indiquez votre date de naissance ou votre NUMEN.',
    ask: 'Recevoir un code',
    asking: 'Envoi de la demande…',
    check: 'Vérification anti-robot',
    checkWhy: 'Votre navigateur fait un calcul de quelques secondes. Vous n’avez rien à voir, à écouter ni à résoudre.',
    checkWaiting: 'Elle commencera quand vous enverrez la demande.',
    checkWorking: 'Calcul en cours…',
    checkDone: 'Calcul terminé.',
    checkFailed: 'Le calcul n’a pas abouti. Réessayez.',

    codeTitle: 'Saisissez le code reçu',
    codeText:
      'Si tout correspond, un code à 6 chiffres arrive à votre adresse de secours dans les deux minutes. Il est valable 10 minutes.',
    codeSend: 'Vérifier le code',
    codeBusy: 'Vérification…',
    codeWrong: {
      one: 'Ce n’est pas le bon code. Il vous reste {count} essai.',
      other: 'Ce n’est pas le bon code. Il vous reste {count} essais.',
    },
    codeLast: 'Ce n’est pas le bon code, et il ne vous reste plus d’essai. Recommencez la demande.',
    codeOver: 'Ce code n’est plus valable. Recommencez la demande.',
    restart: 'Recommencer',
    noCode:
      'Rien n’est arrivé ? Regardez dans les indésirables. Sans adresse de secours enregistrée, votre assistance peut vous donner un mot de passe provisoire.',

    tryLater: 'Trop de demandes depuis ce réseau. Réessayez plus tard, ou appelez votre assistance.',
    unreachable: 'Le serveur ne répond pas. Vérifiez votre connexion, puis réessayez.',

    contact: 'Votre assistance',
    contactPhone: 'Téléphone : {phone}',
    contactEmail: 'Courriel : {email}',
    contactHours: 'Horaires : {hours}',
    contactWeb: 'Page de ce service',
    help: 'Guides et vérification du navigateur',
    noContact: 'Adressez-vous au secrétariat de votre établissement ou de votre service.',
    neverAsks: 'L’assistance ne vous demandera jamais votre mot de passe.',

    'locked.locked':
      'Votre compte est verrouillé après trop d’essais, ou par votre assistance. Elle seule peut le déverrouiller.',
    'locked.blocked':
      'Votre compte est bloqué : quelqu’un d’autre s’en est peut-être servi. Votre assistance vous aidera à le reprendre en main.',
    'locked.suspended': 'Votre compte est suspendu. Votre assistance ou votre service de gestion vous dira pourquoi.',
    'locked.closed':
      'Votre compte est fermé, par exemple après un départ. Si c’est une erreur, appelez votre assistance.',
    'locked.provisionalExpired':
      'Votre mot de passe provisoire n’est plus valable. Demandez-en un autre à votre assistance, ou utilisez votre NUMEN.',
    'locked.maintenance': 'Le service est en maintenance. Réessayez un peu plus tard : votre compte n’a rien.',

    noCookie:
      'Votre mot de passe est bon, mais votre navigateur refuse les cookies. Autorisez ceux de ce site dans ses réglages (confidentialité), puis réessayez. Pli n’en utilise qu’un, pour votre session.',
    clockAhead: {
      one: 'Votre mot de passe est bon, mais l’horloge de votre appareil avance de {count} minute : la session prend fin aussitôt. Mettez-la à l’heure, puis réessayez.',
      other:
        'Votre mot de passe est bon, mais l’horloge de votre appareil avance de {count} minutes : la session prend fin aussitôt. Mettez-la à l’heure, puis réessayez.',
    },
    clockBehind: {
      one: 'Votre mot de passe est bon, mais l’horloge de votre appareil retarde de {count} minute, et la session ne tient pas. Mettez-la à l’heure, puis réessayez.',
      other:
        'Votre mot de passe est bon, mais l’horloge de votre appareil retarde de {count} minutes, et la session ne tient pas. Mettez-la à l’heure, puis réessayez.',
    },

    endsSoon: {
      one: 'Votre mot de passe expire dans {count} jour.',
      other: 'Votre mot de passe expire dans {count} jours.',
    },
    endsToday: 'Votre mot de passe expire aujourd’hui.',
    change: 'Le changer maintenant',

    ownTitle: 'Changer de mot de passe',
    ownKeptBy:
      'Votre mot de passe n’est pas gardé ici, mais dans l’annuaire « {name} » : il se change là-bas, et vaut aussitôt ici.',
    keptBy: 'Les mots de passe de certains comptes sont gardés dans l’annuaire « {name} ».',
    keptByChange: 'Changer le mot de passe de « {name} »',
    current: 'Mot de passe actuel',
    ownSave: 'Changer le mot de passe',
    ownDone: 'Votre mot de passe est changé. Les autres sessions sont fermées.',
    ownWrong: 'Le mot de passe actuel n’est pas le bon.',
  },
  {
    back: 'Back to the login',

    activateTitle: 'First login',
    activateText:
      'Have your NUMEN at hand, or the provisional password your secretariat gave you. You will then choose your password.',
    activateSecret: 'NUMEN or provisional password',
    activateHint: 'The NUMEN has 13 characters, such as 01E9501234ABC. It serves as a password only once.',
    activateSubmit: 'Go on',
    activateBusy: 'Checking…',
    activateRefused:
      'This user name and this NUMEN or password do not belong together. Check them on the document you were given; if you have chosen a password already, that is the one to type.',
    show: 'Show what I type',
    hide: 'Hide what I type',

    readyTitle: 'Your account is ready',
    readyText: 'Your password is saved. You can open your mail.',
    readyOpen: 'Open my mail',
    readyPrograms: 'Also use Thunderbird, Outlook or a phone',
    readyProgramsText: 'Each program gets a password of its own, which you make in the settings.',

    forgottenTitle: 'Forgotten password',
    forgottenText:
      'A code is sent to your recovery address if what you say fits your file. Your date of birth or your NUMEN is enough.',
    name: 'User name or e-mail address',
    birthDate: 'Date of birth',
    birthDateHint: 'Day, month and year: 31/12/1980',
    numen: 'NUMEN',
    numenHint: '13 characters, such as 01E9501234ABC',
    nameMissing: 'Give your user name or your address.',
    oneMissing: 'Give your date of birth or your NUMEN.',
    ask: 'Get a code',
    asking: 'Sending the request…',
    check: 'Check against robots',
    checkWhy: 'Your browser does a sum that takes a few seconds. There is nothing for you to see, hear or solve.',
    checkWaiting: 'It begins when you send the request.',
    checkWorking: 'Calculating…',
    checkDone: 'The sum is done.',
    checkFailed: 'The sum was not completed. Try again.',

    codeTitle: 'Type the code you received',
    codeText:
      'If everything fits, a code of 6 digits comes to your recovery address within two minutes. It is good for 10 minutes.',
    codeSend: 'Check the code',
    codeBusy: 'Checking…',
    codeWrong: {
      one: 'This is not the right code. You have {count} try left.',
      other: 'This is not the right code. You have {count} tries left.',
    },
    codeLast: 'This is not the right code, and there is no try left. Begin the request again.',
    codeOver: 'This code is not valid any more. Begin the request again.',
    restart: 'Begin again',
    noCode:
      'Nothing came? Look in your junk mail. Without a recovery address on file, your support can give you a provisional password.',

    tryLater: 'Too many requests from this network. Try again later, or call your support.',
    unreachable: 'The server does not answer. Check your connection, then try again.',

    contact: 'Your support',
    contactPhone: 'Phone: {phone}',
    contactEmail: 'E-mail: {email}',
    contactHours: 'Hours: {hours}',
    contactWeb: 'Page of this service',
    help: 'Guides and check of the browser',
    noContact: 'Ask the secretariat of your school or department.',
    neverAsks: 'Support will never ask you for your password.',

    'locked.locked': 'Your account is locked after too many tries, or by your support. Only they can unlock it.',
    'locked.blocked':
      'Your account is blocked: somebody else may have used it. Your support will help you to take it back.',
    'locked.suspended': 'Your account is suspended. Your support or your personnel department will tell you why.',
    'locked.closed': 'Your account is closed, for instance after a departure. If this is a mistake, call your support.',
    'locked.provisionalExpired':
      'Your provisional password is not valid any more. Ask your support for another one, or use your NUMEN.',
    'locked.maintenance': 'The service is under maintenance. Try again a little later: your account is fine.',

    noCookie:
      'Your password is right, but your browser refuses cookies. Allow those of this site in its settings (privacy), then try again. Pli uses only one, for your session.',
    clockAhead: {
      one: 'Your password is right, but the clock of your device is {count} minute ahead: the session ends at once. Set it right, then try again.',
      other:
        'Your password is right, but the clock of your device is {count} minutes ahead: the session ends at once. Set it right, then try again.',
    },
    clockBehind: {
      one: 'Your password is right, but the clock of your device is {count} minute behind, and the session does not hold. Set it right, then try again.',
      other:
        'Your password is right, but the clock of your device is {count} minutes behind, and the session does not hold. Set it right, then try again.',
    },

    endsSoon: {
      one: 'Your password expires in {count} day.',
      other: 'Your password expires in {count} days.',
    },
    endsToday: 'Your password expires today.',
    change: 'Change it now',

    ownTitle: 'Change your password',
    ownKeptBy:
      'Your password is not kept here, but in the directory “{name}”: change it there, and it holds here at once.',
    keptBy: 'The passwords of some accounts are kept in the directory “{name}”.',
    keptByChange: 'Change the password of “{name}”',
    current: 'Present password',
    ownSave: 'Change the password',
    ownDone: 'Your password is changed. The other sessions are closed.',
    ownWrong: 'The present password is not the right one.',
  },
);
