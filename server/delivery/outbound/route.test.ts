import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AddressLookup, type MxLookup, planRoute, planTargets } from './route.ts';

const found = (...records: readonly (readonly [number, string])[]): MxLookup => ({
  kind: 'found',
  records: records.map(([priority, exchange]) => ({ priority, exchange })),
});
const hosts = (...names: readonly string[]) => ({ kind: 'hosts', names });
const nowhere = (because: string, status: string) => ({ kind: 'nowhere', because, status });

const rows = [
  {
    domain: 'a.fr',
    mx: found([20, 'b.a.fr'], [10, 'A.a.fr.']),
    route: hosts('a.a.fr', 'b.a.fr'),
    because: 'lowest first',
  },
  { domain: 'a.fr', mx: found([10, 'x.fr'], [20, 'x.fr']), route: hosts('x.fr'), because: 'a host is tried once' },
  { domain: 'A.fr', mx: { kind: 'noRecords' }, route: hosts('a.fr'), because: 'without MX the domain is its host' },
  { domain: 'a.fr', mx: { kind: 'noDomain' }, route: nowhere('noSuchDomain', '5.1.2'), because: 'NXDOMAIN' },
  { domain: 'a.fr', mx: { kind: 'failed' }, route: { kind: 'later' }, because: 'no word is not a no' },
  { domain: 'a.fr', mx: found([0, '.']), route: nowhere('nullMx', '5.1.10'), because: 'RFC 7505' },
  { domain: 'a.fr', mx: found([0, '']), route: nowhere('nullMx', '5.1.10'), because: 'as node:dns writes the root' },
  {
    domain: 'a.fr',
    mx: found([0, '.'], [10, 'x.fr']),
    route: hosts('x.fr'),
    because: 'a null MX among others is a mistake',
  },
  {
    domain: 'a.fr',
    mx: found([10, 'x.fr'], [20, 'Us.fr'], [30, 'y.fr']),
    route: hosts('x.fr'),
    because: 'only better than us',
  },
  {
    domain: 'a.fr',
    mx: found([10, 'us.fr'], [20, 'y.fr']),
    route: nowhere('loopsBack', '5.4.6'),
    because: 'we are the best',
  },
  {
    domain: 'a.fr',
    mx: found([10, 'x.fr'], [10, 'us.fr']),
    route: nowhere('loopsBack', '5.4.6'),
    because: 'equal to us',
  },
  {
    domain: 'us.fr',
    mx: { kind: 'noRecords' },
    route: nowhere('loopsBack', '5.4.6'),
    because: 'its own host, and that is us',
  },
  {
    domain: '[192.0.2.1]',
    mx: { kind: 'failed' },
    route: { kind: 'address', address: '192.0.2.1' },
    because: 'a literal',
  },
  {
    domain: '[IPv6:::1]',
    mx: { kind: 'failed' },
    route: { kind: 'address', address: '::1' },
    because: 'an IPv6 literal',
  },
] satisfies readonly { domain: string; mx: MxLookup; route: object; because: string }[];

test('a domain leads to its hosts', () => {
  for (const { domain, mx, route, because } of rows) {
    assert.deepEqual(
      planRoute(domain, mx, new Set(['us.fr']), () => 0.5),
      route,
      because,
    );
  }
});

test('hosts of equal preference share the load, and never pass a better one', () => {
  const firsts = new Map<string, number>();
  let state = 1;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let count = 0; count < 3000; count += 1) {
    const route = planRoute(
      'a.fr',
      found([20, 'last.fr'], [10, 'x.fr'], [10, 'y.fr'], [10, 'z.fr']),
      new Set(),
      random,
    );
    assert.ok(route.kind === 'hosts' && route.names.at(-1) === 'last.fr');
    const [first = ''] = route.names;
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  assert.deepEqual(Array.from(firsts.keys()).sort(), ['x.fr', 'y.fr', 'z.fr']);
  for (const times of firsts.values()) assert.ok(times > 800 && times < 1200, `${times} of 3000`);
});

test('hostile answers stay bounded', () => {
  const many = Array.from({ length: 500 }, (_, index) => [index, `h${index}.fr`] as const);
  const route = planRoute('a.fr', found(...many), new Set(), () => 0);
  assert.ok(route.kind === 'hosts' && route.names.length === 10);
});

test('addresses follow their hosts; no address at all is for good only when the DNS says so of each', () => {
  const x: AddressLookup = { kind: 'found', addresses: ['2001:db8::1', '192.0.2.1'] };
  const targets = [
    { name: 'x.fr', address: '2001:db8::1' },
    { name: 'x.fr', address: '192.0.2.1' },
  ];
  assert.deepEqual(
    planTargets([
      { name: 'n.fr', lookup: { kind: 'none' } },
      { name: 'x.fr', lookup: x },
    ]),
    {
      kind: 'targets',
      targets,
    },
  );
  assert.deepEqual(planTargets([{ name: 'n.fr', lookup: { kind: 'none' } }]), nowhere('noAddress', '5.4.4'));
  const mixed = [
    { name: 'n.fr', lookup: { kind: 'none' } },
    { name: 'f.fr', lookup: { kind: 'failed' } },
  ] as const;
  assert.deepEqual(planTargets(mixed), { kind: 'later' });
});
