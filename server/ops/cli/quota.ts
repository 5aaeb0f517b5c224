/** `pli quota requests|grant|refuse`: wishes for more room, seen and answered. */
import type { Command } from 'commander';

import type { Decision, ListedRequest } from '#server/quota/decide.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, type Session, withStore } from './context.ts';

interface TenantOption {
  readonly tenant?: string;
}

interface GrantOptions extends TenantOption {
  readonly gb?: string;
  readonly until?: string;
  readonly answer?: string;
}

const tenantOption = ['--tenant <slug>', 'the institution, where there are several'] as const;
const octetsPerGb = 1_000_000_000;

export function register(group: Command): void {
  addCommonOptions(group.command('requests'))
    .description('lists wishes for more room')
    .option('--state <state>', 'waiting, granted or refused', 'waiting')
    .option(...tenantOption)
    .action((options: TenantOption & { readonly state: string }, command: Command) =>
      withStore(command, async (session) => {
        const tenant = await findTenant(session, { slug: options.tenant });
        const all = await listOf(session, tenant.id, options.state);
        print(command, all, () =>
          printTable(
            all.map(({ id, email, usedOctets, quotaOctets, askedOctets, until, reason }) => [
              String(id),
              email,
              `${gb(usedOctets)} of ${quotaOctets === null ? 'any' : gb(quotaOctets)} GB`,
              `asks for ${gb(askedOctets)} GB`,
              until === null ? 'for good' : `until ${new Date(until).toISOString().slice(0, 10)}`,
              reason,
            ]),
          ),
        );
      }),
    );
  addCommonOptions(group.command('grant'))
    .description('grants one; its holder is told by letter')
    .argument('<id>', 'as requests prints it')
    .option('--gb <number>', 'how much in all; what was asked for without it')
    .option('--until <day>', 'the last day, as 2027-08-31; what was asked for without it, “none” for good')
    .option('--answer <text>', 'a word with it')
    .option(...tenantOption)
    .action((id: string, options: GrantOptions, command: Command) =>
      withStore(command, (session) =>
        decide(session, command, id, options, (request) => ({
          kind: 'grant',
          octets: options.gb === undefined ? request.askedOctets : Math.round(Number(options.gb) * octetsPerGb),
          endsAt: endOf(options.until, request.until),
          answer: options.answer ?? '',
        })),
      ),
    );
  addCommonOptions(group.command('refuse'))
    .description('refuses one; its holder is told why')
    .argument('<id>', 'as requests prints it')
    .requiredOption('--answer <text>', 'why')
    .option(...tenantOption)
    .action((id: string, options: TenantOption & { readonly answer: string }, command: Command) =>
      withStore(command, (session) =>
        decide(session, command, id, options, () => ({ kind: 'refuse', answer: options.answer })),
      ),
    );
}

async function decide(
  session: Session,
  command: Command,
  id: string,
  { tenant: slug }: TenantOption,
  decisionOf: (request: ListedRequest) => Decision,
): Promise<void> {
  const { decideQuotaRequest } = await import('#server/quota/decide.ts');
  const tenant = await findTenant(session, { slug });
  const request = (await listOf(session, tenant.id, 'waiting')).find((one) => String(one.id) === id);
  if (!request) throw new BadUsage(`no request ${id} waits`);
  const decision = decisionOf(request);
  await decideQuotaRequest(session.store, session.actor, tenant.id, request.id, decision);
  print(command, { id: request.id, ...decision }, () => [`request ${id}: ${decision.kind}`]);
}

async function listOf(
  session: Session,
  tenantId: ListedRequest['tenantId'],
  state: string,
): Promise<readonly ListedRequest[]> {
  const { listQuotaRequests } = await import('#server/quota/decide.ts');
  if (state !== 'waiting' && state !== 'granted' && state !== 'refused')
    throw new BadUsage('--state is waiting, granted or refused');
  return listQuotaRequests(session.store, session.actor, tenantId, state);
}

function endOf(day: string | undefined, asked: number | null): number | null {
  if (day === undefined) return asked;
  if (day === 'none') return null;
  const at = Date.parse(`${day}T23:59:59Z`);
  if (Number.isNaN(at)) throw new BadUsage('--until is a day, as 2027-08-31');
  return at;
}

function gb(octets: number): string {
  return (octets / octetsPerGb).toFixed(1);
}
