/** The rules of the institution as the server keeps them: what was decided, by group and by population. */
import type { OptionValue } from '#formats/policies/option.ts';
import { refusable } from '#web/console/console.ts';
import type { AccountId } from '#web/sync/records.ts';
import { isObject, list, number, object, text } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { ruleText, t } from '#web/words/rules.ts';

/** By option; what is not there is as by default, or inherited. */
export type Values = Readonly<Record<string, OptionValue | undefined>>;

/** By group; a text says why not. @throws as `client.request` does. */
export async function fetchRules(sync: Sync, accountId: AccountId): Promise<ReadonlyMap<string, Values> | string> {
  const answer = await refusable(async () => (await sync.client.request([['Policy/get', { accountId }, 'g']])).of('g'));
  if (typeof answer === 'string') return answer;
  return new Map(Object.entries(object(answer['groups'])).map(([name, values]) => [name, readValues(values)]));
}

export interface PopulationRow {
  readonly name: string;
  readonly people: number;
  readonly profile: Values;
}

/** A text says why not. @throws as `client.request` does. */
export async function fetchPopulations(sync: Sync, accountId: AccountId): Promise<readonly PopulationRow[] | string> {
  const answer = await refusable(async () =>
    (await sync.client.request([['Population/get', { accountId }, 'g']])).of('g'),
  );
  if (typeof answer === 'string') return answer;
  return list(answer['list'], (value) => {
    const it = object(value);
    return { name: text(it['name']), people: number(it['people']), profile: readValues(it['profile']) };
  });
}

function readValues(value: unknown): Values {
  const entries = Object.entries(isObject(value) ? value : {});
  return Object.fromEntries(entries.map(([name, one]) => [name, readValue(one)]));
}

function readValue(value: unknown): OptionValue | undefined {
  if (Array.isArray(value)) return value.filter((one): one is string => typeof one === 'string');
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  return value === null ? null : undefined;
}

/** Sends what differs. @returns the type of what stood in the way; undefined when it is done. */
export async function saveRules(
  sync: Sync,
  method: 'Policy/change' | 'Population/change',
  { accountId, name }: { readonly accountId: AccountId; readonly name: string },
  before: Values,
  after: Values,
): Promise<string | undefined> {
  const names = changedNames(before, after);
  const reset = names.filter((one) => after[one] === undefined);
  const set: JsonObject = Object.fromEntries(
    names.filter((one) => after[one] !== undefined).map((one) => [one, after[one]]),
  );
  const args = { accountId, name, set, reset };
  const answer = await refusable(async () => (await sync.client.request([[method, args, 'c']])).of('c'));
  return typeof answer === 'string' ? answer : undefined;
}

export function changedNames(before: Values, after: Values): readonly string[] {
  return Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
}

/** A value in words. @param name of its option: `group.option`. */
export function valueText(name: string, value: OptionValue): string {
  if (value === null) return t('none');
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return ruleText(`${name}.${value}`).replace(`${name}.`, '');
  return value.length === 0 ? t('nobody') : value.map((one) => valueText(name, one)).join(', ');
}
