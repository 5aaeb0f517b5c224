/** Certificates for tests: self-signed, made on the spot, trusted only by who is handed them. */
import { type Certificate, makeCertificate } from '#server/ops/certificate.ts';

/** PEM, valid from yesterday for `name`, localhost and the loopback addresses. */
export function testCertificate(name: string): Certificate {
  return makeCertificate(name, new Date(Date.now() - 86_400_000));
}
