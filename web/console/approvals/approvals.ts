/** Acts that wait for a second administrator, as the console asks for them, and the word of that one. */
import { oneOf, refusable } from '#web/console/console.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, number, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export const shownViews = ['toDecide', 'own', 'decided'] as const;
export type ShownView = (typeof shownViews)[number];

export const stateNames = ['waiting', 'approved', 'refused', 'withdrawn', 'lapsed', 'overtaken'] as const;

export interface ApprovalRow {
  readonly id: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly personId: string;
  readonly personName: string;
  readonly unitName: string;
  readonly authorName: string;
  readonly isOwn: boolean;
  readonly reason: string;
  readonly createdAt: string;
  readonly until: string;
  readonly state: (typeof stateNames)[number];
  readonly decidedAt: string;
  readonly deciderName: string;
  readonly answer: string;
  readonly hasOutcome: boolean;
}

/** A text says why not. @throws as `client.request` does. */
export async function fetchApprovals(
  sync: Sync,
  accountId: AccountId,
  view: ShownView,
): Promise<readonly ApprovalRow[] | string> {
  const answer = await refusable(async () =>
    (await sync.client.request([['Approval/get', { accountId, view }, 'g']])).of('g'),
  );
  return typeof answer === 'string' ? answer : list(answer['list'], readRow);
}

function readRow(value: unknown): ApprovalRow {
  const it = object(value);
  return {
    id: text(it['id']),
    details: object(it['details']),
    personId: textOr(it['personId'], ''),
    personName: textOr(it['personName'], ''),
    unitName: textOr(it['unitName'], ''),
    authorName: textOr(it['authorName'], ''),
    isOwn: it['isOwn'] === true,
    reason: textOr(it['reason'], ''),
    createdAt: text(it['createdAt']),
    until: text(it['until']),
    state: oneOf(stateNames, it['state'], 'overtaken'),
    decidedAt: textOr(it['decidedAt'], ''),
    deciderName: textOr(it['deciderName'], ''),
    answer: textOr(it['answer'], ''),
    hasOutcome: it['hasOutcome'] === true,
  };
}

export interface Word {
  readonly id: string;
  readonly action: 'approve' | 'refuse' | 'withdraw';
  readonly answer: string;
}

/** @returns the type of what stood in the way; undefined when it is done. */
export async function decide(sync: Sync, accountId: AccountId, word: Word): Promise<string | undefined> {
  const answer = await refusable(async () =>
    (await sync.client.request([['Approval/decide', { accountId, ...word }, 'd']])).of('d'),
  );
  return typeof answer === 'string' ? answer : undefined;
}

/** The secret an act made, for its author. */
export async function fetchOutcome(
  sync: Sync,
  accountId: AccountId,
  id: string,
): Promise<{ readonly secret: string } | string> {
  const answer = await refusable(async () =>
    (await sync.client.request([['Approval/outcome', { accountId, id }, 'o']])).of('o'),
  );
  return typeof answer === 'string' ? answer : { secret: text(answer['secret']) };
}

/** A number among the details; undefined where there is none. */
export function numberIn({ details }: ApprovalRow, name: string): number | undefined {
  return typeof details[name] === 'number' ? number(details[name]) : undefined;
}

/** Rules that are to be others, each as `group.option: old → new`. */
export function changesIn({ details }: ApprovalRow): readonly string[] {
  return details['changes'] === undefined ? [] : list(details['changes'], text);
}

export function textIn({ details }: ApprovalRow, name: string): string {
  return textOr(details[name], '');
}
