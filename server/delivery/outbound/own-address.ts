/** Addresses that lead back to this machine: mail for a domain we do not know must never be sent to them (RFC 5321 §5.1). */
import { networkInterfaces } from 'node:os';

/** Asked each time: interfaces come and go. */
export function isOwnAddress(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  if (/^(?:127\.|0\.)/.test(plain) || plain === '::1' || plain === '::') return true;
  return Object.values(networkInterfaces()).some((those) => those?.some((one) => one.address.toLowerCase() === plain));
}
