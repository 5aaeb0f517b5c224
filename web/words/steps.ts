/** The words of the steps between a right password and the work. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  {
    passwordTitle: 'Choisissez votre mot de passe',
    passwordText:
      'Celui que vous venez de saisir est provisoire. Remplacez-le par un mot de passe que vous seul connaissez.',
    newPassword: 'Nouveau mot de passe',
    again: 'Nouveau mot de passe, une seconde fois',
    differs: 'Les deux saisies ne sont pas identiques.',
    weak: 'Ce mot de passe ne convient pas. Choisissez-en un autre, différent du mot de passe provisoire.',
    save: 'Enregistrer et continuer',
    busy: 'Enregistrement…',
    tooLate: 'Cette connexion a expiré. Recommencez depuis le début.',
    restart: 'Recommencer',
    unreachable: 'Le serveur ne répond pas. Vérifiez votre connexion, puis réessayez.',
    tryLater: 'Trop de demandes pour le moment. Réessayez dans une minute.',
  },
  {
    passwordTitle: 'Choose your password',
    passwordText: 'The one you have just typed is provisional. Replace it by one that only you know.',
    newPassword: 'New password',
    again: 'New password, once more',
    differs: 'The two are not the same.',
    weak: 'This password will not do. Choose another one, other than the provisional one.',
    save: 'Save and go on',
    busy: 'Saving…',
    tooLate: 'This login has expired. Begin again.',
    restart: 'Begin again',
    unreachable: 'The server does not answer. Check your connection, then try again.',
    tryLater: 'Too many requests just now. Try again in a minute.',
  },
);
