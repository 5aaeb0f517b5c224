/** The letters about getting in, in French and English. */
import type { SupportContact } from '#server/directory/contact.ts';

export type Language = 'fr' | 'en';

export interface Letter {
  readonly subject: string;
  /** Paragraphs. */
  readonly text: readonly string[];
}

interface Said {
  readonly verify: (about: { readonly code: string; readonly minutes: number; readonly account: string }) => Letter;
  readonly recover: (about: {
    readonly code: string;
    readonly minutes: number;
    readonly account: string;
    readonly date: string;
    readonly from: string;
  }) => Letter;
  /** The password is not ours to change. */
  readonly recoverElsewhere: (about: {
    readonly account: string;
    readonly date: string;
    readonly name: string;
    readonly url: string;
  }) => Letter;
  readonly changed: (about: { readonly account: string; readonly date: string; readonly isGiven: boolean }) => Letter;
  readonly recoveryChanged: (about: {
    readonly account: string;
    readonly date: string;
    readonly isRemoved: boolean;
  }) => Letter;
  readonly activate: (about: {
    readonly account: string;
    readonly name: string;
    readonly hasProvisional: boolean;
  }) => Letter;
  /** Others got into the account: it is closed, and what happens next. */
  readonly compromised: (about: { readonly account: string; readonly date: string }) => Letter;
  /** It is given back. */
  readonly givenBack: (about: { readonly account: string; readonly date: string }) => Letter;
  readonly contact: (contact: string) => string;
}

