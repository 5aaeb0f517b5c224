/** The words of the steps between a right password and the work. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  {
    passwordTitle: 'Choisissez votre mot de passe',
    'reason.first': 'Vous seul devez le connaître. Il remplace ce que vous venez de saisir.',
    'reason.given':
      'Celui que vous venez de saisir est provisoire. Remplacez-le par un mot de passe que vous seul connaissez.',
    'reason.expired': 'Le vôtre a atteint l’âge limite fixé par votre institution. Choisissez-en un autre.',
    'reason.recovered': 'Votre code est bon. Choisissez un nouveau mot de passe ; toutes vos sessions seront fermées.',
    account: 'Compte : {account}',
    save: 'Enregistrer et continuer',
    busy: 'Enregistrement…',
    tooLate: 'Cette connexion a expiré. Recommencez depuis le début.',
    restart: 'Recommencer',
    unreachable: 'Le serveur ne répond pas. Vérifiez votre connexion, puis réessayez.',
    tryLater: 'Trop de demandes pour le moment. Réessayez dans une minute.',

    termsTitle: 'Conditions d’utilisation',
    termsText:
      'Lisez-les, puis acceptez-les pour continuer. La version {version} et la date de votre accord sont conservées.',
    termsRegion: 'Texte des conditions d’utilisation',
    termsAccept: 'J’ai lu ces conditions et je les accepte',
    termsMissing: 'Cochez la case pour accepter les conditions.',
    termsChanged: 'Le texte vient de changer. Relisez-le.',
    goOn: 'Continuer',

    recoveryTitle: 'Adresse de secours',
    recoveryText:
      'Si vous oubliez votre mot de passe, un code y est envoyé. Choisissez une adresse que vous lisez sans cette messagerie.',
    recoveryAddress: 'Adresse électronique de secours',
    recoverySend: 'Envoyer un code à cette adresse',
    recoverySending: 'Envoi…',
    recoveryRefused: 'Ce n’est pas une adresse, ou c’est celle de cette messagerie. Indiquez-en une autre.',
    recoverySkip: 'Plus tard',
    recoverySent: 'Un code à 6 chiffres a été envoyé à {address}. Il est valable 10 minutes.',
    recoveryOther: 'Indiquer une autre adresse',
    code: 'Code à 6 chiffres',
    codeCheck: 'Vérifier le code',
    codeWrong: {
      one: 'Ce n’est pas le bon code. Il vous reste {count} essai.',
      other: 'Ce n’est pas le bon code. Il vous reste {count} essais.',
    },
    codeOver: 'Ce code n’est plus valable. Demandez-en un autre.',
  },
  {
    passwordTitle: 'Choose your password',
    'reason.first': 'Only you must know it. It replaces what you have just typed.',
    'reason.given': 'The one you have just typed is provisional. Replace it by one that only you know.',
    'reason.expired': 'Yours has come to the age your institution allows. Choose another one.',
    'reason.recovered': 'Your code is right. Choose a new password; all your sessions will be closed.',
    account: 'Account: {account}',
    save: 'Save and go on',
    busy: 'Saving…',
    tooLate: 'This login has expired. Begin again.',
    restart: 'Begin again',
    unreachable: 'The server does not answer. Check your connection, then try again.',
    tryLater: 'Too many requests just now. Try again in a minute.',

    termsTitle: 'Terms of use',
    termsText: 'Read them, then accept them to go on. Version {version} and the date of your consent are kept.',
    termsRegion: 'Text of the terms of use',
    termsAccept: 'I have read these terms and accept them',
    termsMissing: 'Tick the box to accept the terms.',
    termsChanged: 'The text has just changed. Read it again.',
    goOn: 'Go on',

    recoveryTitle: 'Recovery address',
    recoveryText:
      'If you forget your password, a code is sent there. Choose an address that you read without this mail service.',
    recoveryAddress: 'Recovery e-mail address',
    recoverySend: 'Send a code to this address',
    recoverySending: 'Sending…',
    recoveryRefused: 'This is no address, or it is the one of this mailbox. Give another one.',
    recoverySkip: 'Later',
    recoverySent: 'A code of 6 digits was sent to {address}. It is good for 10 minutes.',
    recoveryOther: 'Give another address',
    code: 'Code of 6 digits',
    codeCheck: 'Check the code',
    codeWrong: {
      one: 'This is not the right code. You have {count} try left.',
      other: 'This is not the right code. You have {count} tries left.',
    },
    codeOver: 'This code is not valid any more. Ask for another one.',
  },
);
