/**
 * An academy's people: 667,000 of them imported from a file, the same file compared once more, what an administrator then
 * types into the console's search, page by page, and what another directory asks and writes by SCIM; 20,000 with --quick.
 */
import { join } from 'node:path';
import type { Bench, House } from './house.ts';
import { sample, type Row } from './measure.ts';
import { writePeople } from './people.ts';

const times = 200;
const targetMs = 100;
const password = 'un mot de passe pour mesurer';
const demoSlug = 'valmont-demonstration';

export const directory: Bench = {
  name: 'directory',
  run: async (house) => {
    const people = house.isQuick ? 20_000 : 667_000;
    // The academy the administrator comes from, and then everybody else.
    await house.lab.pli(['demo', '--people', '100', '--messages', '0', '--password', password]);
    const file = join(house.folder, 'people.csv');
    await writePeople(file, people);
    const startedAt = performance.now();
    await house.lab.pli(['account', 'import', file, '--tenant', demoSlug]);
    const rows: Row[] = [
      {
        kind: 'amount',
        name: `import of ${people.toLocaleString('en')} people`,
        value: (performance.now() - startedAt) / 1000,
        unit: 's',
        ...(house.isQuick ? {} : { atMost: 600 }),
      },
    ];
    const againAt = performance.now();
    await house.lab.pli(['account', 'import', file, '--tenant', demoSlug, '--update', '--dry-run']);
    const againS = (performance.now() - againAt) / 1000;
    rows.push({ kind: 'amount', name: 'the same file once more, differences alone', value: againS, unit: 's' });
    const ask = await openConsole(house);
    for (const [name, filter] of searches) {
      await sample(10, 1, () => ask(filter));
      const title = `find people, ${name}, ${people.toLocaleString('en')} people`;
      rows.push({ kind: 'latency', name: title, samplesMs: await sample(times, 1, () => ask(filter)), targetMs });
    }
    return [...rows, ...(await provisioning(house, people))];
  },
};

/** What an identity management system does all night (RFC 7644 §3.2, §3.4.2, §3.5.2), one question after another. */
async function provisioning({ lab, ready }: House, people: number): Promise<readonly Row[]> {
  const made = await lab.pli(['scim', 'token', 'add', 'mesure', '--tenant', demoSlug, '--json']);
  const [, token = ''] = /"token":\s*"([^"]+)"/.exec(made) ?? [];
  const ask = async (method: string, path: string, body?: object): Promise<string> => {
    const answer = await fetch(`${ready.url}/scim/v2/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`SCIM refused ${method} ${path}: ${text.slice(0, 200)}`);
    return text;
  };
  const filtered = (filter: string): Promise<string> => ask('GET', `Users?filter=${encodeURIComponent(filter)}`);
  const someone = (index: number): number => (index * 7919) % people;
  const ids: string[] = [];
  const works: readonly (readonly [name: string, times: number, work: (index: number) => Promise<unknown>])[] = [
    ['one by externalId', times, (index) => filtered(`externalId eq "B${someone(index)}"`)],
    ['the first page of 100', times / 10, () => ask('GET', 'Users?startIndex=1&count=100')],
    ['a page of 100 in the middle', times / 10, () => ask('GET', `Users?startIndex=${people >> 1}&count=100`)],
    ['user names that begin so', times / 10, () => filtered('userName sw "cdupont"')],
    [
      'somebody added',
      times,
      async (index) => {
        const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
        const name = { givenName: 'Zélie', familyName: `Mesure${index}` };
        const text = await ask('POST', 'Users', { schemas, externalId: `M${index}`, userType: 'secondary', name });
        ids.push(/"id":\s*"([^"]+)"/.exec(text)?.[1] ?? '');
      },
    ],
    [
      'somebody changed',
      times,
      (index) =>
        ask('PATCH', `Users/${ids[index % ids.length]}`, {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'replace', path: 'name.givenName', value: `Zoé${index}` }],
        }),
    ],
  ];
  const rows: Row[] = [];
  for (const [name, often, work] of works)
    rows.push({ kind: 'latency', name: `SCIM, ${name}`, samplesMs: await sample(often, 1, work), targetMs });
  return rows;
}

type Filter = Readonly<Record<string, string>>;

const searches: readonly (readonly [name: string, filter: Filter])[] = [
  ['nothing typed', {}],
  ['two letters', { text: 'ma' }],
  ['a family name', { text: 'martin' }],
  ['two names', { text: 'martin claire' }],
  ['two words hundreds of thousands have', { text: 'eleve zoe' }],
  ['a user name', { text: 'cdupont' }],
  ['an address', { text: 'claire.dupont@' }],
  ['a state', { state: 'locked' }],
  ['a state and a name', { state: 'provisioned', text: 'martin' }],
];

/** Signs in as the administrator of the academy: a role counts in a browser session alone. */
async function openConsole({ ready }: House): Promise<(filter: Filter) => Promise<void>> {
  const login = await fetch(`${ready.url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName: 'nbenali', password }),
  });
  if (!login.ok) throw new Error(`Nobody is logged in: ${login.status}`);
  const headers = {
    cookie: login.headers.get('set-cookie')?.split(';', 1)[0] ?? '',
    'x-pli-client': 'web',
    'content-type': 'application/json',
  };
  const session: unknown = await (await fetch(`${ready.url}/.well-known/jmap`, { headers })).json();
  const accountId = /"(a\d+)":\{[^}]*"isPersonal":true/.exec(JSON.stringify(session))?.[1] ?? '';
  const reference = { resultOf: 'q', name: 'Person/query', path: '/ids' };
  return async (filter) => {
    const answer = await fetch(`${ready.url}/jmap/api`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        using: ['urn:ietf:params:jmap:core', 'urn:pli:params:jmap:console'],
        methodCalls: [
          ['Person/query', { accountId, filter, limit: 51 }, 'q'],
          ['Person/get', { accountId, '#ids': reference }, 'g'],
        ],
      }),
    });
    const text = await answer.text();
    if (!answer.ok || text.includes('["error"')) throw new Error(`JMAP refused: ${text.slice(0, 200)}`);
  };
}
