/**
 * Passkeys: what the browser is asked for (WebAuthn Level 3, §5.4, §5.5), and whether its answer is for this site, this
 * purpose and this session. The signature counter is compared here too, for a copy is more than a wrong answer.
 */
import { keyedHash } from '#server/access/secret.ts';
import { asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { type Challenge, type ChallengeScope, challengeMs, newChallenge, readChallenge } from './challenge.ts';
import type { Factor } from './queries/factors.ts';
import {
  algorithms,
  isSigned,
  readAttestationObject,
  readAuthenticatorData,
  readClientData,
  readPublicKey,
  type Site,
} from './webauthn.ts';

interface Who {
  readonly tenantId: TenantId;
  readonly personId: PersonId;
}

/** What the browser needs to make a passkey: `PublicKeyCredentialCreationOptionsJSON`. */
export function creationOptions(
  store: Store,
  scope: ChallengeScope,
  given: {
    readonly site: Site;
    readonly who: Who;
    readonly houseName: string;
    readonly userName: string;
    readonly displayName: string;
    readonly known: readonly Factor[];
  },
): object {
  const { site, who, houseName, userName, displayName, known } = given;
  return {
    rp: { id: site.rpId, name: houseName },
    user: { id: userHandle(store, who), name: userName, displayName },
    challenge: newChallenge(store, scope),
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: challengeMs,
    attestation: 'none',
    excludeCredentials: known.flatMap(descriptor),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    extensions: { credProps: true },
  };
}

/**
 * What the browser needs to use one, of `allowed`, or of whoever is at the keyboard where that is undefined:
 * `PublicKeyCredentialRequestOptionsJSON`.
 */
export function requestOptions(
  store: Store,
  scope: ChallengeScope,
  { site, allowed }: { readonly site: Site; readonly allowed?: readonly Factor[] },
): object {
  return {
    rpId: site.rpId,
    challenge: newChallenge(store, scope),
    timeout: challengeMs,
    userVerification: allowed ? 'preferred' : 'required',
    ...(allowed && { allowCredentials: allowed.flatMap(descriptor) }),
  };
}

export interface Created {
  readonly credentialId: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly isDiscoverable: boolean;
  readonly challenge: Challenge;
}

/** @returns undefined for whatever is not a new passkey made here and now for this page (WebAuthn §7.1). */
export function verifyCreated(
  store: Store,
  scope: ChallengeScope,
  { response, site }: { readonly response: unknown; readonly site: Site },
): Created | undefined {
  const given = readCreated(response);
  const client = given && readClientData(given.clientDataJSON, { type: 'webauthn.create', origin: site.origin });
  const challenge = client && readChallenge(store, scope, client.challenge);
  const octets = given && readAttestationObject(given.attestationObject);
  const data = octets && readAuthenticatorData(octets, site);
  const attested = data?.attested;
  if (!challenge || !attested || attested.credentialId !== given.id || !readPublicKey(attested.publicKey))
    return undefined;
  const { transports, isDiscoverable } = given;
  const publicKey = attested.publicKey.toString('base64url');
  return { credentialId: given.id, publicKey, counter: data.counter, transports, isDiscoverable, challenge };
}

/** An answer of `navigator.credentials.get`, whosever it is. */
export interface Assertion {
  readonly id: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  /** Undefined where the key does not say whose it is. */
  readonly userHandle: string | undefined;
}

export interface Asserted {
  readonly counter: number;
  /** The counter did not go up: the key was copied, or this answer was. */
  readonly isCopied: boolean;
  readonly challenge: Challenge;
}

/**
 * @param given `mustVerify`: whether the device must have asked its holder for more than a touch, where there is no password.
 * @returns undefined for whatever is not signed by this key, here and now, for this page (WebAuthn §7.2).
 */
export function verifyAsserted(
  store: Store,
  scope: ChallengeScope,
  given: {
    readonly assertion: Assertion;
    readonly passkey: Factor;
    readonly site: Site;
    readonly mustVerify: boolean;
  },
): Asserted | undefined {
  const { assertion, passkey, site, mustVerify } = given;
  const client = readClientData(assertion.clientDataJSON, { type: 'webauthn.get', origin: site.origin });
  const challenge = client && readChallenge(store, scope, client.challenge);
  const authenticatorData = Buffer.from(assertion.authenticatorData, 'base64url');
  const data = readAuthenticatorData(authenticatorData, site);
  if (!challenge || !data || (mustVerify && !data.isVerified)) return undefined;
  const signature = Buffer.from(assertion.signature, 'base64url');
  if (!isSigned(Buffer.from(passkey.key, 'base64url'), { authenticatorData, client, signature })) return undefined;
  const { counter } = data;
  // A key that counts nothing always says nought (WebAuthn §6.1.1).
  const isCopied = (counter > 0 || passkey.counter > 0) && counter <= passkey.counter;
  return { counter, isCopied, challenge };
}

/** base64url: the tenant, which has no other way to be known, and a keyed hash that names nobody (WebAuthn §14.6.1). */
export function userHandle(store: Store, { tenantId, personId }: Who): string {
  const tenant = Buffer.alloc(6);
  tenant.writeUIntBE(tenantId, 0, 6);
  const hash = keyedHash(store, 'userHandle', `${tenantId}.${personId}`);
  return Buffer.concat([tenant, Buffer.from(hash, 'base64url')]).toString('base64url');
}

/** @returns undefined for what is no handle of ours. */
export function tenantOfHandle(text: string): TenantId | undefined {
  const octets = Buffer.from(text, 'base64url');
  const number = octets.length === 38 ? octets.readUIntBE(0, 6) : 0;
  return number > 0 ? asId<TenantId>(number) : undefined;
}

/** `AuthenticationResponseJSON`, of bounded size. */
export function readAssertion(value: unknown): Assertion | undefined {
  const it = membersOf(value);
  const { clientDataJSON, authenticatorData, signature, userHandle: handle } = membersOf(it['response']);
  const { id } = it;
  if (!isBase64(id) || !isBase64(clientDataJSON) || !isBase64(authenticatorData) || !isBase64(signature))
    return undefined;
  return { id, clientDataJSON, authenticatorData, signature, userHandle: isBase64(handle) ? handle : undefined };
}

/** `RegistrationResponseJSON`, of bounded size. */
function readCreated(value: unknown) {
  const it = membersOf(value);
  const { clientDataJSON, attestationObject, transports } = membersOf(it['response']);
  const { id } = it;
  if (!isBase64(id) || !isBase64(clientDataJSON) || !isBase64(attestationObject)) return undefined;
  const { rk } = membersOf(membersOf(it['clientExtensionResults'])['credProps']);
  const named = Array.isArray(transports) ? transports : [];
  return {
    id,
    clientDataJSON,
    attestationObject,
    // A hint for the browser next time, and nothing else.
    transports: named
      .filter((one): one is string => typeof one === 'string' && /^[a-z-]{1,20}$/.test(one))
      .slice(0, transportsAtMost),
    isDiscoverable: rk === true,
  };
}

const base64AtMost = 20_000;
const transportsAtMost = 10;

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && value.length <= base64AtMost && /^[A-Za-z0-9_-]+$/.test(value);
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function descriptor({ credentialId, transports }: Factor): readonly object[] {
  return credentialId === null ? [] : [{ type: 'public-key', id: credentialId, transports }];
}
