/** The words about programs and services that let people in with Pli: for somebody who only wanted to open another page. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  {
    loading: 'Un instant…',
    unreachable: 'Le serveur ne répond pas. Vérifiez votre connexion, puis réessayez.',
    retry: 'Réessayer',

    askTitle: 'Autoriser « {name} » ?',
    askText: '« {name} » demande à vous reconnaître avec votre compte Pli.',
    askFrom: 'Ce service se trouve sur {site}.',
    askMay: 'Si vous acceptez, il pourra :',
    askLater: 'Vous pourrez retirer cette autorisation à tout moment, dans « Utiliser un autre logiciel ».',
    askPassword: 'Il ne connaîtra jamais votre mot de passe.',
    accept: 'Accepter',
    refuse: 'Refuser',
    you: 'Vous êtes {name}.',
    other: 'Ce n’est pas vous ? Changer de compte',
    going: 'Ouverture de « {name} »…',

    'may.openid': 'savoir que c’est vous',
    'may.profile': 'connaître votre nom et votre identifiant',
    'may.email': 'connaître votre adresse électronique',
    'may.affiliation': 'connaître votre établissement ou service, et votre population',
    'may.offline_access': 'garder cet accès en votre absence, sans vous le redemander',
    'may.mail': 'lire et classer tous vos messages, et régler vos filtres',
    'may.submission': 'envoyer des messages en votre nom',

    proofTitle: 'Est-ce bien vous ?',
    proofText: '« {name} » demande que vous le confirmiez.',
    proofTwoText: '« {name} » demande que vous le confirmiez par votre seconde étape.',

    goneTitle: 'Cette demande n’est plus valable',
    goneText: 'Elle a expiré, ou a commencé dans un autre navigateur. Retournez au service, et reconnectez-vous.',
    foreignTitle: 'Ce service n’est pas pour votre compte',
    foreignText:
      'Il n’est pas ouvert aux personnes de votre établissement. Si vous avez plusieurs comptes, changez-en.',
    toMail: 'Aller à mes messages',

    errorTitle: 'La connexion à ce service n’a pas abouti',
    errorAddress:
      'Le service a donné une adresse de retour que Pli ne connaît pas. Rien ne lui a été transmis. Prévenez l’assistance de ce service.',
    errorClient: 'Pli ne connaît pas ce service, ou ne le connaît plus. Prévenez l’assistance de ce service.',
    errorGone: 'Cette demande a expiré. Retournez au service, et reconnectez-vous.',
    errorOther: 'La demande du service n’est pas correcte ({error}). Prévenez l’assistance de ce service.',

    leaveTitle: 'Se déconnecter ?',
    leaveText:
      'Le service que vous quittez propose de vous déconnecter aussi de Pli, et de tout ce qui est ouvert avec.',
    leave: 'Me déconnecter partout',
    stay: 'Rester connecté à Pli',
    leftTitle: 'Vous êtes déconnecté',
    leftText: 'Vous pouvez fermer cette page.',
    logIn: 'Se reconnecter',
  },
  {
    loading: 'One moment…',
    unreachable: 'The server does not answer. Check your connection, then try again.',
    retry: 'Try again',

    askTitle: 'Allow “{name}”?',
    askText: '“{name}” asks to recognise you by your Pli account.',
    askFrom: 'This service is at {site}.',
    askMay: 'If you accept, it will be able to:',
    askLater: 'You can take this permission back at any time, under “Use another program”.',
    askPassword: 'It will never know your password.',
    accept: 'Accept',
    refuse: 'Refuse',
    you: 'You are {name}.',
    other: 'Not you? Change account',
    going: 'Opening “{name}”…',

    'may.openid': 'know that it is you',
    'may.profile': 'know your name and user name',
    'may.email': 'know your e-mail address',
    'may.affiliation': 'know your school or department, and your population',
    'may.offline_access': 'keep this access while you are away, without asking again',
    'may.mail': 'read and file all your messages, and change your filters',
    'may.submission': 'send messages in your name',

    proofTitle: 'Is it really you?',
    proofText: '“{name}” asks you to confirm it.',
    proofTwoText: '“{name}” asks you to confirm it by your second step.',

    goneTitle: 'This request is no longer valid',
    goneText: 'It has expired, or began in another browser. Go back to the service, and log in again.',
    foreignTitle: 'This service is not for your account',
    foreignText: 'It is not open to people of your institution. If you have several accounts, change to another.',
    toMail: 'Go to my messages',

    errorTitle: 'Logging in to this service did not work',
    errorAddress:
      'The service gave an address to return to that Pli does not know. Nothing was passed on to it. Tell the support of that service.',
    errorClient: 'Pli does not know this service, or no longer does. Tell the support of that service.',
    errorGone: 'This request has expired. Go back to the service, and log in again.',
    errorOther: 'The request of the service is not correct ({error}). Tell the support of that service.',

    leaveTitle: 'Log out?',
    leaveText: 'The service you are leaving offers to log you out of Pli too, and of everything opened with it.',
    leave: 'Log me out everywhere',
    stay: 'Stay logged in to Pli',
    leftTitle: 'You are logged out',
    leftText: 'You can close this page.',
    logIn: 'Log in again',
  },
);
