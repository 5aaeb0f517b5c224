/**
 * An academy's people: 667,000 of them imported from a file, and what an administrator then types into the console's
 * search, page by page; 20,000 with --quick.
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
    const ask = await openConsole(house);
    for (const [name, filter] of searches) {
      await sample(10, 1, () => ask(filter));
      const title = `find people, ${name}, ${people.toLocaleString('en')} people`;
      rows.push({ kind: 'latency', name: title, samplesMs: await sample(times, 1, () => ask(filter)), targetMs });
    }
    return rows;
  },
};

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
