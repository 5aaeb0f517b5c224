/** All methods this server knows, and what its session says of them: the one place where types are put together. */
import { appPasswordMethods } from './access/app-password.ts';
import { authorisedProgramMethods } from './access/authorised-program.ts';
import { mandateMethods } from './access/mandate.ts';
import { announcementCapabilities, announcementMethods } from './announcements/announcement.ts';
import { accessCapabilities } from './access/capability.ts';
import { factorMethods } from './access/factor.ts';
import { identityLinkMethods } from './access/identity-link.ts';
import { deviceMethods, loginSessionMethods } from './access/login-session.ts';
import { ownQuotaMethods } from './access/own-quota.ts';
import { securityMethods } from './access/security.ts';
import {
  blobCapability,
  coreCapability,
  directoryCapability,
  quotaCapability,
  webSocketCapability,
} from './capabilities.ts';
import { consoleCapabilities } from './console/capability.ts';
import { consoleMethods } from './console/methods.ts';
import { blobLimits, blobMethods, blobTypes, digests } from './core/blob.ts';
import { pushSubscriptionMethods } from './core/push-subscription.ts';
import { quotaMethods } from './core/quota.ts';
import { principalsCapabilities } from './sharing/capability.ts';
import { principalMethods } from './sharing/principal.ts';
import { shareNotificationMethods } from './sharing/share-notification.ts';
import { directoryComplete } from './directory/complete.ts';
import { echo } from './engine/echo.ts';
import { type Registry, registryOf } from './engine/method.ts';
import { collations } from './engine/query-parts.ts';
import type { Capability } from './http/capability.ts';
import { importCapabilities } from './imports/capability.ts';
import { importMethods } from './imports/import.ts';
import { mailCapabilities } from './mail/capability.ts';
import { mailMethods } from './mail/methods.ts';
import { sharedCapabilities } from './shared/capability.ts';
import { commentMethods } from './shared/comment.ts';
import { conversationMethods } from './shared/conversation.ts';
import { memberMethods } from './shared/member.ts';
import { sharedSettingsMethods } from './shared/settings.ts';
import { sieveCapabilities } from './sieve/capability.ts';
import { filterRunMethods } from './sieve/filter-run.ts';
import { sieveScriptMethods } from './sieve/sieve-script.ts';
import { sieveScriptValidate } from './sieve/validate.ts';
import { submissionCapabilities } from './submission/capability.ts';
import { emailSubmissionMethods } from './submission/email-submission.ts';
import { vacationMethods } from './vacation/vacation-response.ts';

export const registry: Registry = registryOf(
  [echo, directoryComplete, sieveScriptValidate],
  pushSubscriptionMethods,
  blobMethods,
  quotaMethods,
  mailMethods,
  emailSubmissionMethods,
  sieveScriptMethods,
  filterRunMethods,
  vacationMethods,
  appPasswordMethods,
  authorisedProgramMethods,
  factorMethods,
  loginSessionMethods,
  deviceMethods,
  identityLinkMethods,
  securityMethods,
  ownQuotaMethods,
  mandateMethods,
  importMethods,
  conversationMethods,
  commentMethods,
  memberMethods,
  principalMethods,
  shareNotificationMethods,
  sharedSettingsMethods,
  announcementMethods,
  consoleMethods,
);

export const capabilities: readonly Capability[] = [
  ...mailCapabilities,
  ...submissionCapabilities,
  ...sieveCapabilities,
  ...accessCapabilities,
  ...importCapabilities,
  ...sharedCapabilities,
  ...principalsCapabilities,
  ...announcementCapabilities,
  ...consoleCapabilities,
  { urn: directoryCapability, session: () => ({}), account: () => ({}) },
  { urn: coreCapability, session: (_, limits) => ({ ...limits, collationAlgorithms: collations }) },
  { urn: quotaCapability, session: () => ({}), account: () => ({}) },
  {
    urn: blobCapability,
    session: () => ({}),
    account: () => ({ ...blobLimits, supportedTypeNames: blobTypes, supportedDigestAlgorithms: [...digests.keys()] }),
  },
  {
    urn: webSocketCapability,
    session: (baseUrl) => ({ url: `${baseUrl.replace(/^http/, 'ws')}/jmap/ws`, supportsPush: true }),
  },
];
