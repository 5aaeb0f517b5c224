/** The words of the help pages: for somebody who is outside, may be worried, and has a phone at best. */
import type { PageLanguage } from './html.ts';

interface Guide {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly string[];
}

interface Words {
  readonly title: string;
  readonly never: string;
  readonly neverText: string;
  readonly contacts: string;
  readonly noContacts: string;
  readonly department: string;
  readonly whole: string;
  readonly unit: string;
  readonly phone: string;
  readonly email: string;
  readonly hours: string;
  readonly web: string;
  readonly guides: string;
  readonly check: string;
  readonly checkText: string;
  readonly checkOpen: string;
  readonly toLogin: string;
  readonly toStatus: string;
  readonly toHelp: string;
  readonly checkTitle: string;
  readonly checkSays: string;
  readonly checkNoScript: string;
  readonly checking: string;
  readonly list: readonly Guide[];
}

export const helpWords: Readonly<Record<PageLanguage, Words>> = {
  fr: {
    title: 'Aide et assistance',
    never: 'Personne ne vous demandera jamais votre mot de passe',
    neverText:
      'Ni l’assistance, ni votre hiérarchie, ni aucun message. Qui vous le demande cherche à prendre votre compte : ne répondez pas, et prévenez l’assistance.',
    contacts: 'Qui appeler',
    noContacts: 'Adressez-vous au secrétariat de votre établissement ou de votre service.',
    department: 'Département {department}',
    whole: 'Pour tous',
    unit: 'Pour',
    phone: 'Téléphone',
    email: 'Courriel',
    hours: 'Horaires',
    web: 'Page web',
    guides: 'Que faire si…',
    check: 'Vérifier ce navigateur',
    checkText:
      'Une page contrôle cookies, horloge, réseau et mémoire de ce navigateur, et donne un code de sept caractères à lire à l’assistance.',
    checkOpen: 'Lancer la vérification',
    toLogin: 'Page de connexion',
    toStatus: 'État du service',
    toHelp: 'Aide et assistance',
    checkTitle: 'Vérifier ce navigateur',
    checkSays:
      'Sont transmis, et rien d’autre : ce qui s’affiche ici, c’est-à-dire le nom et la version du navigateur, sa langue, son fuseau horaire, la taille de l’écran et le résultat des contrôles. Ni votre nom, ni votre adresse. Tout est effacé après 24 heures.',
    checkNoScript:
      'JavaScript est désactivé dans ce navigateur : la messagerie ne peut pas fonctionner. Activez-le, puis rechargez cette page.',
    checking: 'Vérification en cours…',
    list: [
      {
        id: 'premiere-connexion',
        title: 'Je me connecte pour la première fois',
        steps: [
          'Munissez-vous de votre identifiant et de votre NUMEN, ou du mot de passe provisoire qu’on vous a remis.',
          'Sur la page de connexion, ouvrez « Première connexion ».',
          'Saisissez l’identifiant (ou l’adresse électronique), puis le NUMEN ou le mot de passe provisoire.',
          'Choisissez un mot de passe à vous : la liste sous le champ dit ce qui manque encore.',
          'Indiquez une adresse de secours : c’est par elle que vous retrouverez l’accès si vous oubliez le mot de passe.',
        ],
      },
      {
        id: 'mot-de-passe-oublie',
        title: 'J’ai oublié mon mot de passe',
        steps: [
          'Sur la page de connexion, ouvrez « Mot de passe oublié ».',
          'Indiquez votre identifiant, et votre date de naissance ou votre NUMEN.',
          'Si tout correspond, un code arrive à votre adresse de secours dans les deux minutes. Regardez aussi dans les indésirables.',
          'Saisissez le code, puis choisissez un nouveau mot de passe.',
          'Sans adresse de secours : appelez l’assistance, qui peut vous donner un mot de passe provisoire.',
        ],
      },
      {
        id: 'numen',
        title: 'Mon NUMEN n’est pas accepté',
        steps: [
          'Le NUMEN a 13 caractères : deux chiffres, une lettre, sept chiffres, trois lettres, comme 01E9501234ABC.',
          'Il ne sert qu’une fois : si vous avez déjà choisi un mot de passe, c’est lui qu’il faut saisir.',
          'Vérifiez que vous avez ouvert « Première connexion », et non la page ordinaire.',
          'Il figure sur votre arrêté d’affectation. S’il reste refusé, votre dossier est à corriger : appelez l’assistance.',
        ],
      },
      {
        id: 'compte-verrouille',
        title: 'Mon compte est verrouillé ou bloqué',
        steps: [
          'Après plusieurs erreurs, l’accès est suspendu quelques minutes : attendez, sans réessayer.',
          'Si un téléphone ou un logiciel essaie avec un ancien mot de passe, corrigez-le là aussi : il vous verrouille à nouveau.',
          'Si la page dit « bloqué » ou « suspendu », seule l’assistance peut vous rouvrir l’accès : appelez-la.',
        ],
      },
      {
        id: 'second-facteur',
        title: 'J’ai perdu mon second facteur (téléphone, clé)',
        steps: [
          'Utilisez un de vos codes de récupération : « Autre moyen », puis « Code de récupération ».',
          'Une fois entré, ouvrez Réglages, « Sécurité et appareils » : retirez l’ancien, ajoutez le nouveau.',
          'Sans code de récupération, appelez l’assistance : elle vérifie qui vous êtes, puis remet à zéro.',
          'Si le téléphone a été volé, dites-le : toutes vos sessions seront fermées.',
        ],
      },
      {
        id: 'cookies-horloge',
        title: 'La page revient sans cesse, parle de cookies ou d’horloge',
        steps: [
          'Lancez la vérification du navigateur, ci-dessous : elle dit ce qui ne va pas.',
          'Cookies : autorisez-les pour ce site, et essayez sans fenêtre privée ni extension qui les efface.',
          'Horloge : activez la date et l’heure automatiques dans les réglages de l’ordinateur ou du téléphone.',
          'Videz le cache du navigateur, ou essayez-en un autre, à jour.',
        ],
      },
      {
        id: 'message-suspect',
        title: 'J’ai reçu un message suspect',
        steps: [
          'Ne cliquez sur aucun lien, n’ouvrez aucune pièce jointe, ne répondez pas.',
          'Méfiez-vous de l’urgence, des menaces, des cadeaux, et d’une adresse qui n’est pas tout à fait la bonne.',
          'Classez le message en indésirable et prévenez l’assistance.',
          'Si vous avez donné votre mot de passe : changez-le tout de suite, ailleurs aussi s’il y sert, et appelez l’assistance.',
        ],
      },
    ],
  },
  en: {
    title: 'Help and support',
    never: 'Nobody will ever ask you for your password',
    neverText:
      'Neither support, nor your superiors, nor any message. Whoever asks for it wants to take your account: do not answer, and tell support.',
    contacts: 'Whom to call',
    noContacts: 'Ask the office of your school or service.',
    department: 'Department {department}',
    whole: 'For everybody',
    unit: 'For',
    phone: 'Phone',
    email: 'E-mail',
    hours: 'Hours',
    web: 'Web page',
    guides: 'What to do if…',
    check: 'Check this browser',
    checkText:
      'A page checks the cookies, clock, network and memory of this browser, and gives a code of seven characters to read out to support.',
    checkOpen: 'Start the check',
    toLogin: 'Login page',
    toStatus: 'Service status',
    toHelp: 'Help and support',
    checkTitle: 'Check this browser',
    checkSays:
      'What is sent is what you see here and nothing else: the name and version of the browser, its language, its time zone, the size of the screen and what was found. Neither your name nor your address. All of it is deleted after 24 hours.',
    checkNoScript:
      'JavaScript is off in this browser: the mail service cannot work. Turn it on, then load this page again.',
    checking: 'Checking…',
    list: [
      {
        id: 'first-login',
        title: 'I log in for the first time',
        steps: [
          'Have your user name at hand, and your NUMEN or the provisional password you were given.',
          'On the login page, open “First login”.',
          'Type the user name (or e-mail address), then the NUMEN or the provisional password.',
          'Choose a password of your own: the list below the field says what is still missing.',
          'Give a recovery address: by it you get in again if you forget the password.',
        ],
      },
      {
        id: 'forgotten-password',
        title: 'I have forgotten my password',
        steps: [
          'On the login page, open “Forgotten password”.',
          'Give your user name, and your date of birth or your NUMEN.',
          'If all of it fits, a code arrives at your recovery address within two minutes. Look into the junk folder too.',
          'Type the code, then choose a new password.',
          'Without a recovery address: call support, who can give you a provisional password.',
        ],
      },
      {
        id: 'numen',
        title: 'My NUMEN is not accepted',
        steps: [
          'A NUMEN has 13 characters: two digits, a letter, seven digits, three letters, such as 01E9501234ABC.',
          'It serves but once: if you have chosen a password already, type that one.',
          'Make sure that you opened “First login”, and not the usual page.',
          'It stands on your letter of appointment. If it is still refused, your file is to be corrected: call support.',
        ],
      },
      {
        id: 'locked',
        title: 'My account is locked or blocked',
        steps: [
          'After several errors, access is suspended for some minutes: wait, and do not try meanwhile.',
          'If a phone or a program tries with an old password, correct it there too: it locks you again.',
          'If the page says “blocked” or “suspended”, only support can open your account again: call them.',
        ],
      },
      {
        id: 'second-factor',
        title: 'I have lost my second factor (phone, key)',
        steps: [
          'Use one of your recovery codes: “Another way”, then “Recovery code”.',
          'Once in, open Settings, “Security and devices”: remove the old one, add the new one.',
          'Without a recovery code, call support: they check who you are, and reset it.',
          'If the phone was stolen, say so: all your sessions will be ended.',
        ],
      },
      {
        id: 'cookies-clock',
        title: 'The page keeps coming back, or speaks of cookies or of the clock',
        steps: [
          'Start the check of the browser, below: it says what is wrong.',
          'Cookies: allow them for this site, and try without a private window or an extension that deletes them.',
          'Clock: turn on automatic date and time in the settings of the computer or phone.',
          'Empty the browser’s cache, or try another browser that is up to date.',
        ],
      },
      {
        id: 'suspicious',
        title: 'I have received a suspicious message',
        steps: [
          'Do not follow any link, open any attachment, or answer.',
          'Beware of haste, threats, gifts, and of an address that is not quite the right one.',
          'Mark the message as junk and tell support.',
          'If you gave your password: change it at once, elsewhere too if it serves there, and call support.',
        ],
      },
    ],
  },
};
