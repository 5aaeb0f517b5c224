/** Whether an address leads out of the house: what others make us connect to must not reach inside (RFC 6890). */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIPv4, isIPv6, type LookupFunction } from 'node:net';

const inside = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(network, prefix, 'ipv4');
}

/** Global unicast as it is given out today, but for the ways in which IPv4 hides in it. */
const outside = new BlockList();
outside.addSubnet('2000::', 3, 'ipv6');
const hidden = new BlockList();
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  hidden.addSubnet(network, prefix, 'ipv6');
}

export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !inside.check(address, 'ipv4');
  if (!isIPv6(address)) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  return outside.check(address, 'ipv6') && !hidden.check(address, 'ipv6');
}

/** Resolves as ever, then keeps only addresses that lead out: what is checked is what is connected to. */
export const publicLookup: LookupFunction = (hostName, options, done) => {
  resolve(hostName, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const reachable = error ? [] : addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = reachable;
    if (!first) done(error ?? new Error('not a public address'), []);
    else if (options.all) done(null, reachable);
    else done(null, first.address, first.family);
  });
};
