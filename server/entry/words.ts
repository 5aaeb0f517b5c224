/** The letters about getting in, in French and English. */
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
  readonly changed: (about: { readonly account: string; readonly date: string; readonly isGiven: boolean }) => Letter;
  readonly contact: (contact: string) => string;
}

const spaced = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`;
const never = {
  fr: 'Personne ne vous demandera jamais ce code, ni votre mot de passe : ni l’assistance, ni aucun message.',
  en: 'Nobody will ever ask you for this code or for your password: neither support, nor any message.',
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
    changed: ({ account, date, isGiven }) => ({
      subject: isGiven ? 'Un mot de passe provisoire vous a été donné' : 'Votre mot de passe a été changé',
      text: [
        `Bonjour,`,
        isGiven
          ? `Le ${date}, un mot de passe provisoire a été donné au compte ${account}. Vous en choisirez un autre à la prochaine connexion. Toutes les sessions ont été fermées.`
          : `Le mot de passe du compte ${account} a été changé le ${date}. Les autres sessions ont été fermées.`,
        'Si c’était vous, ou à votre demande, il n’y a rien à faire. Sinon, prévenez tout de suite votre assistance.',
        'Personne ne vous demandera jamais votre mot de passe : ni l’assistance, ni aucun message.',
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
    changed: ({ account, date, isGiven }) => ({
      subject: isGiven ? 'You were given a provisional password' : 'Your password was changed',
      text: [
        `Hello,`,
        isGiven
          ? `On ${date} a provisional password was given to the account ${account}. You will choose another one at the next login. All sessions were ended.`
          : `The password of the account ${account} was changed on ${date}. The other sessions were ended.`,
        'If it was you, or at your request, there is nothing to do. Otherwise tell your support at once.',
        'Nobody will ever ask you for your password: neither support, nor any message.',
      ],
    }),
    contact: (contact) => `Your support: ${contact}`,
  },
};
