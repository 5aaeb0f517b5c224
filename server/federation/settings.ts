/**
 * What an administrator says of another identity provider. A closed union by protocol; what is kept is read back by the
 * same reader that judges what is typed, so that a row can hold nothing else.
 */
import { Refusal } from '#server/access/refusal.ts';
import { parseDomain } from '#server/directory/address.ts';
import { type ImportColumn, importColumns } from '#server/directory/import-row.ts';

export const providerKinds = ['oidc', 'cas', 'saml', 'ldap'] as const;
export type ProviderKind = (typeof providerKinds)[number];

/** By what a person is recognised who was never linked before; `none`: by nothing, they link themselves. */
export const linkings = ['userName', 'email', 'externalId', 'none'] as const;
export type Linking = (typeof linkings)[number];

/** Whether leaving us leaves the provider too: never, when the person says so, or always. */
export const leavings = ['never', 'ask', 'always'] as const;
export type Leaving = (typeof leavings)[number];

interface CommonSettings {
  /** Whoever types an address of one of these is offered this provider. */
  readonly domains: readonly string[];
  readonly linkBy: Linking;
  /** The provider's name of what is compared: an OpenID claim, a CAS or SAML attribute; empty: as usual for `linkBy`. */
  readonly linkClaim: string;
  /** Whether its own second factor is believed, and ours not asked. */
  readonly isSecondFactorTrusted: boolean;
  readonly leaving: Leaving;
  /** Where its people get a forgotten password back; empty where they do it here. */
  readonly recoveryUrl: string;
  /** Only the operator's own: it may be inside our network, as far as it was typed (reach.ts). */
  readonly mayReachInside: boolean;
}

export interface OidcSettings extends CommonSettings {
  readonly kind: 'oidc';
  readonly issuer: string;
  readonly clientId: string;
  /** How the client's secret is shown to the token endpoint (RFC 6749 §2.3.1); ProConnect takes `post` alone. */
  readonly clientAuthentication: 'basic' | 'post';
  readonly scopes: readonly string[];
  /** Levels of assurance that are asked for (acr_values); an answer with another one is refused. Empty: any. */
  readonly levels: readonly string[];
  /** The algorithm its userinfo must be signed with, as ProConnect's is; empty: as it comes. */
  readonly userinfoAlgorithm: string;
}

export interface CasSettings extends CommonSettings {
  readonly kind: 'cas';
  /** Without a slash at the end. A path alone is a page of this very server: only the operator may say so. */
  readonly url: string;
  readonly version: 2 | 3;
}

export interface SamlSettings extends CommonSettings {
  readonly kind: 'saml';
  readonly entityId: string;
  readonly entryPoint: string;
  /** Of single logout; empty where there is none. */
  readonly logoutUrl: string;
  /** PEM or bare base64; several while it changes its key. */
  readonly certificates: readonly string[];
}

/** A directory (RFC 4511): it is no button, but where passwords are verified, and where people are imported from. */
export interface LdapSettings extends CommonSettings {
  readonly kind: 'ldap';
  /** `ldaps://host:636`, or `ldap://host:389`, which StartTLS makes secret (RFC 4511 §4.14) unless it is plain. */
  readonly url: string;
  /** Neither: for a directory on this very machine, or a laboratory. Only the operator may say so. */
  readonly isPlain: boolean;
  /** PEM; the authorities its certificate may be of, beside those of the system. */
  readonly certificates: readonly string[];
  /** As whom we search; empty where anybody may. Its password is the provider's secret. */
  readonly bindDn: string;
  /** Where people are searched. */
  readonly base: string;
  /** How somebody is found there: RFC 4515, with {userName}, {email} or {externalId} as whole values. */
  readonly filter: string;
  /** Populations whose passwords are the directory's; `*` is everybody, none is nobody. */
  readonly passwordsOf: readonly string[];
  /** Who is imported. */
  readonly peopleFilter: string;
  /** `column=attribute`, beside or instead of those usual in French academies (ldap/columns.ts). */
  readonly attributes: readonly string[];
  /** Where units are; empty where none are imported. */
  readonly unitsBase: string;
  readonly unitsFilter: string;
}

