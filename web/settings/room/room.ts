/** One's own room and what one asked for, as the server says it. */
import { refusable } from '#web/console/console.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, number, numberOr, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

const states = ['waiting', 'granted', 'refused', 'withdrawn', 'ended'] as const;

export interface OwnRequest {
  readonly state: (typeof states)[number];
  readonly askedOctets: number;
  readonly reason: string;
  readonly until: string;
  readonly createdAt: string;
  readonly answer: string;
  readonly grantedOctets: number | undefined;
  readonly endsAt: string;
}

export interface OwnRoom {
  readonly quotaOctets: number | undefined;
  readonly usedOctets: number;
  readonly mayAsk: boolean;
  readonly mostGb: number | undefined;
  readonly longestDays: number | undefined;
  readonly requests: readonly OwnRequest[];
}

/** @throws as `client.request` does. */
export async function fetchRoom(sync: Sync, accountId: AccountId): Promise<OwnRoom> {
  const answer = (await sync.client.request([['OwnQuota/get', { accountId }, 'g']])).of('g');
  return {
    quotaOctets: numberOr(answer['quotaOctets'], undefined),
    usedOctets: number(answer['usedOctets']),
    mayAsk: answer['mayAsk'] === true,
    mostGb: numberOr(answer['mostGb'], undefined),
    longestDays: numberOr(answer['longestDays'], undefined),
    requests: list(answer['requests'], (value) => {
      const it = object(value);
      return {
        state: states.find((one) => one === it['state']) ?? 'ended',
        askedOctets: number(it['askedOctets']),
        reason: text(it['reason']),
        until: textOr(it['until'], ''),
        createdAt: text(it['createdAt']),
        answer: textOr(it['answer'], ''),
        grantedOctets: numberOr(it['grantedOctets'], undefined),
        endsAt: textOr(it['endsAt'], ''),
      };
    }),
  };
}

/** @returns the type of what stood in the way; undefined when it is done. */
export async function changeRoom(
  sync: Sync,
  method: 'OwnQuota/ask' | 'OwnQuota/withdraw',
  args: JsonObject,
): Promise<string | undefined> {
  const answer = await refusable(async () => (await sync.client.request([[method, args, 'set']])).of('set'));
  return typeof answer === 'string' ? answer : undefined;
}
