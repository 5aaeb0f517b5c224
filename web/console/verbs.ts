/** The verbs of the trace in words; one this client does not know stands as the server wrote it. */
import { t } from '#web/words/console.ts';
import { t as more } from '#web/words/verbs.ts';

const verbs = [
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
  'openCompromise',
  'readCompromise',
  'undoScript',
  'changeIdentity',
  'restoreIdentity',
  'settleHeld',
  'closeCompromise',
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
  'authorise',
  'revokeAuthorisation',
  'addClient',
  'changeClient',
  'renewClientSecret',
  'removeClient',
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
  'changePerson',
  'undoImport',
  'removePerson',
  'exportAudit',
] as const;

const moreVerbs = [
  'createUnit',
  'changeUnit',
  'moveUnit',
  'closeUnit',
  'reopenUnit',
  'askForQuota',
  'withdrawQuotaRequest',
  'grantQuota',
  'refuseQuota',
  'addDomain',
  'makeDefaultDomain',
  'removeDomain',
  'changePolicy',
  'changePopulation',
  'publishAnnouncement',
  'changeAnnouncement',
  'withdrawAnnouncement',
  'startMaintenance',
  'endMaintenance',
  'changeContact',
  'readDiagnosis',
] as const;

/** In the order in which the filter offers them. */
export const knownVerbs: readonly string[] = [...verbs, ...moreVerbs];

export function verbText(verb: string): string {
  const known = verbs.find((one) => one === verb);
  if (known !== undefined) return t(`verb.${known}`);
  const other = moreVerbs.find((one) => one === verb);
  return other === undefined ? verb : more(other);
}
