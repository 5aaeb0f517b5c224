/** What the screen of groups asks of the server, and what it reads of the answers. */
import { oneOf, setConsole } from '#web/console/console.ts';
import { refusalText } from '#web/console/refusals.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, number, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { t } from '#web/words/groups.ts';

export const senderNames = ['tenant', 'members', 'named'] as const;
export type SenderName = (typeof senderNames)[number];

export interface GroupRow {
  readonly id: string;
  readonly name: string;
  /** '' for the whole institution. */
  readonly unitName: string;
  /** '' without one. */
  readonly email: string;
  readonly memberCount: number;
}

const memberKinds = ['person', 'group', 'unit'] as const;
export type MemberKind = (typeof memberKinds)[number];

export interface Member {
  readonly id: string;
  /** `unit`: everybody of it and of those below. */
  readonly kind: MemberKind;
  readonly name: string;
  readonly email: string;
}

export interface GroupCard extends GroupRow {
  readonly senders: SenderName;
  readonly mayChange: boolean;
  readonly members: readonly Member[];
  readonly writers: readonly Member[];
  /** The first of those the group means, through its units and the groups within it. */
  readonly everyone: readonly Member[];
  readonly everyoneCount: number;
}

const rowProperties = ['name', 'unitName', 'email', 'memberCount'];
const cardProperties = [...rowProperties, 'senders', 'mayChange', 'members', 'writers', 'everyone', 'everyoneCount'];

function readRow(value: unknown): GroupRow {
  const it = object(value);
  return {
    id: text(it['id']),
    name: text(it['name']),
    unitName: textOr(it['unitName'], ''),
    email: textOr(it['email'], ''),
    memberCount: number(it['memberCount']),
  };
}

function readMember(value: unknown): Member {
  const it = object(value);
  return {
    id: text(it['id']),
    kind: oneOf(memberKinds, it['kind'], 'person'),
    name: text(it['name']),
    email: textOr(it['email'], ''),
  };
}

export interface GroupPage {
  readonly groups: readonly GroupRow[];
  readonly hasMore: boolean;
}

const pageSize = 50;

/** A page of those that fit, by name, after the last one of the page before. @throws as `client.request` does. */
export async function searchGroups(
  sync: Sync,
  accountId: AccountId,
  typed: string,
  after?: string,
  limit: number = pageSize,
): Promise<GroupPage> {
  const filter = typed.trim() === '' ? {} : { filter: { text: typed } };
  const page = { limit: limit + 1, ...(after !== undefined && { anchor: after, anchorOffset: 1 }) };
  const answers = await sync.client.request([
    ['Group/query', { accountId, ...filter, ...page }, 'q'],
    [
      'Group/get',
      { accountId, '#ids': { resultOf: 'q', name: 'Group/query', path: '/ids' }, properties: rowProperties },
      'g',
    ],
  ]);
  const ids = list(answers.of('q')['ids'], text);
  const rows = new Map(list(answers.of('g')['list'], readRow).map((row) => [row.id, row]));
  const groups = ids.flatMap((id) => rows.get(id) ?? []);
  return { groups: groups.slice(0, limit), hasMore: ids.length > limit };
}

/** `gone` for one out of reach. @throws as `client.request` does. */
export async function fetchGroup(sync: Sync, accountId: AccountId, id: string): Promise<GroupCard | 'gone'> {
  const call = ['Group/get', { accountId, ids: [id], properties: cardProperties }, 'g'] as const;
  const [card] = list((await sync.client.request([call])).of('g')['list'], (value): GroupCard => {
    const it = object(value);
    return {
      ...readRow(value),
      senders: senderNames.find((one) => one === it['senders']) ?? 'tenant',
      mayChange: it['mayChange'] === true,
      members: list(it['members'], readMember),
      writers: list(it['writers'], readMember),
      everyone: list(it['everyone'], readMember),
      everyoneCount: number(it['everyoneCount']),
    };
  });
  return card ?? 'gone';
}

export interface NewGroup {
  readonly name: string;
  readonly unitId: string | null;
  readonly senders: SenderName;
  /** Undefined: the one that `planEmail` asks for, or none. */
  readonly email?: string;
  readonly planEmail?: boolean;
}

export type Made = { readonly kind: 'made'; readonly id: string } | { readonly kind: 'refused'; readonly type: string };

export async function createGroup(sync: Sync, accountId: AccountId, given: NewGroup): Promise<Made> {
  const answer = await setConsole(sync, 'Group/set', { accountId, create: { made: { ...given } } });
  if (typeof answer === 'string') return { kind: 'refused', type: answer };
  return { kind: 'made', id: text(object(object(answer['created'])['made'])['id']) };
}

/** @returns the type of what stood in the way; undefined when it is done. */
export async function setGroup(sync: Sync, accountId: AccountId, change: JsonObject): Promise<string | undefined> {
  const answer = await setConsole(sync, 'Group/set', { accountId, ...change });
  return typeof answer === 'string' ? answer : undefined;
}

/** What the server refused about groups, in words that say what to do. */
export function groupRefusal(type: string): string {
  switch (type) {
    case 'notFound':
    case 'invalidProperties':
      return t('refused.gone');
    case 'forbidden':
      return t('refused.forbidden');
    case 'tooManyRecipients':
      return t('refused.tooMany');
    default:
      return refusalText(type);
  }
}