const spaced = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`;
const never = {
  fr: 'Personne ne vous demandera jamais ce code, ni votre mot de passe : ni l’assistance, ni aucun message.',
  en: 'Nobody will ever ask you for this code or for your password: neither support, nor any message.',
};
const always = {
  fr: 'Personne ne vous demandera jamais votre mot de passe : ni l’assistance, ni aucun message.',
  en: 'Nobody will ever ask you for your password: neither support, nor any message.',
};

export const words: Readonly<Record<Language, Said>> = {
  fr: {
    verify: ({ code, minutes, account }) => ({
      subject: `${spaced(code)} : votre code de vérification`,
      text: [
        `Bonjour,`,
        `Quelqu’un a indiqué cette adresse comme adresse de secours du compte ${account}.`,
        `Pour la confirmer, saisissez ce code dans la page restée ouverte : ${spaced(code)}`,
        `Il est valable ${minutes} minutes. Si vous n’êtes pas à l’origine de cette demande, ne faites rien.`,
        never.fr,
      ],
    }),
    recover: ({ code, minutes, account, date, from }) => ({
      subject: `${spaced(code)} : votre code pour choisir un nouveau mot de passe`,
      text: [
        `Bonjour,`,
        `Un nouveau mot de passe a été demandé pour le compte ${account} le ${date}, depuis l’adresse ${from}.`,
        `Saisissez ce code dans la page restée ouverte : ${spaced(code)}`,
        `Il est valable ${minutes} minutes. Si vous n’avez rien demandé, ne faites rien : votre mot de passe ne change pas.`,
        never.fr,
      ],
    }),
    recoverElsewhere: ({ account, date, name, url }) => ({
      subject: 'Où changer votre mot de passe',
      text: [
        `Bonjour,`,
        `Un nouveau mot de passe a été demandé pour le compte ${account} le ${date}.`,
        `Le mot de passe de ce compte n’est pas gardé ici, mais dans l’annuaire « ${name} ».`,
        url === '' ? `Adressez-vous à votre assistance pour le changer.` : `Il se change à cette adresse : ${url}`,
        never.fr,
      ],
    }),
    changed: ({ account, date, isGiven }) => ({
      subject: isGiven ? 'Un mot de passe provisoire vous a été donné' : 'Votre mot de passe a été changé',
      text: [
        `Bonjour,`,
        isGiven
          ? `Le ${date}, un mot de passe provisoire a été donné au compte ${account}. Vous en choisirez un autre à la prochaine connexion. Toutes les sessions ont été fermées.`
          : `Le mot de passe du compte ${account} a été changé le ${date}. Les autres sessions ont été fermées.`,
        'Si c’était vous, ou à votre demande, il n’y a rien à faire. Sinon, prévenez tout de suite votre assistance.',
        always.fr,
      ],
    }),
    recoveryChanged: ({ account, date, isRemoved }) => ({
      subject: isRemoved ? 'Votre adresse de secours a été retirée' : 'Votre adresse de secours a été changée',
      text: [
        `Bonjour,`,
        isRemoved
          ? `Le ${date}, l’adresse de secours du compte ${account} a été retirée : elle ne permet plus de choisir un nouveau mot de passe.`
          : `Le ${date}, une autre adresse de secours a été donnée au compte ${account} : c’est elle qui permet désormais de choisir un nouveau mot de passe.`,
        'Si c’était vous, il n’y a rien à faire. Sinon, prévenez tout de suite votre assistance : quelqu’un est entré dans votre messagerie.',
        always.fr,
      ],
    }),
    activate: ({ account, name, hasProvisional }) => ({
      subject: 'Activez votre messagerie professionnelle',
      text: [
        `Bonjour ${name},`,
        `Votre messagerie ${account} vous attend. Sur sa page de connexion, choisissez « Première connexion », puis saisissez cette adresse.`,
        hasProvisional
          ? 'Il vous faut le mot de passe provisoire que votre établissement vous remet : ceux d’avant ne servent plus.'
          : 'Il vous faut votre NUMEN, ou le mot de passe provisoire que votre établissement vous a remis.',
        'Ce message ne contient volontairement ni mot de passe ni lien.',
        always.fr,
      ],
    }),
    compromised: ({ account, date }) => ({
      subject: 'Votre compte a été bloqué pour le protéger',
      text: [
        `Bonjour,`,
        `Le ${date}, l’administration a bloqué le compte ${account} : quelqu’un d’autre semble s’en être servi. Toutes les sessions sont fermées, les mots de passe d’application révoqués, et ce qui restait à envoyer est retenu.`,
        'Appelez votre assistance : elle vérifiera que c’est bien vous, puis vous donnera un mot de passe provisoire. Si vous employez ailleurs le même mot de passe, changez-le aussi.',
        always.fr,
      ],
    }),
    givenBack: ({ account, date }) => ({
      subject: 'Votre compte vous est rendu',
      text: [
        `Bonjour,`,
        `Le ${date}, le compte ${account} a été rouvert. Connectez-vous avec le mot de passe provisoire que l’assistance vous donne : vous choisirez le vôtre, puis vous enregistrerez de nouveau votre second facteur et vos mots de passe d’application.`,
        'Si vous n’avez rien demandé, prévenez tout de suite votre assistance.',
        always.fr,
      ],
    }),
    contact: (contact) => `Votre assistance : ${contact}`,
  },
  en: {
    verify: ({ code, minutes, account }) => ({
      subject: `${spaced(code)}: your verification code`,
      text: [
        `Hello,`,
        `Somebody gave this address as the recovery address of the account ${account}.`,
        `To confirm it, type this code into the page that is still open: ${spaced(code)}`,
        `It is good for ${minutes} minutes. If it was not you, there is nothing to do.`,
        never.en,
      ],
    }),
    recover: ({ code, minutes, account, date, from }) => ({
      subject: `${spaced(code)}: your code to choose a new password`,
      text: [
        `Hello,`,
        `A new password was asked for on ${date} for the account ${account}, from the address ${from}.`,
        `Type this code into the page that is still open: ${spaced(code)}`,
        `It is good for ${minutes} minutes. If you asked for nothing, there is nothing to do: your password stays.`,
        never.en,
      ],
    }),
    recoverElsewhere: ({ account, date, name, url }) => ({
      subject: 'Where to change your password',
      text: [
        `Hello,`,
        `A new password was asked for on ${date} for the account ${account}.`,
        `The password of this account is not kept here, but in the directory “${name}”.`,
        url === '' ? `Ask your support to change it.` : `It is changed at this address: ${url}`,
        never.en,
      ],
    }),
    changed: ({ account, date, isGiven }) => ({
      subject: isGiven ? 'You were given a provisional password' : 'Your password was changed',
      text: [
        `Hello,`,
        isGiven
          ? `On ${date} a provisional password was given to the account ${account}. You will choose another one at the next login. All sessions were ended.`
          : `The password of the account ${account} was changed on ${date}. The other sessions were ended.`,
        'If it was you, or at your request, there is nothing to do. Otherwise tell your support at once.',
        always.en,
      ],
    }),
    recoveryChanged: ({ account, date, isRemoved }) => ({
      subject: isRemoved ? 'Your recovery address was removed' : 'Your recovery address was changed',
      text: [
        `Hello,`,
        isRemoved
          ? `On ${date} the recovery address of the account ${account} was removed: it no longer lets anybody choose a new password.`
          : `On ${date} the account ${account} was given another recovery address: from now on it is the one that lets you choose a new password.`,
        'If it was you, there is nothing to do. Otherwise tell your support at once: somebody got into your mailbox.',
        always.en,
      ],
    }),
    activate: ({ account, name, hasProvisional }) => ({
      subject: 'Activate your work mailbox',
      text: [
        `Hello ${name},`,
        `Your mailbox ${account} is waiting for you. On its login page choose “First login”, then type this address.`,
        hasProvisional
          ? 'You need the provisional password that your school hands you: any before it is worth nothing now.'
          : 'You need your NUMEN, or the provisional password that your school has handed you.',
        'On purpose there is neither a password nor a link in this message.',
        always.en,
      ],
    }),
    compromised: ({ account, date }) => ({
      subject: 'Your account was blocked to protect it',
      text: [
        `Hello,`,
        `On ${date} the administration blocked the account ${account}: somebody else seems to have used it. All sessions have ended, app passwords are revoked, and what was still to be sent is held.`,
        'Call your support: they will make sure that it is you, and give you a provisional password. If you use the same password elsewhere, change it there too.',
        always.en,
      ],
    }),
    givenBack: ({ account, date }) => ({
      subject: 'Your account is yours again',
      text: [
        `Hello,`,
        `On ${date} the account ${account} was opened again. Log in with the provisional password that support gives you: you will choose your own, and register your second factor and app passwords anew.`,
        'If you have not asked for it, tell your support at once.',
        always.en,
      ],
    }),
    contact: (contact) => `Your support: ${contact}`,
  },
};

/** The letter with whom to call at its end, where anybody is. */
export function withContact(language: Language, letter: Letter, contact: SupportContact | undefined): Letter {
  const parts = contact ? [contact.name, contact.phone, contact.email, contact.hours].filter((part) => part) : [];
  if (parts.length === 0) return letter;
  return { ...letter, text: [...letter.text, words[language].contact(parts.join(', '))] };
}
