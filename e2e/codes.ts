/** Codes sent by mail, read where they came: over JMAP, in the mailbox of a person of the house. */
import { setTimeout } from 'node:timers/promises';
import type { LabAccount } from '#tools/lab.ts';
import type { House } from './harness.ts';

const withinMs = 60_000;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The six digits of the newest letter whose subject holds `words`. @throws {Error} where none comes. */
export async function codeFor(house: House, account: LabAccount, words: string): Promise<string> {
  const endAt = performance.now() + withinMs;
  while (performance.now() < endAt) {
    const subject = (await subjectsOf(house, account)).find((one) => one.includes(words));
    const digits = subject?.replaceAll(/\D/g, '').slice(0, 6);
    if (digits?.length === 6) return digits;
    await setTimeout(200);
  }
  throw new Error(`no letter with ${words} came to ${account.email}`);
}

/** Of the newest letters, the newest first. */
export async function subjectsOf({ ready }: House, { userName, password }: LabAccount): Promise<readonly string[]> {
  const authorization = `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
  const session: unknown = await (await fetch(`${ready.url}/.well-known/jmap`, { headers: { authorization } })).json();
  const primary = isObject(session) && isObject(session['primaryAccounts']) ? session['primaryAccounts'] : {};
  const accountId = primary['urn:ietf:params:jmap:mail'];
  const sort = [{ property: 'receivedAt', isAscending: false }];
  const apiUrl = isObject(session) ? String(session['apiUrl']) : '';
  const response = await fetch(new URL(apiUrl, ready.url), {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      using: ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'],
      methodCalls: [
        ['Email/query', { accountId, sort, limit: 20 }, 'q'],
        [
          'Email/get',
          { accountId, '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' }, properties: ['subject'] },
          'g',
        ],
      ],
    }),
  });
  const answer: unknown = await response.json();
  const calls: readonly unknown[] =
    isObject(answer) && Array.isArray(answer['methodResponses']) ? answer['methodResponses'] : [];
  const got: unknown = calls[1];
  const found: unknown = Array.isArray(got) ? got[1] : undefined;
  const list: readonly unknown[] = isObject(found) && Array.isArray(found['list']) ? found['list'] : [];
  return list.map((email) => (isObject(email) ? String(email['subject']) : ''));
}
