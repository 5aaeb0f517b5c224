import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';

import { encryptPush, readPushKeys } from './encrypt.ts';
import { isPublicAddress } from './public-address.ts';
import { isPushUrl, sendPush } from './send.ts';
import { newVapidPem, printVapid, readVapidKey } from './vapid.ts';

const rfcKeys = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};

test('a push is encrypted as in the example of RFC 8291 §5', () => {
  const body = encryptPush(Buffer.from('When I grow up, I want to be a watermelon'), rfcKeys, {
    salt: Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url'),
    privateKey: Buffer.from('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url'),
  });
  assert.equal(
    body.toString('base64url'),
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

test('keys no device can have made are not taken', () => {
  assert.ok(readPushKeys(rfcKeys.p256dh, rfcKeys.auth));
  assert.equal(readPushKeys(`${rfcKeys.p256dh.slice(0, -1)}A`, rfcKeys.auth), undefined, 'not on the curve');
  assert.equal(readPushKeys('AAAA', rfcKeys.auth), undefined);
  assert.equal(readPushKeys(rfcKeys.p256dh, 'AAAA'), undefined);
});

test('a VAPID token is signed by the key it names, for the origin it goes to (RFC 8292)', () => {
  const key = readVapidKey(newVapidPem(), 'mailto:postmaster@example.org');
  const header = printVapid(key, new URL('https://push.example.net/x/y'), 1_000_000_000_000);
  const [, head = '', claims = '', signature = '', publicKey = ''] =
    /^vapid t=([^.]+)\.([^.]+)\.([^,]+), k=(.+)$/.exec(header) ?? [];
  assert.deepEqual(JSON.parse(Buffer.from(claims, 'base64url').toString()), {
    aud: 'https://push.example.net',
    exp: 1_000_000_000 + 12 * 3600,
    sub: 'mailto:postmaster@example.org',
  });
  const point = Buffer.from(publicKey, 'base64url');
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  const verifier = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  const signed = Buffer.from(`${head}.${claims}`);
  const options = { key: verifier, dsaEncoding: 'ieee-p1363' } as const;
  assert.ok(verify('sha256', signed, options, Buffer.from(signature, 'base64url')));
});

test('only addresses that lead out are public', () => {
  const outside = ['8.8.8.8', '172.15.0.1', '2a01:e0a::1', '::ffff:8.8.8.8'];
  const inside = [
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'localhost',
    '',
  ];
  for (const address of outside) assert.ok(isPublicAddress(address), address);
  for (const address of inside) assert.ok(!isPublicAddress(address), address);
});

test('a push goes to https only, and never into the house', async () => {
  for (const url of ['http://push.example.net/', 'https://user:x@push.example.net/', 'ftp://x', 'nonsense', '/x']) {
    assert.ok(!isPushUrl(url), url);
  }
  const options = { mayReachInside: false };
  for (const url of ['https://127.0.0.1:1/', 'https://[::1]:1/', 'https://localhost:1/', 'https://0x7f000001:1/']) {
    const sent = await sendPush(url, undefined, '{}', 'normal', options);
    assert.equal(sent.kind, 'failed', url);
    assert.match(sent.why, /not a public address/, url);
  }
});
