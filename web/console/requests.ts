/** Wishes for more room as the console asks for them, and their answers. */
import type { AccountId } from '#web/sync/records.ts';
import { list, number, numberOr, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { refusable } from './console.ts';

export const shownStates = ['waiting', 'granted', 'refused'] as const;
export type ShownState = (typeof shownStates)[number];

export interface RequestRow {
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly unitName: string;
  readonly askedOctets: number;
  readonly quotaOctets: number | undefined;
  readonly usedOctets: number;
  readonly reason: string;
  readonly until: string;
  readonly createdAt: string;
  readonly decidedAt: string;
  readonly deciderName: string;
  readonly answer: string;
  readonly grantedOctets: number | undefined;
  readonly endsAt: string;
}

/** A text says why not. @throws as `client.request` does. */
export async function fetchRequests(
  sync: Sync,
  accountId: AccountId,
  state: ShownState,
): Promise<readonly RequestRow[] | string> {
  const answer = await refusable(async () =>
    (await sync.client.request([['QuotaRequest/get', { accountId, state }, 'g']])).of('g'),
  );
  return typeof answer === 'string' ? answer : list(answer['list'], readRow);
}

function readRow(value: unknown): RequestRow {
  const it = object(value);
  return {
    id: text(it['id']),
    personId: text(it['personId']),
    name: text(it['name']),
    email: text(it['email']),
    unitName: textOr(it['unitName'], ''),
    askedOctets: number(it['askedOctets']),
    quotaOctets: numberOr(it['quotaOctets'], undefined),
    usedOctets: number(it['usedOctets']),
    reason: text(it['reason']),
    until: textOr(it['until'], ''),
    createdAt: text(it['createdAt']),
    decidedAt: textOr(it['decidedAt'], ''),
    deciderName: textOr(it['deciderName'], ''),
    answer: textOr(it['answer'], ''),
    grantedOctets: numberOr(it['grantedOctets'], undefined),
    endsAt: textOr(it['endsAt'], ''),
  };
}

/** @returns the type of what stood in the way; undefined when it is done. */
export async function decideRequest(
  sync: Sync,
  accountId: AccountId,
  decision: JsonObject,
): Promise<string | undefined> {
  const answer = await refusable(async () =>
    (await sync.client.request([['QuotaRequest/decide', { accountId, ...decision }, 'd']])).of('d'),
  );
  return typeof answer === 'string' ? answer : undefined;
}
