/** The words of the notices, in French and English: what happened, and what to do when it was somebody else. */
import { readUserAgent } from '#formats/http/user-agent.ts';

import { approvalInEnglish, approvalInFrench } from './approval-words.ts';
import type { Notice } from './notice.ts';

export type Language = 'fr' | 'en';

interface Letter {
  readonly subject: string;
  readonly text: string;
}

interface About {
  readonly name: string;
  /** Day and hour in words. */
  readonly date: string;
  /** The same of another time, in milliseconds since 1970. */
  readonly dateOf: (at: number) => string;
}

/** The letter of a notice; lines end in CRLF. @param about the addressee's name, and when it happened. */
export function noticeLetter(language: Language, notice: Notice, about: About): Letter {
  const { subject, sentences } = language === 'en' ? inEnglish(notice, about) : inFrench(notice, about);
  const hello = language === 'en' ? `Hello ${about.name},` : `Bonjour ${about.name},`;
  const ending =
    language === 'en'
      ? 'Nobody will ever ask you for your password: neither support, nor any message.'
      : 'Personne ne vous demandera jamais votre mot de passe : ni l’assistance, ni aucun message.';
  return { subject, text: [hello, ...sentences, ending].join('\r\n\r\n') + '\r\n' };
}

interface Said {
  readonly subject: string;
  readonly sentences: readonly string[];
}

const frenchAdvice =
  'Si ce n’était pas vous : ouvrez Pli, puis Réglages, « Sécurité et appareils ». Déconnectez tous les appareils, changez votre mot de passe et prévenez votre assistance.';
const frenchFactor = { totp: 'application d’authentification', passkey: 'clé d’accès' };

