/** Identity providers as the console asks for them: listed, added, changed, opened and closed, removed. */
import type { AccountId } from '#web/sync/records.ts';
import { list, listOr, number, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { refusable, setConsole } from './console.ts';

export const providerKinds = ['oidc', 'cas', 'saml', 'ldap'] as const;
export type ProviderKind = (typeof providerKinds)[number];
export const linkings = ['userName', 'email', 'externalId', 'none'] as const;
export type Linking = (typeof linkings)[number];
export const leavings = ['ask', 'always', 'never'] as const;
export type Leaving = (typeof leavings)[number];

/** What is typed of one, whichever its kind; settings of which the console has no field stay as they are. */
export interface ProviderFacts {
  readonly kind: ProviderKind;
  readonly name: string;
  readonly address: string;
  readonly clientId: string;
  readonly entityId: string;
  readonly domains: string;
  readonly linkBy: Linking;
  readonly leaving: Leaving;
  readonly isTrusted: boolean;
  readonly base: string;
  readonly bindDn: string;
  readonly passwordsOf: string;
  readonly recoveryUrl: string;
  /** Neither of them is ever shown: what is typed takes the place of what is there. */
  readonly secret: string;
  readonly certificate: string;
}

export const blankFacts: ProviderFacts = {
  kind: 'oidc',
  name: '',
  address: '',
  clientId: '',
  entityId: '',
  domains: '',
  linkBy: 'userName',
  leaving: 'ask',
  isTrusted: false,
  base: '',
  bindDn: '',
  passwordsOf: '',
  recoveryUrl: '',
  secret: '',
  certificate: '',
};

export interface ProviderRow {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly name: string;
  /** Among the buttons: the least first. */
  readonly position: number;
  readonly hasSecret: boolean;
  readonly certificates: number;
  readonly facts: ProviderFacts;
  readonly isEnabled: boolean;
  readonly address: string;
  /** What the provider must be told of us. */
  readonly callback: string;
}

/** In the order of the buttons; a text says why not. @throws as `client.request` does. */
export async function fetchProviders(sync: Sync, accountId: AccountId): Promise<readonly ProviderRow[] | string> {
  const answer = await refusable(async () =>
    (await sync.client.request([['IdentityProvider/get', { accountId, ids: null }, 'g']])).of('g'),
  );
  return typeof answer === 'string' ? answer : list(answer['list'], readRow);
}

function readRow(value: unknown): ProviderRow {
  const it = object(value);
  const settings = object(it['settings']);
  const address = textOr(settings['issuer'] ?? settings['url'] ?? settings['entryPoint'], '');
  const kind = providerKinds.find((one) => one === it['kind']) ?? 'oidc';
  const name = text(it['name']);
  return {
    id: text(it['id']),
    kind,
    name,
    position: number(it['position']),
    hasSecret: it['hasSecret'] === true,
    certificates: listOr(settings['certificates'], text).length,
    facts: {
      ...blankFacts,
      kind,
      name,
      address,
      clientId: textOr(settings['clientId'], ''),
      entityId: textOr(settings['entityId'], ''),
      domains: listOr(settings['domains'], text).join(' '),
      linkBy: linkings.find((one) => one === settings['linkBy']) ?? 'userName',
      leaving: leavings.find((one) => one === settings['leaving']) ?? 'ask',
      isTrusted: settings['isSecondFactorTrusted'] === true,
      base: textOr(settings['base'], ''),
      bindDn: textOr(settings['bindDn'], ''),
      passwordsOf: listOr(settings['passwordsOf'], text).join(' '),
      recoveryUrl: textOr(settings['recoveryUrl'], ''),
    },
    isEnabled: it['isEnabled'] === true,
    address,
    callback: `${globalThis.location.origin}${textOr(it['callbackPath'], '')}`,
  };
}

const addressNames = { oidc: 'issuer', cas: 'url', saml: 'entryPoint', ldap: 'url' } as const;
const words = (typed: string): readonly string[] => typed.split(/[\s,;]+/).filter((one) => one !== '');

/** The record of a new one, or what is different of one that is there: a field left empty keeps secret and certificate. */
export function recordOf(facts: ProviderFacts, isNew: boolean): JsonObject {
  const { kind, name, address, clientId, secret, entityId, certificate } = facts;
  const { domains, linkBy, leaving, isTrusted, base, bindDn, passwordsOf, recoveryUrl } = facts;
  const hasCertificate = certificate.trim() !== '' || (isNew && kind === 'saml');
  const settings: JsonObject = {
    [addressNames[kind]]: address.trim(),
    ...(kind === 'ldap'
      ? {
          base: base.trim(),
          bindDn: bindDn.trim(),
          passwordsOf: words(passwordsOf),
          recoveryUrl: recoveryUrl.trim(),
        }
      : { domains: words(domains), linkBy, leaving, isSecondFactorTrusted: isTrusted }),
    ...(kind === 'oidc' && { clientId: clientId.trim() }),
    ...(kind === 'saml' && { entityId: entityId.trim() }),
    ...((kind === 'saml' || kind === 'ldap') && hasCertificate && { certificates: [certificate] }),
  };
  const hasSecret = (kind === 'oidc' || kind === 'ldap') && secret !== '';
  return { ...(isNew && { kind }), name: name.trim(), settings, ...(hasSecret && { secret }) };
}

/** @returns the type of what stood in the way; undefined when it is done. */
export async function setProvider(sync: Sync, accountId: AccountId, change: JsonObject): Promise<string | undefined> {
  const answer = await setConsole(sync, 'IdentityProvider/set', { accountId, ...change });
  return typeof answer === 'string' ? answer : undefined;
}
