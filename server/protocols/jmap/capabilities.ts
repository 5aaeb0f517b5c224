/** What this server can do, by URN (RFC 8620 §2), and the limits it keeps. */
import type { Scope } from '#server/access/actor.ts';

export const coreCapability = 'urn:ietf:params:jmap:core';
export const mailCapability = 'urn:ietf:params:jmap:mail';
export const submissionCapability = 'urn:ietf:params:jmap:submission';
export const quotaCapability = 'urn:ietf:params:jmap:quota';
export const blobCapability = 'urn:ietf:params:jmap:blob';
/** Our own: favourites and colours of mailboxes, emptying them, passports of emails. */
export const pliMailCapability = 'urn:pli:params:jmap:mail';
/** Our own: completion of recipients from the directory. */
export const directoryCapability = 'urn:pli:params:jmap:directory';
/** Our own: keys for other programs. */
export const accessCapability = 'urn:pli:params:jmap:access';
/** Our own: people, roles and the audit log, for those who administer them. */
export const consoleCapability = 'urn:pli:params:jmap:console';
/** Our own: what everybody is told, and whether the house is under maintenance. */
export const announcementsCapability = 'urn:pli:params:jmap:announcements';
export const sieveCapability = 'urn:ietf:params:jmap:sieve';
export const vacationCapability = 'urn:ietf:params:jmap:vacationresponse';
/** Our own: scripts applied to mail that is there. */
export const pliSieveCapability = 'urn:pli:params:jmap:sieve';
/** Our own: mail fetched from an old server, or brought as a file. */
export const importCapability = 'urn:pli:params:jmap:import';
/** Our own: conversations that several people work on, and who these are. */
export const sharedCapability = 'urn:pli:params:jmap:shared';
export const principalsCapability = 'urn:ietf:params:jmap:principals';
export const principalsOwnerCapability = 'urn:ietf:params:jmap:principals:owner';
export const webSocketCapability = 'urn:ietf:params:jmap:websocket';

export interface Limits {
  readonly maxSizeUpload: number;
  /** Uploads of one person at a time. */
  readonly maxConcurrentUpload: number;
  readonly maxSizeRequest: number;
  /** API requests of one person at a time. */
  readonly maxConcurrentRequests: number;
  readonly maxCallsInRequest: number;
  readonly maxObjectsInGet: number;
  readonly maxObjectsInSet: number;
}

/** Sizes in octets. */
export const limits: Limits = {
  maxSizeUpload: 50_000_000,
  maxConcurrentUpload: 8,
  maxSizeRequest: 10_000_000,
  maxConcurrentRequests: 16,
  maxCallsInRequest: 64,
  maxObjectsInGet: 1000,
  maxObjectsInSet: 500,
};

/** Which scope of a credential opens which capability; what is not listed is open to all. */
const scopeOf: ReadonlyMap<string, Scope> = new Map([
  [mailCapability, 'mail'],
  [pliMailCapability, 'mail'],
  [quotaCapability, 'mail'],
  [submissionCapability, 'submission'],
  [sieveCapability, 'mail'],
  [vacationCapability, 'mail'],
  [pliSieveCapability, 'mail'],
  [importCapability, 'mail'],
  [sharedCapability, 'mail'],
  [accessCapability, 'account'],
  [consoleCapability, 'account'],
]);

export function isOpenTo(capability: string, scopes: readonly Scope[]): boolean {
  const scope = scopeOf.get(capability);
  return scope === undefined || scopes.includes(scope);
}
