/**
 * A JMAP client (RFC 8620) for hard times: it says what the server answered instead of throwing at it, and it can read
 * a whole account back, octet for octet.
 */
import type { LabAccount } from '#tools/lab.ts';

export type Values = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly name: string;
  readonly values: Values;
}

export interface StoredEmail {
  readonly id: string;
  readonly blobId: string;
  readonly sizeOctets: number;
}

export interface Listener {
  /** States heard so far, in order. */
  readonly heard: readonly Values[];
  /** Resolves with the next state event that `fits`; one heard since `from` (an index of `heard`) counts. */
  readonly next: (from: number, withinMs: number) => Promise<Values>;
  readonly close: () => void;
}

export interface Jmap {
  readonly accountId: string;
  readonly url: string;
  /** One request of one call. @throws {Error} when HTTP fails or answers otherwise than 200. */
  readonly ask: (name: string, values?: Values) => Promise<Answer>;
  /** The same where an error would be a failure of the test. */
  readonly must: (name: string, values?: Values) => Promise<Values>;
  /** The HTTP status and body, whatever they are. */
  readonly post: (
    body: string | Uint8Array<ArrayBuffer>,
  ) => Promise<{ readonly status: number; readonly text: string }>;
  readonly download: (blobId: string) => Promise<Uint8Array>;
  readonly upload: (octets: Uint8Array<ArrayBuffer>) => Promise<{ readonly status: number; readonly values: Values }>;
  /** Every email of the account, oldest first. */
  readonly everything: () => Promise<readonly StoredEmail[]>;
  /** An EventSource on every type (RFC 8620 §7.3). */
  readonly listen: () => Promise<Listener>;
}

const using = [
  'urn:ietf:params:jmap:core',
  'urn:ietf:params:jmap:mail',
  'urn:ietf:params:jmap:submission',
  'urn:ietf:params:jmap:quota',
];
const perGet = 500;

export async function openJmap(url: string, account: LabAccount): Promise<Jmap> {
  const authorization = `Basic ${Buffer.from(`${account.userName}:${account.password}`).toString('base64')}`;
  const found = await fetch(new URL('/.well-known/jmap', url), { headers: { authorization } });
  if (found.status !== 200) throw new Error(`The session answered ${found.status}: ${await found.text()}`);
  const session = recordOf(await found.json());
  const accountId = textOf(recordOf(session['primaryAccounts'])['urn:ietf:params:jmap:mail']);
  const place = (key: string, names: Readonly<Record<string, string>>): URL => {
    const filled = Object.entries(names).reduce(
      (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)),
      textOf(session[key]),
    );
    return new URL(filled, url);
  };

  const post: Jmap['post'] = async (body) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(place('apiUrl', {}), { method: 'POST', headers, body });
    return { status: answer.status, text: await answer.text() };
  };
  const ask: Jmap['ask'] = async (name, values = {}) => {
    const body = JSON.stringify({ using, methodCalls: [[name, { accountId, ...values }, 'c']] });
    const { status, text } = await post(body);
    if (status !== 200) throw new Error(`${name} answered ${status}: ${text.slice(0, 500)}`);
    const [first] = listOf(recordOf(JSON.parse(text))['methodResponses']);
    const [said, given] = listOf(first);
    return { name: textOf(said), values: recordOf(given) };
  };
  const must: Jmap['must'] = async (name, values) => {
    const answer = await ask(name, values);
    if (answer.name === 'error') throw new Error(`${name} was refused: ${JSON.stringify(answer.values)}`);
    return answer.values;
  };
  const everything: Jmap['everything'] = async () => {
    const emails: StoredEmail[] = [];
    for (;;) {
      const sort = [{ property: 'receivedAt', isAscending: true }];
      const { ids } = await must('Email/query', { sort, position: emails.length, limit: perGet });
      if (listOf(ids).length === 0) return emails;
      const { list } = await must('Email/get', { ids, properties: ['id', 'blobId', 'size'] });
      const byId = new Map(
        listOf(list)
          .map(recordOf)
          .map((email) => [email['id'], email]),
      );
      for (const id of listOf(ids)) {
        const email = recordOf(byId.get(id));
        emails.push({ id: textOf(id), blobId: textOf(email['blobId']), sizeOctets: Number(email['size']) });
      }
    }
  };

  return {
    accountId,
    url,
    ask,
    must,
    post,
    everything,
    async download(blobId) {
      const target = place('downloadUrl', { accountId, blobId, name: 'message.eml', type: 'application/octet-stream' });
      const answer = await fetch(target, { headers: { authorization } });
      if (answer.status !== 200) throw new Error(`The download of ${blobId} answered ${answer.status}`);
      return new Uint8Array(await answer.arrayBuffer());
    },
    async upload(octets) {
      const headers = { authorization, 'content-type': 'application/octet-stream' };
      const answer = await fetch(place('uploadUrl', { accountId }), { method: 'POST', headers, body: octets });
      const text = await answer.text();
      return { status: answer.status, values: recordOf(JSON.parse(text)) };
    },
    listen: () => listenAt(place('eventSourceUrl', { types: '*', closeafter: 'no', ping: '0' }), authorization),
  };
}

async function listenAt(target: URL, authorization: string): Promise<Listener> {
  const stop = new AbortController();
  const answer = await fetch(target, { headers: { authorization }, signal: stop.signal });
  if (answer.status !== 200 || !answer.body) throw new Error(`EventSource answered ${answer.status}`);
  const { body } = answer;
  const heard: Values[] = [];
  let wake: () => void = () => {};
  const read = async (): Promise<void> => {
    let text = '';
    for await (const chunk of body) {
      text += Buffer.from(chunk).toString('utf8');
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (/^event: state$/m.test(event) && data !== undefined) heard.push(recordOf(JSON.parse(data)));
      }
      wake();
    }
  };
  // Ends when we or the server close it; whoever waits then runs out of time, and says so.
  void read().catch(() => {});
  return {
    heard,
    async next(from, withinMs) {
      const tooLate = performance.now() + withinMs;
      while (heard.length <= from) {
        const leftMs = tooLate - performance.now();
        if (leftMs <= 0) throw new Error(`Nothing was heard within ${withinMs} ms`);
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(resolve, leftMs);
        await promise;
        clearTimeout(timer);
      }
      return heard[from] ?? {};
    },
    close: () => stop.abort(),
  };
}

export function recordOf(value: unknown): Values {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`Not an object: ${JSON.stringify(value)}`);
  return Object.fromEntries(Object.entries(value));
}

export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`Not an array: ${JSON.stringify(value)}`);
  return value;
}

export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`Not a text: ${JSON.stringify(value)}`);
  return value;
}
