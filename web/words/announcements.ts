/** The words around what everybody is told: announcements, maintenance, and the page of a closed house. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  {
    'level.info': 'Information',
    'level.warning': 'Attention',
    'level.urgent': 'Urgent',
    acknowledge: 'J’ai lu',
    dismiss: 'Fermer',
    notNoted: 'Votre lecture n’a pas pu être enregistrée. Réessayez dans un moment.',
    status: 'État du service',
    plannedReadOnly: 'Maintenance prévue à partir du {from} : vous pourrez lire vos messages, mais rien envoyer.',
    plannedReadOnlyUntil:
      'Maintenance prévue du {from} au {until} : vous pourrez lire vos messages, mais rien envoyer.',
    plannedClosed: 'Maintenance prévue à partir du {from} : la messagerie sera fermée.',
    plannedClosedUntil: 'Maintenance prévue du {from} au {until} : la messagerie sera fermée.',
    readOnlyNow:
      'Maintenance en cours : vous pouvez lire, chercher et recevoir. Ce que vous écrivez ou changez attend ici, et partira ensuite.',
    closedNow:
      'La messagerie est fermée pour maintenance. Les messages qu’on vous envoie ne sont pas perdus : vous les aurez à la réouverture.',
    expectedEnd: 'Fin prévue : {until}.',
    opensByItself: 'Cette page s’ouvrira d’elle-même.',
    closedTitle: 'Maintenance en cours',
    closedWaiting: {
      one: '{count} modification attend ici et partira ensuite.',
      other: '{count} modifications attendent ici et partiront ensuite.',
    },
  },
  {
    'level.info': 'Information',
    'level.warning': 'Warning',
    'level.urgent': 'Urgent',
    acknowledge: 'I have read this',
    dismiss: 'Close',
    notNoted: 'It could not be noted that you read this. Try again in a moment.',
    status: 'Service status',
    plannedReadOnly: 'Maintenance planned from {from}: you will be able to read your messages, but not to send any.',
    plannedReadOnlyUntil:
      'Maintenance planned from {from} to {until}: you will be able to read your messages, but not to send any.',
    plannedClosed: 'Maintenance planned from {from}: the mail service will be closed.',
    plannedClosedUntil: 'Maintenance planned from {from} to {until}: the mail service will be closed.',
    readOnlyNow:
      'Maintenance under way: you can read, search and receive. What you write or change waits here, and goes afterwards.',
    closedNow:
      'The mail service is closed for maintenance. Messages sent to you are not lost: you get them when it opens again.',
    expectedEnd: 'Expected end: {until}.',
    opensByItself: 'This page will open by itself.',
    closedTitle: 'Maintenance under way',
    closedWaiting: {
      one: '{count} change waits here and goes afterwards.',
      other: '{count} changes wait here and go afterwards.',
    },
  },
);
