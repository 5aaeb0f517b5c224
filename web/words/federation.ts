/** The words of other ways in: the login page, one's own links in the settings, and their screen in the console. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  {
    ways: 'Par un portail d’identification',
    wayOf: 'Continuer avec {name}',
    domain: 'Les adresses {domain} se connectent par {name}.',
    still: 'Vous avez quitté la messagerie, mais pas {name}.',
    leave: 'Quitter aussi {name}',

    'refused.failed':
      '{name} n’a pas répondu comme il le devrait. Réessayez dans quelques minutes ; si cela se répète, prévenez votre assistance.',
    'refused.denied': 'Vous n’avez pas terminé l’identification sur {name}. Recommencez quand vous le voulez.',
    'refused.level':
      '{name} ne vous a pas identifié avec le niveau de sûreté demandé. Recommencez en choisissant un moyen plus fort.',
    'refused.unknown':
      '{name} vous a bien identifié, mais aucun compte de cette messagerie ne correspond. Les comptes sont créés par l’administration : demandez-lui que le vôtre soit rattaché.',
    'refused.tooLate':
      'Cette connexion a expiré, ou elle a été commencée dans un autre navigateur. Recommencez depuis cette page.',
  },
  {
    ways: 'Through a sign-in portal',
    wayOf: 'Continue with {name}',
    domain: 'Addresses at {domain} sign in through {name}.',
    still: 'You have left the mail service, but not {name}.',
    leave: 'Leave {name} too',

    'refused.failed':
      '{name} did not answer as it should. Try again in a few minutes; if it happens again, tell your support.',
    'refused.denied': 'You did not finish signing in at {name}. Start again whenever you like.',
    'refused.level': '{name} did not identify you as surely as is asked for. Start again with a stronger means.',
    'refused.unknown':
      '{name} knows who you are, but no account here corresponds. Accounts are made by the administration: ask it to attach yours.',
    'refused.tooLate': 'This sign-in has expired, or was begun in another browser. Start again from this page.',
  },
);
