/** The letters about acts that take two administrators, in French and English: what is asked, and what became of it. */
import type { Notice } from './notice.ts';

export type ApprovalNotice = Extract<Notice, { readonly kind: 'approvalAsked' | 'approvalEnded' }>;

interface Said {
  readonly subject: string;
  readonly sentences: readonly string[];
}

const frenchActs: Readonly<Record<string, string>> = {
  close: 'fermer un compte',
  resetPassword: 'donner un mot de passe provisoire',
  resendActivation: 'relancer une activation avec un mot de passe provisoire',
  resetFactors: 'réinitialiser des seconds facteurs',
  grantRole: 'donner un rôle',
  revokeRole: 'retirer un rôle',
  startBulk: 'lancer une action groupée',
  changePolicy: 'changer les règles de double validation',
  giveBack: 'rendre un compte compromis, avec un mot de passe provisoire',
  changeRules: 'changer les règles de sécurité',
  changePopulation: 'changer les règles d’une population',
  addDomain: 'ajouter un domaine',
  removeDomain: 'retirer un domaine',
  addHostname: 'ajouter une adresse de connexion',
  removeHostname: 'retirer une adresse de connexion',
  removeGroup: 'retirer un groupe',
  addProvider: 'ajouter un fournisseur d’identité',
  changeProvider: 'modifier un fournisseur d’identité',
  removeProvider: 'retirer un fournisseur d’identité',
  changeFederation: 'changer les règles de connexion par fournisseur',
  addClient: 'connecter un service',
  changeClient: 'modifier un service connecté',
  renewClientSecret: 'renouveler le secret d’un service',
  removeClient: 'retirer un service connecté',
  addScimToken: 'créer un jeton SCIM',
  revokeScimToken: 'retirer un jeton SCIM',
};

const englishActs: Readonly<Record<string, string>> = {
  close: 'close an account',
  resetPassword: 'give a provisional password',
  resendActivation: 'start an activation anew with a provisional password',
  resetFactors: 'reset second factors',
  grantRole: 'give a role',
  revokeRole: 'take a role away',
  startBulk: 'start a bulk action',
  changePolicy: 'change the rules about two administrators',
  giveBack: 'give a compromised account back, with a provisional password',
  changeRules: 'change the security rules',
  changePopulation: 'change the rules of a population',
  addDomain: 'add a domain',
  removeDomain: 'remove a domain',
  addHostname: 'add a login host',
  removeHostname: 'remove a login host',
  removeGroup: 'remove a group',
  addProvider: 'add an identity provider',
  changeProvider: 'change an identity provider',
  removeProvider: 'remove an identity provider',
  changeFederation: 'change the rules of signing in by providers',
  addClient: 'connect a service',
  changeClient: 'change a connected service',
  renewClientSecret: 'renew the secret of a service',
  removeClient: 'remove a connected service',
  addScimToken: 'make a SCIM token',
  revokeScimToken: 'take a SCIM token away',
};

const frenchReasons: Readonly<Record<string, string>> = {
  changed: 'La situation a changé depuis votre demande.',
  done: 'C’était déjà fait.',
  mayNot: 'Vous n’avez plus le droit de le faire.',
  noSuchPerson: 'La personne n’est plus dans votre périmètre.',
};

const englishReasons: Readonly<Record<string, string>> = {
  changed: 'Things have changed since you asked.',
  done: 'It was done already.',
  mayNot: 'You may do it no longer.',
  noSuchPerson: 'The person is no longer within your reach.',
};

export function approvalInFrench(notice: ApprovalNotice, dateOf: (at: number) => string): Said {
  const act = frenchActs[notice.act] ?? notice.act;
  const what = notice.about === null ? act : `${act} (${notice.about})`;
  if (notice.kind === 'approvalAsked')
    return {
      subject: 'Une action attend votre validation',
      sentences: [
        `${notice.author} demande à ${what}.`,
        ...(notice.reason === '' ? [] : [`Motif : ${notice.reason}`]),
        `Cette action demande deux administrateurs. Sans réponse, elle sera abandonnée le ${dateOf(notice.until)}.`,
        'Pour valider ou refuser : ouvrez Pli, puis la console, « À approuver ».',
      ],
    };
  const { decider, answer, state } = notice;
  switch (state) {
    case 'approved':
      return {
        subject: 'Votre action est validée',
        sentences: [
          `Vous aviez demandé à ${what}. ${decider ?? ''} a validé, et c’est fait.`,
          ...(answer === '' ? [] : [`Mot de la personne qui a validé : ${answer}`]),
          'Le détail est dans la console, « À approuver ».',
        ],
      };
    case 'refused':
      return {
        subject: 'Votre action est refusée',
        sentences: [
          `Vous aviez demandé à ${what}. ${decider ?? ''} a refusé : rien n’est changé.`,
          `Motif : ${answer}`,
        ],
      };
    case 'lapsed':
      return {
        subject: 'Votre action est abandonnée',
        sentences: [`Vous aviez demandé à ${what}. Personne n’a validé à temps : rien n’est changé.`],
      };
    case 'overtaken':
      return {
        subject: 'Votre action n’a pas pu être faite',
        sentences: [
          `Vous aviez demandé à ${what}. Au moment de la validation, ce n’était plus possible : rien n’est changé.`,
          frenchReasons[answer] ?? 'L’état du compte ou du service ne le permettait plus.',
          'Si c’est toujours nécessaire, refaites la demande.',
        ],
      };
  }
}

export function approvalInEnglish(notice: ApprovalNotice, dateOf: (at: number) => string): Said {
  const act = englishActs[notice.act] ?? notice.act;
  const what = notice.about === null ? act : `${act} (${notice.about})`;
  if (notice.kind === 'approvalAsked')
    return {
      subject: 'An act waits for your approval',
      sentences: [
        `${notice.author} asks to ${what}.`,
        ...(notice.reason === '' ? [] : [`Reason: ${notice.reason}`]),
        `This takes two administrators. Without an answer it lapses on ${dateOf(notice.until)}.`,
        'To approve or refuse: open Pli, then the console, “To approve”.',
      ],
    };
  const { decider, answer, state } = notice;
  switch (state) {
    case 'approved':
      return {
        subject: 'Your act was approved',
        sentences: [
          `You had asked to ${what}. ${decider ?? ''} approved, and it is done.`,
          ...(answer === '' ? [] : [`A word from who approved: ${answer}`]),
          'More is in the console, “To approve”.',
        ],
      };
    case 'refused':
      return {
        subject: 'Your act was refused',
        sentences: [`You had asked to ${what}. ${decider ?? ''} refused: nothing has changed.`, `Reason: ${answer}`],
      };
    case 'lapsed':
      return {
        subject: 'Your act has lapsed',
        sentences: [`You had asked to ${what}. Nobody approved in time: nothing has changed.`],
      };
    case 'overtaken':
      return {
        subject: 'Your act could not be done',
        sentences: [
          `You had asked to ${what}. When it was approved it was no longer possible: nothing has changed.`,
          englishReasons[answer] ?? 'The state of the account or service no longer allowed it.',
          'If it is still needed, ask again.',
        ],
      };
  }
}
