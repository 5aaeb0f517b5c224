/** `pli serve`: the server itself, until it is told to stop. */
import { once } from 'node:events';

import type { Command } from 'commander';

import { allOptions, flagOf, readConfig } from '#server/config/read.ts';
import type { DemoAccount } from '#server/demo/load.ts';
import { type RunningPli, serve } from '#server/ops/serve.ts';

import { wantsJson } from './context.ts';

export function register(command: Command): void {
  command.option('--config <file>', 'TOML file of options').option('--json', 'print one line of JSON when ready');
  command.option('--demo', 'with the demonstration academy');
  for (const { name, option } of allOptions) {
    const flag = `--${flagOf(name)}`;
    command.option(option.kind === 'yes or no' ? flag : `${flag} <${option.kind}>`, option.reason);
  }
  command.action(async (_options: object, self: Command) => {
    const given = self.opts<Record<string, string | boolean | undefined>>();
    const flags = Object.fromEntries(
      ['config', ...allOptions.map(({ name }) => flagOf(name))].map((flag) => [flag, given[propertyOf(flag)]]),
    );
    const running = await serve(readConfig({ flags }), { isQuiet: wantsJson(self) });
    const accounts = given['demo'] === true ? await demoOf(running) : [];
    if (wantsJson(self)) console.log(JSON.stringify({ url: running.url, ports: running.ports, accounts }));
    else for (const line of welcome(running, accounts)) console.log(line);
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    await running.close();
  });
}

async function demoOf({ store }: RunningPli): Promise<readonly DemoAccount[]> {
  const { loadDemo } = await import('#server/demo/load.ts');
  return (await loadDemo(store)).accounts;
}

/** As commander names it: `http-port` → `httpPort`. */
function propertyOf(flag: string): string {
  return flag.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function welcome({ url, ports }: RunningPli, accounts: readonly DemoAccount[]): readonly string[] {
  const services = Object.entries(ports).map(([name, port]) => `  ${name.padEnd(12)} ${port}`);
  const people = accounts.map(
    ({ userName, password, displayName }) => `  ${userName.padEnd(12)} ${password.padEnd(14)} ${displayName}`,
  );
  const demo = people.length === 0 ? [] : ['', 'Académie de démonstration : identifiant, mot de passe', ...people];
  return [`Pli : ${url}`, '', 'Ports', ...services, ...demo, '', 'Ctrl+C pour arrêter.'];
}
