/** `pli tenant policy`: what an institution decided, and what each population has otherwise; shown, changed, set back. */
import type { Command } from 'commander';

import { type Option, printValue, readTyped } from '#formats/policies/option.ts';
import { isPolicyGroup, optionsOf, policyGroups, profileOptions } from '#formats/policies/policies.ts';
import type { Change, Values } from '#server/policies/policies.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, withStore } from './context.ts';

interface PolicyOptions {
  readonly tenant?: string;
  readonly population?: string;
  readonly reset?: readonly string[];
}

export function registerPolicies(group: Command): void {
  addCommonOptions(group.command('policy'))
    .description('shows the rules of an institution, or changes some: passwords.minCharacters=12')
    .argument('[changes...]', 'group.option=value; yes, no, none, a number, words between commas')
    .option('--reset <option...>', 'back to the default: group.option')
    .option('--population <name>', 'what this population has otherwise: option=value, of the group access')
    .option('--tenant <slug>', 'the institution, where there are several')
    .action((changes: readonly string[], options: PolicyOptions, command: Command) =>
      withStore(command, async (session) => {
        const { changePolicy, changePopulation, listPopulations, readPolicies } =
          await import('#server/policies/policies.ts');
        const { id } = await findTenant(session, { slug: options.tenant });
        const { store, actor } = session;
        const { population, reset = [] } = options;
        if (population !== undefined) {
          const change = changeOf(profileOptions, changes, reset, '');
          if (Object.keys(change).length > 0) await changePopulation(store, actor, id, population, change);
          const found = (await listPopulations(store, actor, id)).find(({ name }) => name === population);
          const profile = found?.profile ?? {};
          print(command, { population, people: found?.people ?? 0, profile }, () =>
            linesOf('', profileOptions, profile, 'inherited'),
          );
          return;
        }
        for (const name of policyGroups) {
          const change = changeOf(optionsOf(name), ofGroup(changes, name), ofGroup(reset, name), `${name}.`);
          if (Object.keys(change).length > 0) await changePolicy(store, actor, id, name, change);
        }
        const foreign = [...changes, ...reset].find((one) => !isPolicyGroup(one.split('.', 1)[0] ?? ''));
        if (foreign !== undefined) throw new BadUsage(`${foreign}: groups are ${policyGroups.join(', ')}`);
        const groups = await readPolicies(store, actor, id);
        print(command, Object.fromEntries(groups), () =>
          [...groups].flatMap(([name, values]) => linesOf(`${name}.`, optionsOf(name), values, 'default')),
        );
      }),
    );
}

const ofGroup = (given: readonly string[], group: string): readonly string[] =>
  given.filter((one) => one.startsWith(`${group}.`));

/** @throws {BadUsage} */
function changeOf(
  options: Readonly<Record<string, Option>>,
  changes: readonly string[],
  reset: readonly string[],
  prefix: string,
): Change {
  const optionOf = (name: string): Option => {
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) throw new BadUsage(`no option ${prefix}${name}`);
    return option;
  };
  const set = changes.map((one) => {
    const [name = '', ...rest] = one.slice(prefix.length).split('=');
    const value = rest.length === 0 ? undefined : readTyped(optionOf(name), rest.join('='));
    if (value === undefined) throw new BadUsage(`${one}: not a value of ${prefix}${name}`);
    return [name, value] as const;
  });
  const back = reset.map((one) => {
    const name = one.slice(prefix.length);
    optionOf(name);
    return [name, undefined] as const;
  });
  return Object.fromEntries([...set, ...back]);
}

function linesOf(
  prefix: string,
  options: Readonly<Record<string, Option>>,
  values: Values,
  otherwise: string,
): readonly string[] {
  return printTable(
    Object.entries(options).map(([name, option]) => {
      const own = values[name];
      const value = own === undefined ? option.otherwise : own;
      return [`${prefix}${name}`, printValue(value), own === undefined ? otherwise : ''];
    }),
  );
}
