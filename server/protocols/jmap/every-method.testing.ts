/**
 * How every method of the head is called, for the tests that walk over the registry: arguments that are in order but for
 * what such a test makes wrong. A method that stands neither here nor under its verb fails each walk.
 */
import assert from 'node:assert/strict';

export type Args = Record<string, unknown>;

/** Arguments that are in order but for the account. */
const standard: Readonly<Record<string, (accountId: string, own: string) => Args>> = {
  get: (accountId) => ({ accountId, ids: ['m1'] }),
  set: (accountId) => ({ accountId, create: { a: {} }, destroy: ['m1'] }),
  changes: (accountId) => ({ accountId, sinceState: '0' }),
  query: (accountId) => ({ accountId }),
  queryChanges: (accountId) => ({ accountId, sinceQueryState: '0' }),
  copy: (fromAccountId, accountId) => ({ accountId, fromAccountId, create: { a: { id: 'm1' } } }),
};

const special: Readonly<Record<string, (accountId: string, own: string) => Args>> = {
  'Email/import': (accountId) => ({
    accountId,
    emails: { a: { blobId: 'Gabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrs', mailboxIds: { m1: true } } },
  }),
  'Email/parse': (accountId) => ({ accountId, blobIds: ['Gabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrs'] }),
  'SearchSnippet/get': (accountId) => ({ accountId, filter: { text: 'x' }, emailIds: ['e1'] }),
  'Mailbox/empty': (accountId) => ({ accountId, mailboxId: 'm1' }),
  'Blob/upload': (accountId) => ({ accountId, create: { a: { data: [{ 'data:asText': 'x' }] } } }),
  'Blob/copy': (fromAccountId, accountId) => ({ accountId, fromAccountId, blobIds: ['G1'] }),
  'Blob/lookup': (accountId) => ({ accountId, typeNames: ['Email'], ids: ['G1'] }),
  'Directory/complete': (accountId) => ({ accountId, text: 'mar' }),
  'Security/get': (accountId) => ({ accountId }),
  'SignInEvent/list': (accountId) => ({ accountId }),
  'SieveScript/validate': (accountId) => ({ accountId, blobId: 'Gabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrs' }),
  'Person/act': (accountId) => ({ accountId, personId: 'p1', action: 'unlock', reason: 'x' }),
  'Person/addresses': (accountId) => ({ accountId, personId: 'p1' }),
  'Person/replaceAddress': (accountId) => ({ accountId, personId: 'p1', address: 'x@academie.example', reason: 'x' }),
  'Appointment/list': (accountId) => ({ accountId, personId: 'p1' }),
  'Appointment/plan': (accountId) => ({ accountId, personId: 'p1', unitId: null, from: '2026-09-01' }),
  'Appointment/cancel': (accountId) => ({ accountId, personId: 'p1', id: 'y1' }),
  'Announcement/acknowledge': (accountId) => ({ accountId, id: 'n1' }),
  'HouseStatus/get': (accountId) => ({ accountId }),
  'PublishedAnnouncement/count': (accountId) => ({ accountId, id: 'n1' }),
  'Maintenance/list': (accountId) => ({ accountId }),
  'SupportContact/list': (accountId) => ({ accountId }),
  'Diagnosis/read': (accountId) => ({ accountId, code: 'AAAAAAA' }),
  'SupportContact/change': (accountId) => ({ accountId, contact: null }),
  'Maintenance/start': (accountId) => ({ accountId, mode: 'readOnly', reason: 'x' }),
  'Maintenance/end': (accountId) => ({ accountId, reason: 'x' }),
  'OwnQuota/get': (accountId) => ({ accountId }),
  'OwnQuota/ask': (accountId) => ({ accountId, askedOctets: 1, reason: 'x' }),
  'OwnQuota/withdraw': (accountId) => ({ accountId }),
  'QuotaRequest/get': (accountId) => ({ accountId }),
  'Approval/get': (accountId) => ({ accountId }),
  'Approval/decide': (accountId) => ({ accountId, id: 'v1', action: 'approve' }),
  'Approval/outcome': (accountId) => ({ accountId, id: 'v1' }),
  'Domain/get': (accountId) => ({ accountId }),
  'Domain/check': (accountId) => ({ accountId, name: 'academie.example' }),
  'Domain/add': (accountId) => ({ accountId, name: 'autre.example' }),
  'Domain/makeDefault': (accountId) => ({ accountId, name: 'academie.example' }),
  'Domain/remove': (accountId) => ({ accountId, name: 'academie.example' }),
  'Brand/get': (accountId) => ({ accountId }),
  'Brand/change': (accountId) => ({ accountId, set: { displayName: 'Autre' } }),
  'Brand/reset': (accountId) => ({ accountId }),
  'Brand/addHostname': (accountId) => ({ accountId, name: 'mail.autre.example' }),
  'Brand/removeHostname': (accountId) => ({ accountId, name: 'mail.autre.example' }),
  'Policy/get': (accountId) => ({ accountId }),
  'Policy/change': (accountId) => ({ accountId, name: 'passwords', set: { minCharacters: 9 } }),
  'Population/get': (accountId) => ({ accountId }),
  'Population/change': (accountId) => ({ accountId, name: 'staff', set: { hasAppPasswords: false } }),
  'QuotaRequest/decide': (accountId) => ({ accountId, id: 'q1', action: 'refuse', answer: 'x' }),
  'FederationPolicy/get': (accountId) => ({ accountId }),
  'FederationPolicy/change': (accountId) => ({ accountId, isDirectHidden: true }),
  'Compromise/get': (accountId) => ({ accountId, personId: 'p1' }),
  'Compromise/open': (accountId) => ({ accountId, personId: 'p1', reason: 'x' }),
  'Compromise/undo': (accountId) => ({ accountId, personId: 'p1', ids: ['vacation'] }),
  'Compromise/settle': (accountId) => ({ accountId, personId: 'p1', ids: ['s1'], fate: 'drop' }),
  'Compromise/giveBack': (accountId) => ({ accountId, personId: 'p1', rest: 'drop', reason: 'x' }),
};

/** Of nobody's account. */
export const accountless = new Set(['Core/echo', 'PushSubscription/get', 'PushSubscription/set']);

/** The arguments of one method about an account. @param own of whoever calls, where a second one is named. */
export function argumentsOf(method: string, accountId: string, own: string): Args {
  const form = special[method] ?? standard[method.slice(method.indexOf('/') + 1)];
  assert.ok(form, `tell the walk how ${method} is called`);
  return form(accountId, own);
}
