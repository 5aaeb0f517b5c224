/** A JMAP client (RFC 8620) over kept connections, with Basic as the client's way in. */
import { Agent, request, type IncomingMessage } from 'node:http';
import type { LabAccount } from '#tools/lab.ts';

export type Call = readonly [name: string, values: Readonly<Record<string, unknown>>, id: string];

export interface JmapClient {
  readonly accountId: string;
  /** @returns the values of each response, in order. @throws {Error} when one of them is an error. */
  readonly call: (...calls: readonly Call[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Opens an EventSource (RFC 8620 §7.3) on all types. The caller destroys it. */
  readonly listen: () => Promise<IncomingMessage>;
  readonly close: () => void;
}

const using = ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'];

export async function openJmap(url: string, account: LabAccount, connections: number): Promise<JmapClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const authorization = `Basic ${Buffer.from(`${account.userName}:${account.password}`).toString('base64')}`;
  const ask = (target: string, body: string | undefined, own: Agent | false): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? { authorization } : { authorization, 'content-type': 'application/json' };
      const asked = request(
        new URL(target, url),
        { method: body === undefined ? 'GET' : 'POST', agent: own, headers },
        (answer) => {
          if (answer.statusCode === 200) resolve(answer);
          else reject(new Error(`${target} answered ${answer.statusCode}`));
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  const session = recordOf(await readJson(await ask('/.well-known/jmap', undefined, agent)));
  const accountId = String(recordOf(session['primaryAccounts'])['urn:ietf:params:jmap:mail']);
  const apiUrl = String(session['apiUrl']);
  const eventsUrl = String(session['eventSourceUrl'])
    .replace('{types}', '*')
    .replace('{closeafter}', 'no')
    .replace('{ping}', '0');
  return {
    accountId,
    call: async (...calls) => {
      const methodCalls = calls.map(([name, values, id]) => [name, { accountId, ...values }, id]);
      const answer = recordOf(await readJson(await ask(apiUrl, JSON.stringify({ using, methodCalls }), agent)));
      return arrayOf(answer['methodResponses']).map((response) => {
        const [name, values] = arrayOf(response);
        if (name === 'error') throw new Error(`JMAP refused: ${JSON.stringify(values)}`);
        return recordOf(values);
      });
    },
    listen: () => ask(eventsUrl, undefined, false),
    close: () => agent.destroy(),
  };
}

async function readJson(answer: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) if (chunk instanceof Buffer) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

export function arrayOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`Not an array: ${JSON.stringify(value)}`);
  return value;
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`Not an object: ${JSON.stringify(value)}`);
  return Object.fromEntries(Object.entries(value));
}
