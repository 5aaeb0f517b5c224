/** Mail domains as the console asks for them: what DNS must say of each, and what it says now. */
import { refusable } from '#web/console/console.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, numberOr, object, text } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface DomainRow {
  readonly name: string;
  readonly isDefault: boolean;
  readonly records: readonly { readonly type: string; readonly name: string; readonly value: string }[];
}

/** A text says why not. @throws as `client.request` does. */
export async function fetchDomains(sync: Sync, accountId: AccountId): Promise<readonly DomainRow[] | string> {
  const answer = await refusable(async () => (await sync.client.request([['Domain/get', { accountId }, 'g']])).of('g'));
  if (typeof answer === 'string') return answer;
  return list(answer['list'], (value) => {
    const it = object(value);
    return {
      name: text(it['name']),
      isDefault: it['isDefault'] === true,
      records: list(it['records'], (one) => {
        const record = object(one);
        return { type: text(record['type']), name: text(record['name']), value: text(record['value']) };
      }),
    };
  });
}

const states = ['good', 'doubtful', 'bad'] as const;

export type Finding = (typeof states)[number];

/** In the order of the records; a text says why not. */
export async function checkDomain(
  sync: Sync,
  accountId: AccountId,
  name: string,
): Promise<readonly Finding[] | string> {
  const answer = await refusable(async () =>
    (await sync.client.request([['Domain/check', { accountId, name }, 'c']])).of('c'),
  );
  if (typeof answer === 'string') return answer;
  return list(answer['findings'], (value) => {
    const { state } = object(value);
    return states.find((one) => one === state) ?? 'doubtful';
  });
}

/** @returns how many addresses stand in the way, of `remove`; the type of what else did. */
export async function changeDomain(
  sync: Sync,
  method: 'Domain/add' | 'Domain/makeDefault' | 'Domain/remove',
  args: { readonly accountId: AccountId; readonly name: string },
): Promise<number | string> {
  const answer = await refusable(async () => (await sync.client.request([[method, { ...args }, 'c']])).of('c'));
  return typeof answer === 'string' ? answer : numberOr(answer['addresses'], 0);
}
