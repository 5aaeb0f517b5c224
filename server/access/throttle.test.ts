import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { networkOf, planWait } from './throttle.ts';

const networks = [
  { address: '192.0.2.1', network: '192.0.2.1', because: 'an IPv4 address is its own' },
  { address: '::ffff:192.0.2.1', network: '192.0.2.1', because: 'mapped, it is the same one' },
  { address: '2001:db8:1:2:3:4:5:6', network: '2001:db8:1:2::/64', because: 'the /64 counts' },
  { address: '2001:DB8:1:2::', network: '2001:db8:1:2::/64', because: 'however it is written' },
  { address: '2001:0db8:0001:0002::9', network: '2001:db8:1:2::/64', because: 'zeros before do not count' },
  { address: '2001:db8::1', network: '2001:db8:0:0::/64', because: 'zeros left out are zeros' },
  { address: 'fe80::1%eth0', network: 'fe80:0:0:0::/64', because: 'the zone is ours, not theirs' },
  { address: '::1', network: '0:0:0:0::/64', because: 'loopback' },
  { address: '64:ff9b::192.0.2.1', network: '64:ff9b:0:0::/64', because: 'its end may be written as IPv4' },
];

describe('the brake on guessing', () => {
  for (const { address, network, because } of networks)
    it(`counts ${address} as ${network}: ${because}`, () => assert.equal(networkOf(address), network));

  it('waits longer after each failure, up to a limit', () => {
    const brake = { free: 5, firstWaitMs: 2_000, longestWaitMs: 15 * 60_000 };
    assert.deepEqual(
      [0, 4, 5, 6, 7, 50, 1e9].map((failures) => planWait(failures, brake)),
      [0, 0, 2_000, 4_000, 8_000, 900_000, 900_000],
    );
  });
});
