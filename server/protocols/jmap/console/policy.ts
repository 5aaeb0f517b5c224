/**
 * Policy and Population, our own types: what the institution decided, group by group, and what each population has
 * otherwise. `Policy/change` and `Population/change` take `set`, by option; null there is a value, and `reset` names
 * options that go back to what they are by default, or inherited.
 */
import { anything, aString, listOf, mapOf, optional, readArguments, required } from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import type { OptionValue } from '#formats/policies/option.ts';
import {
  type Change,
  changePolicy,
  changePopulation,
  listPopulations,
  readPolicies,
  type Values,
} from '#server/policies/policies.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';

import { tenantOf } from './ids.ts';

const accountTable = { accountId: required(aString) };

const changeTable = {
  accountId: required(aString),
  /** Of the group, or of the population. */
  name: required(aString),
  set: optional(mapOf(anything), new Map<string, Json>()),
  reset: optional(listOf(aString), []),
};

const print = (values: Values): JsonObject =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, Json] => [
      name,
      typeof value === 'object' && value !== null ? [...value] : value,
    ]),
  );

/** @throws {MethodError} `invalidArguments` for what can be no option's value. */
function changeOf(set: ReadonlyMap<string, Json>, reset: readonly string[]): Change {
  const given = [...set].map(([name, value]): readonly [string, OptionValue] => [name, valueOf(value)]);
  return Object.fromEntries([...given, ...reset.map((name) => [name, undefined] as const)]);
}

function valueOf(value: Json): OptionValue {
  if (typeof value !== 'object' || value === null) return value;
  const texts = Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
  if (!texts || !Array.isArray(value) || texts.length !== value.length)
    throw new MethodError('invalidArguments', 'a list of texts');
  return texts;
}

export const policyMethods: readonly Method[] = [
  {
    name: 'Policy/get',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId } = readArguments(accountTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'read');
      const groups = await readPolicies(ctx.store, ctx.actor, tenantOf(ctx));
      return { accountId, groups: Object.fromEntries([...groups].map(([name, values]) => [name, print(values)])) };
    },
  },
  {
    name: 'Policy/change',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, name, set, reset } = readArguments(changeTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'write');
      const values = await changePolicy(ctx.store, ctx.actor, tenantOf(ctx), name, changeOf(set, reset));
      return { accountId, values: print(values) };
    },
  },
  {
    name: 'Population/get',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId } = readArguments(accountTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'read');
      const all = await listPopulations(ctx.store, ctx.actor, tenantOf(ctx));
      const list = all.map(({ name, people, profile }) => ({ name, people, profile: print(profile) }));
      return { accountId, list };
    },
  },
  {
    name: 'Population/change',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, name, set, reset } = readArguments(changeTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'write');
      const profile = await changePopulation(ctx.store, ctx.actor, tenantOf(ctx), name, changeOf(set, reset));
      return { accountId, profile: print(profile) };
    },
  },
];
