/** What an administrator types into the console's search, among 667,000 people and page by page; 2,000 with --quick. */
import type { Bench, House } from './house.ts';
import { sample, type Row } from './measure.ts';

const times = 200;
const targetMs = 100;
const password = 'un mot de passe pour mesurer';

export const directory: Bench = {
  name: 'directory',
  run: async (house) => {
    const people = house.isQuick ? 2_000 : 667_000;
    await house.lab.pli(['demo', '--people', String(people), '--messages', '0', '--password', password]);
    const ask = await openConsole(house);
    const rows: Row[] = [];
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
