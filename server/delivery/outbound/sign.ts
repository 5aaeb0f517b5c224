/** DKIM (RFC 6376): what leaves the house is signed with the key of the domain it says it is from. */
import type { Domain } from '#server/directory/domain.ts';

/**
 * @param octets as they will travel, lines ending in CR LF.
 * @returns the DKIM-Signature field, ending in CR LF; empty when the domain has no key.
 * @throws {Error} when the key cannot sign: an operator must mend it, and the message waits.
 */
export async function signatureOf(octets: Uint8Array, domain: Domain | undefined): Promise<string> {
  if (!domain || domain.dkimSelector === null || domain.dkimPrivateKey === null) return '';
  // Loaded with the first message that leaves: most processes of a command line never need it.
  const { dkimSign } = await import('mailauth');
  const { signatures, errors } = await dkimSign(Buffer.from(octets.buffer, octets.byteOffset, octets.length), {
    signingDomain: domain.name,
    selector: domain.dkimSelector,
    privateKey: domain.dkimPrivateKey,
    canonicalization: 'relaxed/relaxed',
  });
  const [first] = errors;
  if (first) throw new Error(`DKIM for ${domain.name}: ${first.err.message}`, { cause: first.err });
  return signatures;
}