function inFrench(notice: Notice, { date, dateOf }: About): Said {
  switch (notice.kind) {
    case 'newDevice':
      return {
        subject: 'Connexion depuis un nouvel appareil',
        sentences: [
          `Quelqu’un s’est connecté à votre compte le ${date} avec ${frenchDevice(notice.userAgent)}, depuis l’adresse ${notice.from}.`,
          'Si c’était vous, il n’y a rien à faire.',
          frenchAdvice,
        ],
      };
    case 'factorAdded':
      return {
        subject: 'Un second facteur a été ajouté à votre compte',
        sentences: [`Ajouté le ${date} : ${frenchFactor[notice.factor]} « ${notice.name} ».`, frenchAdvice],
      };
    case 'factorRemoved':
      return {
        subject: 'Un second facteur a été retiré de votre compte',
        sentences: [`Retiré le ${date} : ${frenchFactor[notice.factor]} « ${notice.name} ».`, frenchAdvice],
      };
    case 'factorsReset':
      return {
        subject: 'Vos seconds facteurs ont été réinitialisés',
        sentences: [
          `L’assistance a retiré le ${date} vos applications d’authentification, vos clés d’accès, vos codes de secours et la confiance accordée à vos appareils. Votre mot de passe suffit de nouveau pour vous connecter.`,
          'Enregistrez dès que possible un nouveau second facteur dans Réglages, « Sécurité et appareils ».',
          'Si vous n’avez rien demandé, prévenez tout de suite votre assistance.',
        ],
      };
    case 'recoveryUsed':
      return {
        subject: 'Un code de secours a été utilisé',
        sentences: [
          `Un code de secours a servi à vous connecter le ${date}, depuis l’adresse ${notice.from}. Il vous en reste ${notice.left}.`,
          frenchAdvice,
        ],
      };
    case 'recoveryRenewed':
      return {
        subject: 'Vos codes de secours ont été remplacés',
        sentences: [`Remplacés le ${date} : les codes d’avant ne servent plus à rien.`, frenchAdvice],
      };
    case 'passkeyCopied':
      return {
        subject: 'Une clé d’accès a été refusée',
        sentences: [
          `Le ${date}, la clé d’accès « ${notice.name} » s’est présentée comme le ferait une copie. Elle a été refusée.`,
          'Retirez-la dans Réglages, « Sécurité et appareils », et prévenez votre assistance.',
        ],
      };
    case 'mandateOffered':
      return {
        subject: `On vous propose d’agir pour « ${notice.account} »`,
        sentences: [
          `${notice.author ?? notice.account} vous propose d’agir pour « ${notice.account} ».`,
          'Pour accepter ou refuser : ouvrez Pli, puis Réglages, « Délégations ».',
        ],
      };
    case 'mandateAnswered':
      return {
        subject: notice.isAccepted ? 'Délégation acceptée' : 'Délégation refusée',
        sentences: [
          `${notice.holder} a ${notice.isAccepted ? 'accepté' : 'refusé'} d’agir pour « ${notice.account} », le ${date}.`,
          'Vous pouvez y mettre fin à tout moment dans Réglages, « Délégations ».',
        ],
      };
    case 'approvalAsked':
    case 'approvalEnded':
      return approvalInFrench(notice, dateOf);
    case 'quotaGranted':
      return {
        subject: 'Votre demande d’espace est acceptée',
        sentences: [
          `Votre boîte peut désormais contenir ${room('fr', notice.octets)}${notice.endsAt === null ? '' : `, jusqu’au ${dateOf(notice.endsAt)}. Ensuite, elle reprendra sa taille d’avant`}.`,
          ...(notice.answer === '' ? [] : [`Mot de la personne qui a décidé : ${notice.answer}`]),
          'Le détail est dans Réglages, « Espace de stockage ».',
        ],
      };
    case 'quotaRefused':
      return {
        subject: 'Votre demande d’espace est refusée',
        sentences: [
          `Motif : ${notice.answer}`,
          'Pour faire de la place : supprimez de vieux messages volumineux, puis videz la corbeille. Le détail est dans Réglages, « Espace de stockage ».',
        ],
      };
    case 'quotaEnds':
      return {
        subject: 'Votre espace supplémentaire se termine bientôt',
        sentences: [
          `Le ${dateOf(notice.endsAt)}, votre boîte reviendra à ${room('fr', notice.octets)}. Elle contient aujourd’hui ${room('fr', notice.usedOctets)}.`,
          ...(isOver(notice)
            ? ['C’est plus que ce qui tiendra : faites de la place avant, sinon plus rien n’arrivera.']
            : []),
          'Si vous en avez encore besoin, refaites une demande dans Réglages, « Espace de stockage ».',
        ],
      };
    case 'quotaEnded':
      return {
        subject: 'Votre espace supplémentaire est terminé',
        sentences: [
          `Votre boîte est revenue à ${room('fr', notice.octets)}. Elle contient ${room('fr', notice.usedOctets)}.`,
          ...(isOver(notice) ? ['Elle est pleine : faites de la place, sinon plus rien n’arrivera.'] : []),
          'Si vous en avez encore besoin, refaites une demande dans Réglages, « Espace de stockage ».',
        ],
      };
    case 'mandateEnded':
      return {
        subject: `Une délégation est terminée : « ${notice.account} »`,
        sentences: [
          `${notice.holder} n’agit plus pour « ${notice.account} » : cette délégation tenait à « ${notice.unit} », qui vient d’être quitté.`,
          'S’il faut la garder, le titulaire de la boîte en donne une nouvelle dans Réglages, « Délégations ».',
        ],
      };
    case 'mandateEnds':
      return {
        subject: `Une délégation se termine bientôt : « ${notice.account} »`,
        sentences: [
          `${notice.holder} peut agir pour « ${notice.account} » jusqu’au ${dateOf(notice.endsAt)}. Ensuite, l’accès s’arrête de lui-même.`,
          'Pour la prolonger, le titulaire change la date de fin dans Réglages, « Délégations ».',
        ],
      };
  }
}

const englishAdvice =
  'If it was not you: open Pli, then Settings, “Security and devices”. Sign out all devices, change your password, and tell your support.';
const englishFactor = { totp: 'authenticator app', passkey: 'passkey' };

