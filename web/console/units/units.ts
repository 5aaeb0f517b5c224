/** What the screen of units asks of the server, and what it reads of the answers. */
import { setConsole } from '#web/console/console.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, number, numberOr, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { t } from '#web/words/units.ts';

export const kindNames = [
  'academy',
  'ministry',
  'rectorate',
  'service',
  'dsden',
  'ddi',
  'ddt',
  'ecole',
  'college',
  'lycee',
  'lyceeProfessionnel',
  'university',
] as const;

export const schoolKinds: readonly string[] = ['ecole', 'college', 'lycee', 'lyceeProfessionnel', 'university'];

/** One that this client does not know stands as it was written. */
export function kindText(kind: string): string {
  const known = kindNames.find((one) => one === kind);
  return known === undefined ? kind : t(`kind.${known}`);
}

export interface UnitRow {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  /** '' without one; a UAI code in upper case. */
  readonly code: string;
  readonly isClosed: boolean;
  readonly aboveNames: readonly string[];
  readonly below: number;
  readonly people: number;
}

export interface UnitCard extends UnitRow {
  readonly parentId: string | undefined;
  readonly isPublic: boolean;
  readonly department: string;
  readonly closedAt: string;
  readonly peopleBelow: number;
  readonly mayChange: boolean;
  readonly mayMove: boolean;
}

const rowProperties = ['name', 'kind', 'code', 'isClosed', 'aboveNames', 'below', 'people'];
const cardProperties = [
  ...rowProperties,
  'parentId',
  'isPublic',
  'department',
  'closedAt',
  'peopleBelow',
  'mayChange',
  'mayMove',
];

function readRow(value: unknown): UnitRow {
  const it = object(value);
  const code = textOr(it['code'], '');
  return {
    id: text(it['id']),
    name: text(it['name']),
    kind: text(it['kind']),
    code: /^\d{7}[a-z]$/.test(code) ? code.toUpperCase() : code,
    isClosed: it['isClosed'] === true,
    aboveNames: list(it['aboveNames'], text),
    below: number(it['below']),
    people: number(it['people']),
  };
}

export interface UnitPage {
  readonly units: readonly UnitRow[];
  readonly hasMore: boolean;
}

export type UnitSearch = { readonly text: string } | { readonly parentId: string | null };

const pageSize = 100;

/** A level of the tree, or whatever fits what was typed; after the last one of the page before. @throws as `client.request` does. */
export async function fetchUnitPage(
  sync: Sync,
  accountId: AccountId,
  search: UnitSearch,
  after?: string,
): Promise<UnitPage> {
  const page = { limit: pageSize + 1, ...(after !== undefined && { anchor: after, anchorOffset: 1 }) };
  const answers = await sync.client.request([
    ['Unit/query', { accountId, filter: { ...search }, ...page }, 'q'],
    [
      'Unit/get',
      { accountId, '#ids': { resultOf: 'q', name: 'Unit/query', path: '/ids' }, properties: rowProperties },
      'g',
    ],
  ]);
  const ids = list(answers.of('q')['ids'], text);
  const rows = new Map(list(answers.of('g')['list'], readRow).map((row) => [row.id, row]));
  const units = ids.flatMap((id) => rows.get(id) ?? []);
  return { units: units.slice(0, pageSize), hasMore: ids.length > pageSize };
}

/** `gone` for one out of reach. @throws as `client.request` does. */
export async function fetchUnit(sync: Sync, accountId: AccountId, id: string): Promise<UnitCard | 'gone'> {
  const call = ['Unit/get', { accountId, ids: [id], properties: cardProperties }, 'g'] as const;
  const [card] = list((await sync.client.request([call])).of('g')['list'], (value): UnitCard => {
    const it = object(value);
    return {
      ...readRow(value),
      parentId: textOr(it['parentId'], undefined),
      isPublic: it['isPublic'] === true,
      department: textOr(it['department'], ''),
      closedAt: textOr(it['closedAt'], ''),
      peopleBelow: numberOr(it['peopleBelow'], 0),
      mayChange: it['mayChange'] === true,
      mayMove: it['mayMove'] === true,
    };
  });
  return card ?? 'gone';
}

/** @returns the type of what stood in the way; undefined when it is done. */
export async function setUnit(sync: Sync, accountId: AccountId, change: JsonObject): Promise<string | undefined> {
  const answer = await setConsole(sync, 'Unit/set', { accountId, ...change });
  return typeof answer === 'string' ? answer : undefined;
}
