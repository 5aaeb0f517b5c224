/** The verbs of the trace in words; one this client does not know stands as the server wrote it. */
import { t } from '#web/words/console.ts';

/** In the order in which the filter offers them. */
export const knownVerbs = [
  'login',
  'logout',
  'logoutElsewhere',
  'lockPerson',
  'unlockPerson',
  'resetPassword',
  'setPassword',
  'resendActivation',
  'resetFactors',
  'signOutPerson',
  'startBulk',
  'stopBulk',
  'exportBulk',
  'changeQuota',
  'grantRole',
  'revokeRole',
  'grantMandate',
  'revokeMandate',
  'assignConversation',
  'closeConversation',
  'reopenConversation',
  'addComment',
  'removeComment',
  'setSeenIsPersonal',
  'addCredential',
  'revokeCredential',
  'submit',
  'setForwarding',
  'putScript',
  'activateScript',
  'changeVacation',
  'addPerson',
  'addProvider',
  'changeProvider',
  'removeProvider',
  'changeFederation',
  'providerLogin',
  'providerLogout',
  'providerLoginRefused',
  'linkIdentity',
  'unlinkIdentity',
  'importPeople',
  'exportAudit',
] as const;

export function verbText(verb: string): string {
  const known = knownVerbs.find((one) => one === verb);
  return known === undefined ? verb : t(`verb.${known}`);
}
