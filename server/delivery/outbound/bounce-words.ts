/** The sentences of a delivery report, by what went wrong: for people who never heard of SMTP. French and English. */

export type Language = 'fr' | 'en';
export type Action = 'failed' | 'delayed' | 'delivered' | 'relayed';

export type Cause =
  | 'noSuchMailbox'
  | 'noSuchDomain'
  | 'takesNoMail'
  | 'mailboxFull'
  | 'tooLarge'
  | 'refused'
  | 'loop'
  | 'unreachable'
  | 'badContent'
  | 'other';

/** Sorts a status code (RFC 3463 §3, RFC 5248) into what a person can act on. */
export function causeOf(status: string): Cause {
  const [, subject = '0', detail = '0'] = status.split('.');
  const code = `${subject}.${detail}`;
  if (code === '1.10' || code === '2.1') return 'takesNoMail';
  if (code === '1.2' || code === '4.4') return 'noSuchDomain';
  if (subject === '1') return 'noSuchMailbox';
  if (code === '2.2') return 'mailboxFull';
  if (code === '2.3' || code === '3.4') return 'tooLarge';
  if (code === '4.6') return 'loop';
  if (subject === '4') return 'unreachable';
  if (subject === '6') return 'badContent';
  if (subject === '7') return 'refused';
  return 'other';
}

interface Words {
  readonly subject: Readonly<Record<Action, string>>;
  readonly opening: Readonly<Record<Action, string>>;
  readonly cause: Readonly<Record<Cause, string>>;
  readonly aboutSubject: (subject: string, date: string) => string;
  readonly willRetryUntil: (date: string) => string;
  readonly serverSaid: string;
  readonly closing: string;
}

export const words: Readonly<Record<Language, Words>> = {
  fr: {
    subject: {
      failed: 'Message non remis',
      delayed: 'Message retardé',
      delivered: 'Message remis',
      relayed: 'Message transmis',
    },
    opening: {
      failed: 'Votre message n’a pas pu être remis à :',
      delayed:
        'Votre message n’a pas encore pu être remis à l’adresse suivante. Vous n’avez rien à faire, nous continuons d’essayer :',
      delivered: 'Votre message a été remis à :',
      relayed: 'Votre message a été transmis, sans que nous puissions suivre sa remise, à :',
    },
    cause: {
      noSuchMailbox: 'Cette adresse n’existe pas. Vérifiez comment elle s’écrit.',
      noSuchDomain: 'Ce qui suit le signe @ n’existe pas ou n’a pas de messagerie. Vérifiez comment l’adresse s’écrit.',
      takesNoMail: 'Cette adresse ne reçoit pas de courrier.',
      mailboxFull: 'La boîte du destinataire est pleine. Réessayez plus tard ou prévenez-le autrement.',
      tooLarge: 'Le message est trop volumineux pour le destinataire. Envoyez les pièces jointes par un lien.',
      refused: 'Le serveur du destinataire a refusé ce message par ses règles.',
      loop: 'Le message tourne en rond entre des serveurs. Prévenez le destinataire autrement.',
      unreachable: 'Le serveur du destinataire n’a pas répondu.',
      badContent: 'Le serveur du destinataire n’a pas accepté la forme du message.',
      other: 'Le serveur du destinataire n’a pas accepté le message.',
    },
    aboutSubject: (subject, date) => `Il s’agit du message « ${subject} » du ${date}.`,
    willRetryUntil: (date) => `Nous essayons jusqu’au ${date}.`,
    serverSaid: 'Réponse du serveur :',
    closing: 'Ce message est automatique. Le détail technique est joint.',
  },
  en: {
    subject: {
      failed: 'Message not delivered',
      delayed: 'Message delayed',
      delivered: 'Message delivered',
      relayed: 'Message passed on',
    },
    opening: {
      failed: 'Your message could not be delivered to:',
      delayed: 'Your message could not yet be delivered to the following address. You need do nothing, we keep trying:',
      delivered: 'Your message was delivered to:',
      relayed: 'Your message was passed on, to where we cannot follow it, to:',
    },
    cause: {
      noSuchMailbox: 'This address does not exist. Check how it is spelled.',
      noSuchDomain: 'What follows the @ sign does not exist or has no mail. Check how the address is spelled.',
      takesNoMail: 'This address takes no mail.',
      mailboxFull: 'The mailbox is full. Try later, or tell the recipient in another way.',
      tooLarge: 'The message is too large for the recipient. Send the attachments as a link.',
      refused: 'The recipient’s server refused this message by its rules.',
      loop: 'The message goes round in circles between servers. Tell the recipient in another way.',
      unreachable: 'The recipient’s server did not answer.',
      badContent: 'The recipient’s server did not accept the form of the message.',
      other: 'The recipient’s server did not accept the message.',
    },
    aboutSubject: (subject, date) => `It is the message “${subject}” of ${date}.`,
    willRetryUntil: (date) => `We keep trying until ${date}.`,
    serverSaid: 'The server said:',
    closing: 'This message is automatic. The technical details are attached.',
  },
};
