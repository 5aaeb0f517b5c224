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
  const key = { signingDomain: domain.name, selector: domain.dkimSelector, privateKey: domain.dkimPrivateKey };
  const input = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  // Its types want the key beside the list of keys; it reads only the list (7.1.0).
  const options = { ...key, canonicalization: 'relaxed/relaxed', signatureData: [key] };
  const { signatures, errors } = await dkimSign(input, options);
  const because = errors[0]?.err.message;
  if (because !== undefined || signatures === '')
    throw new Error(`DKIM for ${domain.name}: ${because ?? 'no signature'}`);
  return signatures;
}