export type ProviderSettings = OidcSettings | CasSettings | SamlSettings | LdapSettings;

type Given = Readonly<Record<string, unknown>>;

/** @throws {Refusal} `invalidProperties` naming what makes no sense. */
export function readSettings(kind: ProviderKind, given: Given): ProviderSettings {
  const wrong: string[] = [];
  const reader = readerOf(given, wrong);
  const settings = readOf[kind](reader, readCommon(reader));
  if (wrong.length > 0)
    throw new Refusal('invalidProperties', { properties: wrong, description: `not in order: ${wrong.join(', ')}` });
  return settings;
}

const readOf = {
  oidc: (it, common): OidcSettings => ({
    kind: 'oidc',
    ...common,
    issuer: it.url('issuer', common.mayReachInside),
    clientId: it.text('clientId', { isRequired: true }),
    clientAuthentication: it.oneOf('clientAuthentication', ['basic', 'post'], 'basic'),
    scopes: it.texts('scopes', ['openid', 'profile', 'email']),
    levels: it.texts('levels', []),
    userinfoAlgorithm: it.text('userinfoAlgorithm'),
  }),
  cas: (it, common): CasSettings => ({
    kind: 'cas',
    ...common,
    url: it.url('url', common.mayReachInside).replace(/\/+$/, ''),
    version: it.oneOf('version', [2, 3], 3),
  }),
  saml: (it, common): SamlSettings => ({
    kind: 'saml',
    ...common,
    entityId: it.text('entityId', { isRequired: true }),
    entryPoint: it.url('entryPoint', common.mayReachInside),
    logoutUrl: given(it.text('logoutUrl')) ? it.url('logoutUrl', common.mayReachInside) : '',
    certificates: it.texts('certificates', []).length > 0 ? it.texts('certificates', []) : it.missing('certificates'),
  }),
  ldap: (it, common): LdapSettings => ({
    kind: 'ldap',
    ...common,
    url: readLdapUrl(it),
    isPlain: it.flag('isPlain') && (common.mayReachInside || it.fault('isPlain') !== ''),
    certificates: it.texts('certificates', []),
    bindDn: it.text('bindDn'),
    base: it.text('base', { isRequired: true }),
    filter: readFilter(it, 'filter', '(uid={userName})'),
    passwordsOf: it.texts('passwordsOf', []),
    peopleFilter: readFilter(it, 'peopleFilter', '(objectClass=inetOrgPerson)'),
    attributes: it.texts('attributes', []).filter((one) => isMapping(one) || it.fault('attributes') !== ''),
    unitsBase: it.text('unitsBase'),
    unitsFilter: readFilter(it, 'unitsFilter', '(|(objectClass=organizationalUnit)(objectClass=supannEntite))'),
  }),
} satisfies Record<ProviderKind, (it: Reading, common: CommonSettings) => ProviderSettings>;

function readLdapUrl(it: Reading): string {
  const url = URL.parse(it.text('url', { isRequired: true }));
  const isOne = url?.protocol === 'ldaps:' || url?.protocol === 'ldap:';
  if (!isOne || url.hostname === '' || url.username !== '' || !/^\/?$/.test(url.pathname)) return it.fault('url');
  return `${url.protocol}//${url.host}`;
}

/** Its grammar is judged where it is used first (ldap/filter.ts): only parentheses are counted here. */
function readFilter(it: Reading, name: string, otherwise: string): string {
  const text = it.text(name) || otherwise;
  const opened = text.split('(').length;
  return text.startsWith('(') && text.endsWith(')') && opened === text.split(')').length ? text : it.fault(name);
}

/** A password is never read from a directory. */
function isMapping(text: string): boolean {
  const [column = '', attribute = ''] = text.split('=');
  const isColumn = column !== 'password' && importColumns.some((one: ImportColumn) => one === column);
  return isColumn && /^(?:[A-Za-z][A-Za-z0-9-;]{0,100})?$/.test(attribute);
}

