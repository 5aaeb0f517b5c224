/**
 * The certificate of the first start: self-signed, P-256, made once in the data folder. It lets STARTTLS and TLS work
 * from the first minute; production brings its own.
 */
import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

const validYears = 10;

/** The certificate in `folder`, made now when there is none. */
export function ownCertificate(folder: string, hostName: string): Certificate {
  const certPath = join(folder, 'tls-cert.pem');
  const keyPath = join(folder, 'tls-key.pem');
  if (!existsSync(certPath) || !existsSync(keyPath)) {
    mkdirSync(folder, { recursive: true });
    const made = makeCertificate(hostName, new Date());
    writeFileSync(keyPath, made.key, { mode: 0o600 });
    writeFileSync(certPath, made.cert);
  }
  return { cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
}

/** A self-signed X.509 certificate (RFC 5280 §4.1) for `hostName` and localhost. */
export function makeCertificate(hostName: string, from: Date, serial: Uint8Array = randomBytes(16)): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const until = new Date(from);
  until.setUTCFullYear(from.getUTCFullYear() + validYears);
  const name = sequence(set(sequence(oid(2, 5, 4, 3), utf8String(hostName))));
  const names = [...new Set([hostName, 'localhost'])].map((each) => tagged(0x82, Buffer.from(each, 'ascii')));
  const addresses = [Buffer.from([127, 0, 0, 1]), Buffer.concat([Buffer.alloc(15), Buffer.from([1])])];
  const alternatives = sequence(...names, ...addresses.map((each) => tagged(0x87, each)));
  const isAuthority = sequence(boolean(true));
  const extensions = sequence(
    sequence(oid(2, 5, 29, 17), octetString(alternatives)),
    sequence(oid(2, 5, 29, 19), boolean(true), octetString(isAuthority)),
  );
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  const certificate = sequence(body, ecdsaWithSha256, bitString(signature));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64Lines(certificate)}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

// DER (X.690): a tag, a length, the content.
function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const octets = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...octets]), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Uint8Array[]): Buffer {
  return tagged(0x31, Buffer.concat(parts));
}

/** Positive, in its shortest form (X.690 §8.3.2): one leading zero where the first bit is set, and none elsewhere. */
function integer(octets: Uint8Array): Buffer {
  const start = octets.findIndex((octet) => octet !== 0);
  const shortest = start < 0 ? Buffer.from([0]) : octets.subarray(start);
  const isNegative = ((shortest[0] ?? 0) & 0x80) !== 0;
  return tagged(0x02, isNegative ? Buffer.concat([Buffer.from([0]), shortest]) : shortest);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function oid(first: number, second: number, ...others: readonly number[]): Buffer {
  const octets = [first * 40 + second];
  for (const each of others) {
    const digits = [each & 0x7f];
    for (let rest = each >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
    octets.push(...digits);
  }
  return tagged(0x06, Buffer.from(octets));
}

const ecdsaWithSha256 = sequence(oid(1, 2, 840, 10_045, 4, 3, 2));

function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text));
}

function octetString(content: Uint8Array): Buffer {
  return tagged(0x04, content);
}

function bitString(content: Uint8Array): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]));
}

/** UTCTime until 2049 (RFC 5280 §4.1.2.5). */
function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return at.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : tagged(0x18, Buffer.from(`${digits}Z`));
}

function base64Lines(octets: Buffer): string {
  return (
    octets
      .toString('base64')
      .match(/.{1,64}/g)
      ?.join('\n') ?? ''
  );
}
