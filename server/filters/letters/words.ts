/** What filters say to people, in French and English: subjects and texts of the letters they send or file. */
import type { Language } from '#server/filters/queries/owner.ts';

/** Why something a filter asked for was not done. */
export type Denied = 'forbidden' | 'loop' | 'tooMany' | 'noSuchMailbox' | 'list' | 'unprintable';

interface Words {
  readonly answerSubject: (subject: string) => string;
  readonly notifySubject: (sender: string) => string;
  readonly notifyText: (sender: string, subject: string) => string;
  readonly faultSubject: string;
  readonly faultText: (about: {
    readonly script: string;
    readonly sentence: string;
    readonly sender: string;
    readonly subject: string;
  }) => string;
  readonly denied: Readonly<Record<Denied, (what: string) => string>>;
}

export const words: Readonly<Record<Language, Words>> = {
  fr: {
    answerSubject: (subject) => `Réponse automatique : ${subject}`,
    notifySubject: (sender) => `Nouveau message de ${sender}`,
    notifyText: (sender, subject) => `Un message vient d’arriver.\r\n\r\nDe : ${sender}\r\nObjet : ${subject}\r\n`,
    faultSubject: 'Votre filtre n’a pas pu être appliqué',
    faultText: ({ script, sentence, sender, subject }) =>
      `Votre filtre « ${script} » n’a pas pu être appliqué entièrement à un message, qui est resté dans votre boîte de réception.\r\n\r\n` +
      `De : ${sender}\r\nObjet : ${subject}\r\n\r\nCe qui n’allait pas : ${sentence}\r\n\r\n` +
      'D’autres messages peuvent être concernés. Vous ne recevrez pas plus d’un avis par jour.\r\n',
    denied: {
      forbidden: (address) => `votre établissement n’autorise pas le transfert vers l’extérieur (${address}).`,
      loop: (address) =>
        `le message était déjà passé par cette boîte ; le transférer à ${address} l’aurait fait tourner en rond.`,
      tooMany: (address) =>
        `vos filtres ont déjà envoyé trop de messages aujourd’hui ; celui-ci n’est pas parti vers ${address}.`,
      noSuchMailbox: (mailbox) => `le dossier « ${mailbox} » n’existe pas.`,
      unprintable: (address) => `aucun message ne peut être adressé à ${address}.`,
      list: (list) => `le transfert à une liste (${list}) n’est pas possible.`,
    },
  },
  en: {
    answerSubject: (subject) => `Automatic reply: ${subject}`,
    notifySubject: (sender) => `New message from ${sender}`,
    notifyText: (sender, subject) => `A message has just arrived.\r\n\r\nFrom: ${sender}\r\nSubject: ${subject}\r\n`,
    faultSubject: 'Your filter could not be applied',
    faultText: ({ script, sentence, sender, subject }) =>
      `Your filter “${script}” could not be applied wholly to a message, which stayed in your inbox.\r\n\r\n` +
      `From: ${sender}\r\nSubject: ${subject}\r\n\r\nWhat was wrong: ${sentence}\r\n\r\n` +
      'Other messages may be concerned. You will not receive more than one notice a day.\r\n',
    denied: {
      forbidden: (address) => `your institution does not allow forwarding outside (${address}).`,
      loop: (address) =>
        `the message had come through this mailbox before; forwarded to ${address} it would have gone round in a circle.`,
      tooMany: (address) =>
        `your filters have sent too many messages today already; this one did not leave for ${address}.`,
      noSuchMailbox: (mailbox) => `the folder “${mailbox}” does not exist.`,
      unprintable: (address) => `no message can be addressed to ${address}.`,
      list: (list) => `forwarding to a list (${list}) is not possible.`,
    },
  },
};
