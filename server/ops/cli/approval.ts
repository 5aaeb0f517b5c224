/** `pli approval list`: acts of administrators that wait for a second one, and what became of others. */
import type { Command } from 'commander';

import type { ApprovalView } from '#server/approvals/list.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, withStore } from './context.ts';

interface ListOptions {
  readonly state: string;
  readonly tenant?: string;
}

export function register(group: Command): void {
  addCommonOptions(group.command('list'))
    .description('lists acts that take two administrators')
    .option('--state <state>', 'waiting or decided', 'waiting')
    .option('--tenant <slug>', 'the institution, where there are several')
    .action((options: ListOptions, command: Command) =>
      withStore(command, async (session) => {
        const { listApprovals } = await import('#server/approvals/list.ts');
        const tenant = await findTenant(session, { slug: options.tenant });
        const all = await listApprovals(session.store, session.actor, tenant.id, viewOf(options.state));
        // What is sealed stays with the server.
        const shown = all.map(({ sealed: _sealed, outcome: _outcome, seen: _seen, ...approval }) => approval);
        print(command, shown, () =>
          printTable(
            shown.map(({ id, state, verb, details, personEmail, authorName, deciderName, until, reason }) => [
              String(id),
              state,
              String(details['act'] ?? verb),
              personEmail ?? '',
              `by ${authorName}`,
              state === 'waiting' ? `until ${new Date(until).toISOString().slice(0, 10)}` : (deciderName ?? ''),
              reason,
            ]),
          ),
        );
      }),
    );
}

function viewOf(state: string): ApprovalView {
  if (state === 'waiting') return 'toDecide';
  if (state === 'decided') return 'decided';
  throw new BadUsage('--state is waiting or decided');
}
