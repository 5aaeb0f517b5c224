/** What the web client asks all day, in a mailbox of 20,000 and of 100,000, alone and with 16 at once. */
import { portOf, type Bench, type House } from './house.ts';
import { arrayOf, openJmap, recordOf, type Call, type JmapClient } from './jmap-client.ts';
import { load } from './lmtp.ts';
import { sample, type Row } from './measure.ts';

const times = 400;
const parallel = 16;
const messageOctets = 4_000;

export const mailboxes: Bench = {
  name: 'jmap',
  run: async (house) => {
    const rows: Row[] = [];
    for (const count of house.isQuick ? [2_000] : [20_000, 100_000]) rows.push(...(await measureMailbox(house, count)));
    return rows;
  },
};

async function measureMailbox(house: House, count: number): Promise<readonly Row[]> {
  const account = await house.lab.addAccount(`lit${count}`);
  await load({ port: portOf(house, 'lmtp'), recipients: [account.email] }, messageOctets, count, 32);
  const client = await openJmap(house.ready.url, account, parallel);
  const actions = await planActions(client);
  const rows: Row[] = [];
  for (const { name, targetMs, act } of actions) {
    await sample(30, 1, act); // warm: the promise is about a working day, not its first second
    const title = `${name}, ${count.toLocaleString('en')} messages`;
    const target = targetMs === undefined ? {} : { targetMs };
    rows.push({ kind: 'latency', name: title, samplesMs: await sample(times, 1, act), ...target });
    rows.push({
      kind: 'latency',
      name: `${title}, ${parallel} at once`,
      samplesMs: await sample(times * 2, parallel, act),
    });
  }
  client.close();
  return rows;
}

interface Action {
  readonly name: string;
  readonly targetMs?: number;
  readonly act: (index: number) => Promise<unknown>;
}

async function planActions(client: JmapClient): Promise<readonly Action[]> {
  const [mailboxList] = await client.call(['Mailbox/query', { filter: { role: 'inbox' } }, 'm']);
  const inMailbox = String(arrayOf(mailboxList?.['ids'])[0]);
  const [query, got] = await client.call(...inboxCalls(inMailbox, 50));
  const ids = arrayOf(query?.['ids']).map(String);
  const sinceState = String(got?.['state']);
  const idAt = (index: number): string => ids[index % ids.length] ?? '';
  let asked = 0;
  const words = ['réunion', 'circulaire', 'vendredi', 'convocation'];
  return [
    { name: 'open the inbox (query + get of 50)', targetMs: 5, act: () => client.call(...inboxCalls(inMailbox, 50)) },
    { name: 'open a message', targetMs: 5, act: (index) => client.call(messageCall(idAt(index))) },
    {
      name: 'flag',
      targetMs: 3,
      act: async (index) => {
        const patch = { 'keywords/$flagged': Math.floor(index / ids.length) % 2 === 0 ? true : null };
        const [answer] = await client.call(['Email/set', { update: { [idAt(index)]: patch } }, 's']);
        if (Object.keys(recordOf(answer?.['updated'])).length !== 1)
          throw new Error(`Not flagged: ${JSON.stringify(answer)}`);
      },
    },
    {
      name: 'search a word',
      targetMs: 50,
      act: () => {
        // Never the same question twice: a list is kept a while, and that is not what is measured.
        asked += 1;
        const filter = { text: words[asked % words.length], minSize: asked };
        return client.call(['Email/query', { filter, ...newestFirst, limit: 50 }, 'q']);
      },
    },
    { name: 'changes', act: () => client.call(['Email/changes', { sinceState, maxChanges: 100 }, 'c']) },
  ];
}

const newestFirst = { sort: [{ property: 'receivedAt', isAscending: false }] };

function inboxCalls(inMailbox: string, limit: number): readonly Call[] {
  const properties = [
    'id',
    'threadId',
    'mailboxIds',
    'keywords',
    'from',
    'subject',
    'receivedAt',
    'preview',
    'hasAttachment',
    'size',
  ];
  return [
    ['Email/query', { filter: { inMailbox }, ...newestFirst, collapseThreads: true, limit }, 'q'],
    ['Email/get', { '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' }, properties }, 'g'],
  ];
}

function messageCall(id: string): Call {
  const properties = ['from', 'to', 'cc', 'subject', 'receivedAt', 'htmlBody', 'textBody', 'attachments', 'bodyValues'];
  return ['Email/get', { ids: [id], properties, fetchHTMLBodyValues: true, fetchTextBodyValues: true }, 'g'];
}
