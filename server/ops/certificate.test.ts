import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { connect, createServer } from 'node:tls';
import { once } from 'node:events';
import { it } from 'node:test';

import { makeCertificate } from './certificate.ts';

it('makes a certificate that is its own, names its host and the loopback addresses, and lasts ten years', () => {
  const { cert } = makeCertificate('mail.example.org', new Date('2026-11-22T00:00:00Z'));
  const read = new X509Certificate(cert);
  assert.equal(read.subject, 'CN=mail.example.org');
  assert.equal(read.verify(read.publicKey), true);
  assert.equal(read.checkHost('localhost'), 'localhost');
  assert.equal(read.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(new Date(read.validTo).getUTCFullYear(), 2036);
});

it('serves TLS to a client that trusts it', async () => {
  const { cert, key } = makeCertificate('localhost', new Date());
  const server = createServer({ cert, key }, (socket) => socket.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  const client = connect({ port: address.port, host: '127.0.0.1', servername: 'localhost', ca: cert });
  let said = '';
  for await (const piece of client) said += String(piece);
  assert.equal(said, 'hello');
  server.close();
});

it('is read back whatever its serial number begins with', () => {
  for (const first of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
    for (const second of [0x00, 0x01, 0x80]) {
      const serial = Uint8Array.of(first, second, 3);
      const read = new X509Certificate(makeCertificate('localhost', new Date(), serial).cert);
      assert.equal(BigInt(`0x${read.serialNumber}`), BigInt(`0x${serial.toHex()}`));
    }
  }
});
