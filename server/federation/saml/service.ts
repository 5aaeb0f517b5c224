/**
 * SAML 2 by node-saml (5.1.0 or later: what is read is what was signed), loaded only where a tenant opened it. Of the many
 * ways in which SAML can be spoken, these alone: signed assertions, answers to a question of ours, for us as the audience.
 */
import { type Profile, SAML, ValidateInResponseTo } from '@node-saml/node-saml';

import { type Claims, type Identity, readClaims } from '#server/federation/identity.ts';
import type { Provider } from '#server/federation/queries.ts';
import { ProviderFault } from '#server/federation/reach.ts';
import { openFor } from '#server/federation/secret.ts';
import { claimOf, type SamlSettings } from '#server/federation/settings.ts';
import { placeOf, type Site } from '#server/federation/site.ts';
import type { Store } from '#server/store/store.ts';

import type { SigningKey } from './certificate.ts';

export interface SamlAsked {
  readonly provider: Provider;
  readonly settings: SamlSettings;
  readonly site: Pick<Site, 'baseUrl'>;
}

const skewMs = 60_000;
/** From when it was issued, whatever it says of its end. */
const assertionMs = 5 * 60_000;
const requestMs = 10 * 60_000;

/** @param request the question that an answer must name, and when it was put; nothing is an answer without. */
function samlOf(
  store: Store,
  { provider, settings, site }: SamlAsked,
  request: { readonly id: string; readonly at: number } | undefined,
): SAML {
  const key = signingKey(store, provider);
  const entity = placeOf(site, 'saml', provider, 'metadata');
  return new SAML({
    issuer: entity,
    audience: entity,
    callbackUrl: placeOf(site, 'saml', provider, 'callback'),
    logoutCallbackUrl: placeOf(site, 'saml', provider, 'logout'),
    entryPoint: settings.entryPoint,
    logoutUrl: settings.logoutUrl,
    idpIssuer: settings.entityId,
    idpCert: [...settings.certificates],
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    acceptedClockSkewMs: skewMs,
    maxAssertionAgeMs: assertionMs,
    validateInResponseTo: ValidateInResponseTo.always,
    requestIdExpirationPeriodMs: requestMs,
    // What was asked is known by the login that is under way: nothing is kept here.
    cacheProvider: {
      saveAsync: (_id, value) => Promise.resolve({ value, createdAt: store.now() }),
      getAsync: (id) => Promise.resolve(id === request?.id && request ? new Date(request.at).toISOString() : null),
      removeAsync: (id) => Promise.resolve(id),
    },
    ...(request && { generateUniqueId: () => request.id }),
  });
}

function signingKey(store: Store, provider: Provider): SigningKey {
  const kept: unknown = JSON.parse(openFor(store, { ...provider, use: 'secret' }, provider.secret ?? ''));
  const { privateKey, certificate }: Readonly<Record<string, unknown>> =
    typeof kept === 'object' && kept !== null ? { ...kept } : {};
  if (typeof privateKey !== 'string' || typeof certificate !== 'string') throw new TypeError('no signing key');
  return { privateKey, certificate };
}

/** An id of XML begins with no digit. */
export function requestIdOf(derived: string): string {
  return `_${derived}`;
}

/** What a SAML server is told of us. XML. */
export function samlMetadata(store: Store, asked: SamlAsked): string {
  const { certificate } = signingKey(store, asked.provider);
  return samlOf(store, asked, undefined).generateServiceProviderMetadata(null, certificate);
}

/** Where the browser goes. @param state comes back as RelayState. */
export function samlStart(store: Store, asked: SamlAsked, state: string, requestId: string): Promise<string> {
  return samlOf(store, asked, { id: requestId, at: store.now() }).getAuthorizeUrlAsync(state, undefined, {});
}

export interface SamlProof {
  readonly identity: Identity;
  readonly assertionId: string;
}

/** Verifies a Response that was posted. @throws {ProviderFault} */
export async function samlProve(
  store: Store,
  asked: SamlAsked,
  given: { readonly response: string; readonly requestId: string; readonly askedAt: number },
): Promise<SamlProof> {
  requirePlainXml(given.response);
  const saml = samlOf(store, asked, { id: given.requestId, at: given.askedAt });
  const { profile } = await faulting(saml.validatePostResponseAsync({ SAMLResponse: given.response }));
  if (!profile) throw new ProviderFault('no assertion');
  const assertionId = assertionIdOf(profile);
  const { nameID: nameId, nameIDFormat: nameIdFormat, sessionIndex } = profile;
  const claims = readClaims({ ...attributesOf(profile), sub: nameId });
  const subject = nameIdFormat.endsWith(':transient') ? lasting(claims, asked.settings) : nameId;
  return {
    assertionId,
    identity: {
      subject,
      claims,
      sid: sessionIndex,
      level: undefined,
      farewell: { kind: 'saml', nameId, nameIdFormat, sessionIndex },
    },
  };
}

