/** Ours beside the library that others trust: a new passkey that it takes, we take, with the same key and counter. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';

import type { RegistrationResponseJSON } from '@simplewebauthn/server';

import { createPasskey } from './authenticator.testing.ts';
import { readAttestationObject, readAuthenticatorData, readClientData, readPublicKey } from './webauthn.ts';

const site = { rpId: 'mail.valmont.example', origin: 'https://mail.valmont.example' };
const options = { challenge: randomBytes(56).toString('base64url'), user: { id: 'AAAA' } };

test('a new passkey is read as @simplewebauthn/server reads it', async () => {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const made = createPasskey(options, { site });
  const response = made.response as RegistrationResponseJSON;
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: options.challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.rpId,
  });
  assert.ok(verified && registrationInfo);
  const data = readAuthenticatorData(
    readAttestationObject(response.response.attestationObject) ?? Buffer.alloc(0),
    site,
  );
  assert.ok(data?.attested);
  assert.equal(data.attested.credentialId, registrationInfo.credential.id);
  assert.deepEqual(Buffer.from(registrationInfo.credential.publicKey), data.attested.publicKey);
  assert.equal(data.counter, registrationInfo.credential.counter);
  assert.equal(data.isVerified, registrationInfo.userVerified);
  assert.equal(readPublicKey(data.attested.publicKey)?.algorithm, -7);
});

test('client data of another kind, another page or a frame of it are none', () => {
  const said = (given: object): string => Buffer.from(JSON.stringify(given)).toString('base64url');
  const right = { type: 'webauthn.get', challenge: 'x', origin: site.origin, crossOrigin: false };
  const wanted = { type: 'webauthn.get', origin: site.origin } as const;
  assert.equal(readClientData(said(right), wanted)?.challenge, 'x');
  for (const wrong of [
    { ...right, type: 'webauthn.create' },
    { ...right, origin: 'http://mail.valmont.example' },
    { ...right, origin: 'https://mail.valmont.example.evil.example' },
    { ...right, crossOrigin: true },
    { ...right, challenge: 7 },
  ])
    assert.equal(readClientData(said(wrong), wanted), undefined, JSON.stringify(wrong));
  for (const wrong of ['', 'x', Buffer.from('null').toString('base64url')])
    assert.equal(readClientData(wrong, wanted), undefined);
});

test('keys of kinds we do not take, and broken ones, are none', () => {
  const octets = (hex: string): Buffer => Buffer.from(hex, 'hex');
  for (const [because, key] of [
    ['no CBOR', octets('ff')],
    ['a point on no curve', octets(`a5010203262001215820${'01'.repeat(32)}225820${'02'.repeat(32)}`)],
    ['ES256 on P-384', octets(`a5010203262002215820${'01'.repeat(32)}225820${'02'.repeat(32)}`)],
    ['a short RSA key', octets(`a4010303390100205880${'b1'.repeat(128)}2143010001`)],
    ['no algorithm', octets('a10102')],
  ] as const)
    assert.equal(readPublicKey(key), undefined, because);
});
