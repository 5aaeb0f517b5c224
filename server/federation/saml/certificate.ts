/** The key we sign SAML requests with, one for each provider, in a certificate that says nothing but whose it is. */
import { webcrypto } from 'node:crypto';

export interface SigningKey {
  /** PEM. */
  readonly privateKey: string;
  readonly certificate: string;
}

const validYears = 20;

/** RSA of 2048 bits: what every SAML server can verify. */
export async function newSigningKey(from: Date = new Date()): Promise<SigningKey> {
  const [pki, asn1] = await Promise.all([import('pkijs'), import('asn1js')]);
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const { privateKey, publicKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const name = () => new pki.AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1.Utf8String({ value: 'Pli' }) });
  const certificate = new pki.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1.Integer({ value: 1 });
  certificate.issuer.typesAndValues.push(name());
  certificate.subject.typesAndValues.push(name());
  const until = new Date(from);
  until.setUTCFullYear(from.getUTCFullYear() + validYears);
  certificate.notBefore.value = from;
  certificate.notAfter.value = until;
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  await certificate.sign(privateKey, 'SHA-256');
  return {
    privateKey: printPem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', privateKey)),
    certificate: printPem('CERTIFICATE', certificate.toSchema(true).toBER()),
  };
}

function printPem(label: string, octets: ArrayBuffer): string {
  const lines = Buffer.from(octets).toString('base64').replaceAll(/.{64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines.trimEnd()}\n-----END ${label}-----\n`;
}