const given = (text: string): boolean => text !== '';

function readCommon(it: Reading): CommonSettings {
  const domains = it.texts('domains', []).map((one) => parseDomain(one) ?? it.fault('domains'));
  return {
    domains: [...new Set(domains)],
    linkBy: it.oneOf('linkBy', linkings, 'userName'),
    linkClaim: it.text('linkClaim'),
    isSecondFactorTrusted: it.flag('isSecondFactorTrusted'),
    leaving: it.oneOf('leaving', leavings, 'ask'),
    recoveryUrl: given(it.text('recoveryUrl')) ? it.url('recoveryUrl', false) : '',
    mayReachInside: it.flag('mayReachInside'),
  };
}

const textCharacters = 2_000;
const certificateCharacters = 16_000;
const listedAtMost = 50;

interface Reading {
  text(name: string, options?: { readonly isRequired?: boolean }): string;
  texts(name: string, otherwise: readonly string[]): readonly string[];
  flag(name: string): boolean;
  oneOf<const T extends string | number>(name: string, known: readonly T[], otherwise: T): T;
  /** @param isInside whether `http` and a path of ours will do too. */
  url(name: string, isInside: boolean): string;
  fault(name: string): string;
  missing(name: string): readonly string[];
}

function readerOf(values: Given, wrong: string[]): Reading {
  const fault = (name: string): string => {
    if (!wrong.includes(name)) wrong.push(name);
    return '';
  };
  const isText = (value: unknown, most: number): value is string => typeof value === 'string' && value.length <= most;
  const reading: Reading = {
    fault,
    missing: (name) => [fault(name)],
    text(name, { isRequired = false } = {}) {
      const value = values[name] ?? '';
      if (!isText(value, textCharacters) || (isRequired && value.trim() === '')) return fault(name);
      return value.trim();
    },
    texts(name, otherwise) {
      const value = values[name] ?? otherwise;
      if (!Array.isArray(value) || value.length > listedAtMost) return [fault(name)];
      const texts = value.map((one: unknown) => (isText(one, certificateCharacters) ? one.trim() : fault(name)));
      return texts.filter((one) => one !== '');
    },
    flag(name) {
      const value = values[name] ?? false;
      if (typeof value !== 'boolean') fault(name);
      return value === true;
    },
    oneOf(name, known, otherwise) {
      const value = values[name] ?? otherwise;
      const found = known.find((one) => one === value);
      if (found === undefined) fault(name);
      return found ?? otherwise;
    },
    url(name, isInside) {
      const value = reading.text(name, { isRequired: true });
      if (isInside && /^\/(?![/\\])[\w/.-]*$/.test(value)) return value;
      const url = URL.parse(value);
      const isSecure = url?.protocol === 'https:' || (isInside && url?.protocol === 'http:');
      if (!url || !isSecure || url.username !== '' || url.hash !== '') return fault(name);
      return value;
    },
  };
  return reading;
}

/** The provider's name of what `linkBy` compares, where the administrator gave none. */
export function claimOf({ kind, linkBy, linkClaim }: ProviderSettings): string {
  if (linkClaim !== '') return linkClaim;
  switch (linkBy) {
    case 'userName':
      return kind === 'oidc' ? 'preferred_username' : 'uid';
    case 'email':
      return kind === 'oidc' ? 'email' : 'mail';
    case 'externalId':
    case 'none':
      return 'sub';
  }
}

/** The addresses an administrator typed: what was typed may be inside, what a provider says by itself may not. */
export function typedUrls(settings: ProviderSettings): readonly string[] {
  switch (settings.kind) {
    case 'oidc':
      return [settings.issuer];
    case 'cas':
    case 'ldap':
      return [settings.url];
    case 'saml':
      return [settings.entryPoint, settings.logoutUrl].filter(given);
  }
}
