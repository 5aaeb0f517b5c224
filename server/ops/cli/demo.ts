/** `pli demo`: the demonstration academy, in any size. */
import type { Command } from 'commander';

import { loadDemo } from '#server/demo/load.ts';

import { addCommonOptions, BadUsage, print, printTable, withStore } from './context.ts';
import { progressBar } from './progress.ts';

interface DemoFlags {
  readonly people?: string;
  readonly messages?: string;
  readonly password?: string;
  readonly seed?: string;
}

export function register(command: Command): void {
  addCommonOptions(command)
    .option('--people <number>', '60 to 1,000,000 (70)')
    .option('--messages <number>', 'emails in all mailboxes together, at least (1500)')
    .option('--password <password>', 'of everybody; otherwise a few people have one, made at random')
    .option('--seed <number>', 'another seed, another academy')
    .action(async (flags: DemoFlags, self: Command) => {
      const bar = progressBar(self);
      const startedAt = performance.now();
      const loaded = await withStore(self, ({ store }) =>
        loadDemo(store, {
          people: readCount('people', flags.people),
          messages: readCount('messages', flags.messages),
          seed: readCount('seed', flags.seed),
          password: flags.password,
          onProgress: ({ stage, done, total }) => bar.show(stage, done, total),
        }).catch((error: unknown) => {
          throw error instanceof RangeError ? new BadUsage(error.message) : error;
        }),
      );
      bar.clear();
      const seconds = (performance.now() - startedAt) / 1000;
      const { accounts, people, emails, messages, wasThere } = loaded;
      print(self, { ...loaded, seconds }, () => [
        wasThere
          ? `The demonstration is there already: ${people} people, ${emails} emails.`
          : `${people} people, ${emails} emails of ${messages} messages, in ${seconds.toFixed(1)} s.`,
        ...printTable(
          accounts.map(({ userName, password, email, displayName }) => [userName, password, email, displayName]),
        ),
      ]);
    });
}

function readCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text.replaceAll(/[_ ]/g, ''));
  if (!Number.isSafeInteger(count) || count < 0) throw new BadUsage(`--${name} is a whole number, not ${text}`);
  return count;
}
