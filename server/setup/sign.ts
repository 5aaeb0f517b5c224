/**
 * Signs a document with the server's certificate, the document inside (CMS, RFC 5652 §5): Apple's devices then call a
 * profile "verified". The libraries are loaded with the first signature: most houses never make one.
 */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';

/** PEM: the chain, the server's own certificate first, and its private key. */
export interface Signer {
  readonly cert: string;
  readonly key: string;
}

const idData = '1.2.840.113549.1.7.1';
const idContentType = '1.2.840.113549.1.9.3';
const idMessageDigest = '1.2.840.113549.1.9.4';
const idSigningTime = '1.2.840.113549.1.9.5';

/**
 * @param at milliseconds since 1970: the signing time.
 * @returns DER. @throws {TypeError} where the chain is empty or the key of a kind that X.509 servers do not use.
 */
export async function signDocument(document: Uint8Array, { cert, key }: Signer, at: number): Promise<Buffer> {
  const [pki, asn1] = await Promise.all([import('pkijs'), import('asn1js')]);
  const chain = derOf(cert).map((der) => pki.Certificate.fromBER(der));
  const [own] = chain;
  if (!own) throw new TypeError('no certificate to sign with');
  const attribute = (type: string, ...values: object[]) => new pki.Attribute({ type, values });
  const digest = createHash('sha256').update(document).digest();
  const attributes = [
    attribute(idContentType, new asn1.ObjectIdentifier({ value: idData })),
    attribute(idSigningTime, new asn1.UTCTime({ valueDate: new Date(at) })),
    attribute(idMessageDigest, new asn1.OctetString({ valueHex: plain(digest) })),
  ];
  const { issuer, serialNumber } = own;
  const signed = new pki.SignedData({
    version: 1,
    encapContentInfo: new pki.EncapsulatedContentInfo({
      eContentType: idData,
      eContent: new asn1.OctetString({ valueHex: plain(document) }),
    }),
    signerInfos: [
      new pki.SignerInfo({
        version: 1,
        sid: new pki.IssuerAndSerialNumber({ issuer, serialNumber }),
        signedAttrs: new pki.SignedAndUnsignedAttributes({ type: 0, attributes }),
      }),
    ],
    certificates: chain,
  });
  await signed.sign(cryptoKeyOf(key), 0, 'SHA-256');
  const content = new pki.ContentInfo({ contentType: pki.ContentInfo.SIGNED_DATA, content: signed.toSchema(true) });
  return Buffer.from(content.toSchema().toBER());
}

/** Whether a certificate is one a stranger could believe: not one that vouches for itself. */
export function isIssued(cert: string): boolean {
  const own = new X509Certificate(cert);
  return !own.checkIssued(own);
}

function derOf(pem: string): readonly ArrayBuffer[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => plain(new X509Certificate(block).raw));
}

/** A copy whose buffer is its octets and nothing else. */
function plain(octets: Uint8Array): ArrayBuffer {
  const buffer = new ArrayBuffer(octets.length);
  new Uint8Array(buffer).set(octets);
  return buffer;
}

/** By OpenSSL's name of a curve. */
const curves: ReadonlyMap<string | undefined, string> = new Map([
  ['prime256v1', 'P-256'],
  ['secp384r1', 'P-384'],
  ['secp521r1', 'P-521'],
]);

function cryptoKeyOf(pem: string) {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType === 'rsa') {
    return key.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']);
  }
  const namedCurve = curves.get(key.asymmetricKeyDetails?.namedCurve);
  if (namedCurve === undefined) throw new TypeError(`a key of type ${key.asymmetricKeyType} cannot sign a profile`);
  return key.toCryptoKey({ name: 'ECDSA', namedCurve }, false, ['sign']);
}
