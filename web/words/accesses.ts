/** The other ways into one's account, in words: app passwords, and the programs and services one lets in. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  {
    may: 'Peut {uses}',
    ofHouse: 'Service de votre établissement',
    neverUsed: 'Jamais utilisé',
    lastUsed: 'Dernière utilisation : {date}',
    lastUsedFrom: 'Dernière utilisation : {date}, depuis {from}',

    'AppPassword.title': 'Vos logiciels et appareils',
    'AppPassword.text': 'Ceux à qui vous avez donné un mot de passe créé sur cette page.',
    'AppPassword.empty': 'Aucun autre logiciel n’a de mot de passe',
    'AppPassword.emptyText':
      'Ceux que vous créez s’affichent ici, avec leur dernière utilisation. Vous pouvez les bloquer à tout moment.',
    'AppPassword.since': 'Créé le {date}',
    'AppPassword.revoke': 'Révoquer',
    'AppPassword.revokeName': 'Révoquer {name}',
    'AppPassword.revokeTitle': 'Révoquer « {name} » ?',
    'AppPassword.revokeText':
      'Ce logiciel ne pourra plus ni lire ni envoyer de messages avec ce mot de passe. C’est immédiat, et cela ne peut pas être annulé : pour s’en servir à nouveau, il faudra un nouveau mot de passe.',
    'AppPassword.revoked': '« {name} » est révoqué',
    'AppPassword.revokeFailed': '« {name} » n’a pas pu être révoqué. Vérifiez votre connexion, puis réessayez.',

    'AuthorisedProgram.title': 'Logiciels et services autorisés',
    'AuthorisedProgram.text':
      'Ceux à qui vous avez permis de vous reconnaître avec votre compte, ou de lire vos messages.',
    'AuthorisedProgram.empty': 'Aucun logiciel ni service autorisé',
    'AuthorisedProgram.emptyText':
      'Ceux que vous autorisez s’affichent ici. Vous pouvez leur retirer l’accès à tout moment.',
    'AuthorisedProgram.since': 'Autorisé le {date}',
    'AuthorisedProgram.revoke': 'Retirer',
    'AuthorisedProgram.revokeName': 'Retirer l’accès de {name}',
    'AuthorisedProgram.revokeTitle': 'Retirer l’accès de « {name} » ?',
    'AuthorisedProgram.revokeText':
      'C’est immédiat : il est déconnecté partout où il se servait de votre compte. Vous pourrez l’autoriser à nouveau.',
    'AuthorisedProgram.revoked': '« {name} » n’a plus accès à votre compte',
    'AuthorisedProgram.revokeFailed':
      'L’accès de « {name} » n’a pas pu être retiré. Vérifiez votre connexion, puis réessayez.',
  },
  {
    may: 'May {uses}',
    ofHouse: 'Service of your institution',
    neverUsed: 'Never used',
    lastUsed: 'Last used: {date}',
    lastUsedFrom: 'Last used: {date}, from {from}',

    'AppPassword.title': 'Your programs and devices',
    'AppPassword.text': 'Those you have given a password made on this page.',
    'AppPassword.empty': 'No other program has a password',
    'AppPassword.emptyText': 'Those you create are shown here with their last use. You can shut them out at any time.',
    'AppPassword.since': 'Created on {date}',
    'AppPassword.revoke': 'Revoke',
    'AppPassword.revokeName': 'Revoke {name}',
    'AppPassword.revokeTitle': 'Revoke “{name}”?',
    'AppPassword.revokeText':
      'This program will no longer be able to read or send messages with this password. It takes effect at once and cannot be undone: to use it again, you will need a new password.',
    'AppPassword.revoked': '“{name}” is revoked',
    'AppPassword.revokeFailed': '“{name}” could not be revoked. Check your connection, then try again.',

    'AuthorisedProgram.title': 'Authorised programs and services',
    'AuthorisedProgram.text': 'Those you have allowed to recognise you by your account, or to read your messages.',
    'AuthorisedProgram.empty': 'No authorised program or service',
    'AuthorisedProgram.emptyText': 'Those you allow appear here. You can take their access back at any time.',
    'AuthorisedProgram.since': 'Allowed on {date}',
    'AuthorisedProgram.revoke': 'Take back',
    'AuthorisedProgram.revokeName': 'Take back the access of {name}',
    'AuthorisedProgram.revokeTitle': 'Take back the access of “{name}”?',
    'AuthorisedProgram.revokeText':
      'It is immediate: it is logged out wherever it used your account. You can allow it again.',
    'AuthorisedProgram.revoked': '“{name}” no longer has access to your account',
    'AuthorisedProgram.revokeFailed':
      'The access of “{name}” could not be taken back. Check your connection, then try again.',
  },
);
