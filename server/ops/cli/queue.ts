/** `pli queue list|show|retry|drop`: mail on its way out. */
import type { Command } from 'commander';

import { dropQueued, listQueue, type Queued, retryQueued, showQueued } from '#server/submission/queue.ts';

import { addCommonOptions, BadUsage, print, printTable, withStore } from './context.ts';

const listedAtMost = 100_000;

export function register(group: Command): void {
  addCommonOptions(group.command('list'))
    .description('lists messages that wait, the oldest first')
    .option('--domain <name>', 'only those to this domain')
    .option('--limit <count>', 'at most so many', '100')
    .action((options: { domain?: string; limit: string }, command: Command) =>
      withStore(command, async ({ store, actor }) => {
        const limit = Number(options.limit);
        if (!Number.isSafeInteger(limit) || limit < 1 || limit > listedAtMost)
          throw new BadUsage(`--limit is a number from 1 to ${listedAtMost}`);
        const queued = await listQueue(store, actor, { domain: options.domain, limit });
        print(command, queued, () =>
          queued.length === 0 ? ['nothing waits'] : printTable([heading, ...queued.map(rowOf)]),
        );
      }),
    );
  addCommonOptions(group.command('show'))
    .description('shows one message that waits, with all recipients')
    .argument('<id>')
    .action((id: string, _options: object, command: Command) =>
      withStore(command, async ({ store, actor }) => {
        const queued = await showQueued(store, actor, id);
        print(command, queued, () => linesOf(queued));
      }),
    );
  addCommonOptions(group.command('retry'))
    .description('tries messages now, also those that were given up')
    .argument('<id...>')
    .action((ids: readonly string[], _options: object, command: Command) =>
      withStore(command, async ({ store, actor }) => {
        for (const id of ids) await retryQueued(store, actor, id);
        print(command, { retried: ids }, () => ids.map((id) => `${id} is due now`));
      }),
    );
  addCommonOptions(group.command('drop'))
    .description('gives messages up; their senders see it, and get no report')
    .argument('<id...>')
    .action((ids: readonly string[], _options: object, command: Command) =>
      withStore(command, async ({ store, actor }) => {
        for (const id of ids) await dropQueued(store, actor, id);
        print(command, { dropped: ids }, () => ids.map((id) => `${id} is dropped`));
      }),
    );
}

const heading = ['ID', 'STATE', 'NEXT TRY', 'TRIES', 'FROM', 'TO', 'LAST ANSWER'];

function rowOf(queued: Queued): readonly string[] {
  const [first = '', ...others] = queued.recipients;
  return [
    queued.id,
    queued.kind === 'hold' ? 'held' : queued.state,
    new Date(queued.nextTryAt).toISOString().slice(0, 19),
    String(queued.failures),
    queued.mailFrom === '' ? '<>' : (queued.mailFrom ?? ''),
    others.length > 0 ? `${first} +${others.length}` : first,
    (queued.lastError ?? '').slice(0, 60),
  ];
}

function linesOf(queued: Queued): readonly string[] {
  const time = (at: number): string => new Date(at).toISOString();
  return [
    `id         ${queued.id}`,
    `state      ${queued.kind === 'hold' ? 'held by its sender' : queued.state}`,
    `from       ${queued.mailFrom === '' ? '<>' : (queued.mailFrom ?? 'not handed over yet')}`,
    `queued     ${time(queued.queuedAt)}`,
    `next try   ${time(queued.nextTryAt)}`,
    `tries      ${queued.failures}`,
    `answer     ${queued.lastError ?? 'none yet'}`,
    ...queued.recipients.map((address) => `to         ${address}`),
  ];
}