function inEnglish(notice: Notice, { date, dateOf }: About): Said {
  switch (notice.kind) {
    case 'newDevice':
      return {
        subject: 'Login from a new device',
        sentences: [
          `Somebody logged in to your account on ${date} with ${englishDevice(notice.userAgent)}, from the address ${notice.from}.`,
          'If it was you, there is nothing to do.',
          englishAdvice,
        ],
      };
    case 'factorAdded':
      return {
        subject: 'A second factor was added to your account',
        sentences: [`Added on ${date}: ${englishFactor[notice.factor]} “${notice.name}”.`, englishAdvice],
      };
    case 'factorRemoved':
      return {
        subject: 'A second factor was removed from your account',
        sentences: [`Removed on ${date}: ${englishFactor[notice.factor]} “${notice.name}”.`, englishAdvice],
      };
    case 'factorsReset':
      return {
        subject: 'Your second factors were reset',
        sentences: [
          `On ${date} support removed your authenticator apps, passkeys and recovery codes, and the trust in your devices. Your password alone logs you in again.`,
          'Register a new second factor as soon as you can, in Settings, “Security and devices”.',
          'If you have not asked for it, tell your support at once.',
        ],
      };
    case 'recoveryUsed':
      return {
        subject: 'A recovery code was used',
        sentences: [
          `A recovery code was used to log in on ${date}, from the address ${notice.from}. You have ${notice.left} left.`,
          englishAdvice,
        ],
      };
    case 'recoveryRenewed':
      return {
        subject: 'Your recovery codes were replaced',
        sentences: [`Replaced on ${date}: the former codes are worth nothing any more.`, englishAdvice],
      };
    case 'passkeyCopied':
      return {
        subject: 'A passkey was refused',
        sentences: [
          `On ${date} the passkey “${notice.name}” behaved as a copy of it would. It was refused.`,
          'Remove it in Settings, “Security and devices”, and tell your support.',
        ],
      };
    case 'mandateOffered':
      return {
        subject: `You are asked to act for “${notice.account}”`,
        sentences: [
          `${notice.author ?? notice.account} asks you to act for “${notice.account}”.`,
          'To accept or decline: open Pli, then Settings, “Delegations”.',
        ],
      };
    case 'mandateAnswered':
      return {
        subject: notice.isAccepted ? 'Delegation accepted' : 'Delegation declined',
        sentences: [
          `On ${date} ${notice.holder} ${notice.isAccepted ? 'accepted' : 'declined'} to act for “${notice.account}”.`,
          'You may end it at any time in Settings, “Delegations”.',
        ],
      };
    case 'approvalAsked':
    case 'approvalEnded':
      return approvalInEnglish(notice, dateOf);
    case 'quotaGranted':
      return {
        subject: 'Your request for more room was granted',
        sentences: [
          `Your mailbox may now hold ${room('en', notice.octets)}${notice.endsAt === null ? '' : ` until ${dateOf(notice.endsAt)}. Then it goes back to its former size`}.`,
          ...(notice.answer === '' ? [] : [`A word from whoever decided: ${notice.answer}`]),
          'More is in Settings, “Storage”.',
        ],
      };
    case 'quotaRefused':
      return {
        subject: 'Your request for more room was refused',
        sentences: [
          `Reason: ${notice.answer}`,
          'To make room: delete old and large messages, then empty the trash. More is in Settings, “Storage”.',
        ],
      };
    case 'quotaEnds':
      return {
        subject: 'Your additional room ends soon',
        sentences: [
          `On ${dateOf(notice.endsAt)} your mailbox goes back to ${room('en', notice.octets)}. It holds ${room('en', notice.usedOctets)} today.`,
          ...(isOver(notice) ? ['That is more than will fit: make room before, or nothing more will arrive.'] : []),
          'If you still need it, ask again in Settings, “Storage”.',
        ],
      };
    case 'quotaEnded':
      return {
        subject: 'Your additional room has ended',
        sentences: [
          `Your mailbox is back to ${room('en', notice.octets)}. It holds ${room('en', notice.usedOctets)}.`,
          ...(isOver(notice) ? ['It is full: make room, or nothing more will arrive.'] : []),
          'If you still need it, ask again in Settings, “Storage”.',
        ],
      };
    case 'mandateEnded':
      return {
        subject: `A delegation has ended: “${notice.account}”`,
        sentences: [
          `${notice.holder} does not act for “${notice.account}” any more: it belonged to “${notice.unit}”, which was just left.`,
          'If it is still needed, the holder of the mailbox gives a new one in Settings, “Delegations”.',
        ],
      };
    case 'mandateEnds':
      return {
        subject: `A delegation ends soon: “${notice.account}”`,
        sentences: [
          `${notice.holder} may act for “${notice.account}” until ${dateOf(notice.endsAt)}. Then access ends by itself.`,
          'To prolong it, the holder of the mailbox changes its end in Settings, “Delegations”.',
        ],
      };
  }
}

function frenchDevice(userAgent: string): string {
  const { browser = 'un navigateur inconnu', system } = readUserAgent(userAgent);
  return system === undefined ? browser : `${browser} (${system})`;
}

function englishDevice(userAgent: string): string {
  const { browser = 'an unknown browser', system } = readUserAgent(userAgent);
  return system === undefined ? browser : `${browser} (${system})`;
}

/** A size in the words of the language; null for no limit. */
function room(language: Language, octets: number | null): string {
  if (octets === null) return language === 'en' ? 'as much as it likes' : 'une taille sans limite';
  const form = new Intl.NumberFormat(language === 'en' ? 'en-GB' : 'fr-FR', { maximumFractionDigits: 1 });
  const [number, unit] = octets >= 1e9 ? [octets / 1e9, 'G'] : [octets / 1e6, 'M'];
  return `${form.format(number)}\u00a0${unit}${language === 'en' ? 'B' : 'o'}`;
}

function isOver({ octets, usedOctets }: { readonly octets: number | null; readonly usedOctets: number }): boolean {
  return octets !== null && usedOctets >= octets;
}