/** Of the assertion that was signed and read. @throws {ProviderFault} */
function assertionIdOf({ getAssertionXml }: Profile): string {
  const [, id] = /^[^>]*?\sID="([^"]{1,300})"/.exec(getAssertionXml?.() ?? '') ?? [];
  if (id === undefined) throw new ProviderFault('an assertion without an id');
  return id;
}

function attributesOf({ attributes }: Profile): Readonly<Record<string, unknown>> {
  return typeof attributes === 'object' && attributes !== null ? { ...attributes } : {};
}

/** Of a name that is another one each time, what else tells who it is. */
function lasting(claims: Claims, settings: SamlSettings): string {
  const [value = '', ...others] = claimOf(settings) === 'sub' ? [] : (claims.get(claimOf(settings)) ?? []);
  if (value === '' || others.length > 0) throw new ProviderFault('a transient name, and nothing that lasts');
  return value;
}

/** Where the browser goes to leave; undefined where there is no such page. */
export function samlLeave(
  store: Store,
  asked: SamlAsked,
  { nameId, nameIdFormat, sessionIndex }: { nameId: string; nameIdFormat: string; sessionIndex: string | undefined },
): Promise<string> | undefined {
  if (asked.settings.logoutUrl === '') return undefined;
  const profile: Profile = {
    issuer: asked.settings.entityId,
    nameID: nameId,
    nameIDFormat: nameIdFormat,
    ...(sessionIndex !== undefined && { sessionIndex }),
  };
  return samlOf(store, asked, undefined).getLogoutUrlAsync(profile, '', {});
}

/** By redirection it is the query that is signed, and node-saml takes one without a signature: here it must have one. */
const signedOver: readonly string[] = ['SAMLRequest', 'RelayState', 'SigAlg', 'Signature'];
const algorithms = /^http:\/\/www\.w3\.org\/2001\/04\/xmldsig-more#rsa-sha(?:256|384|512)$/;

/**
 * Verifies a LogoutRequest of the provider, and gives whose session it ends and where the browser goes to say so.
 * @throws {ProviderFault}
 */
export async function samlLogoutRequest(
  store: Store,
  asked: SamlAsked,
  given: { readonly kind: 'redirect'; readonly query: string } | { readonly kind: 'post'; readonly body: string },
): Promise<{
  readonly by: { readonly sid: string } | { readonly subject: string };
  readonly answer: string | undefined;
}> {
  const saml = samlOf(store, asked, undefined);
  const fields = new URLSearchParams(given.kind === 'redirect' ? given.query : given.body);
  const request = fields.get('SAMLRequest') ?? '';
  let profile: Profile | null;
  if (given.kind === 'redirect') {
    const names = [...fields.keys()];
    // A name given twice could be verified as one and read as the other.
    const isClear = new Set(names).size === names.length && names.every((name) => signedOver.includes(name));
    if (!isClear || !fields.has('Signature')) throw new ProviderFault('not a signed LogoutRequest');
    if (!algorithms.test(fields.get('SigAlg') ?? '')) throw new ProviderFault('signed with a weak algorithm');
    ({ profile } = await faulting(saml.validateRedirectAsync(Object.fromEntries(fields), given.query)));
  } else {
    requirePlainXml(request);
    ({ profile } = await faulting(saml.validatePostRequestAsync({ SAMLRequest: request })));
  }
  if (!profile) throw new ProviderFault('no LogoutRequest');
  const { logoutUrl } = asked.settings;
  const relayState = fields.get('RelayState') ?? '';
  const answer =
    logoutUrl === '' ? undefined : await saml.getLogoutResponseUrlAsync(profile, relayState.slice(0, 80), {}, true);
  const { sessionIndex, nameID: subject } = profile;
  return { by: sessionIndex === undefined ? { subject } : { sid: sessionIndex }, answer };
}

const messageCharacters = 350_000;

/** Base64 of XML without a DTD. @throws {ProviderFault} */
function requirePlainXml(base64: string): void {
  if (base64 === '' || base64.length > messageCharacters) throw new ProviderFault('no SAML message, or too large');
  if (/<!(?:DOCTYPE|ENTITY)/i.test(Buffer.from(base64, 'base64').toString('utf8'))) throw new ProviderFault('a DTD');
}

/** Whatever the library says of a message is the provider's fault. */
async function faulting<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new ProviderFault(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
