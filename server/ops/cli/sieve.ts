/** `pli sieve test|put|get|list|activate|delete|apply|forwarding`: people's filters. */
import { readFileSync } from 'node:fs';
import { stdin, stdout } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Command } from 'commander';

import type { Finished } from '#formats/sieve/types.ts';
import { Refusal } from '#server/access/refusal.ts';
import { compileOrRefuse } from '#server/filters/check.ts';
import { explainAlone, explainFor } from '#server/filters/explain.ts';
import { listGlobalScripts, putGlobalScript, removeGlobalScript } from '#server/filters/globals.ts';
import { type FilterRun, listRuns } from '#server/filters/runs/list.ts';
import { applyFilterJob } from '#server/filters/runs/job.ts';
import { applyFilterKind, isOver, startRun } from '#server/filters/runs/start.ts';
import { activateScript, putScript, removeScript } from '#server/filters/scripts/change.ts';
import { listScripts, readScript } from '#server/filters/scripts/list.ts';
import { runJobs } from '#server/jobs/run.ts';
import { mailboxPlaces } from '#server/mail/mailboxes/locate.ts';
import { setFilterOptions } from '#server/ops/filtering.ts';
import type { AccountId } from '#server/store/ids.ts';
import { read } from '#server/store/store.ts';

import { addCommonOptions, BadUsage, findTenant, print, printTable, type Session, withStore } from './context.ts';
import { findAccount } from './find-account.ts';
import { progressBar } from './progress.ts';
import { explainLines } from './sieve-steps.ts';

interface Whose {
  readonly account?: string;
  readonly tenant?: string;
  /** The institution's scripts instead of somebody's. */
  readonly global?: boolean;
}

export function register(group: Command): void {
  addCommonOptions(group.command('test'))
    .description('tries a script on a message and says each step; nothing is done')
    .argument('<script>', 'file of the script; - for the standard input')
    .argument('<message>', 'file of the message (RFC 5322)')
    .option('--from <address>', 'envelope sender; empty for none', 'sender@example.org')
    .option('--to <address>', 'envelope recipient')
    .option('--account <name>', 'ask this account’s mailboxes, lists and included scripts')
    .option('--tenant <slug>')
    .action((script: string, message: string, options: TestOptions, command: Command) =>
      testScript(script, message, options, command),
    );
  withWhose(group.command('put'))
    .description('keeps a script under a name')
    .argument('<name>')
    .argument('<file>', '- for the standard input')
    .option('--activate', 'and makes it the active one')
    .action(async (name: string, file: string, options: Whose & { activate?: boolean }, command: Command) => {
      const content = await readOctets(file);
      await withSieve(command, async (session) => {
        const { store, actor } = session;
        if (options.global === true) {
          await putGlobalScript(store, actor, (await findTenant(session, { slug: options.tenant })).id, {
            name,
            content,
          });
        } else {
          const accountId = await accountOf(session, options);
          await putScript(store, actor, accountId, { name, content, origin: 'operator' });
          if (options.activate === true) await activateScript(store, actor, accountId, { kind: 'name', name });
        }
        print(command, { name, isActive: options.activate === true }, () => [`${name} is kept`]);
      });
    });
  withWhose(group.command('get'))
    .description('prints a script as it was put')
    .argument('<name>')
    .action((name: string, options: Whose, command: Command) =>
      withSieve(command, async (session) => {
        const content = await contentOf(session, name, options);
        if (content === undefined) throw new Refusal('noSuchScript');
        stdout.write(content);
      }),
    );
  withWhose(group.command('list'))
    .description('lists scripts and runs over mail that is there')
    .action((options: Whose, command: Command) => withSieve(command, (session) => list(session, options, command)));
  withWhose(group.command('activate'))
    .description('makes a script the active one; none without a name')
    .argument('[name]')
    .action((name: string | undefined, options: Whose, command: Command) =>
      withSieve(command, async (session) => {
        const accountId = await accountOf(session, options);
        await activateScript(
          session.store,
          session.actor,
          accountId,
          name === undefined ? null : { kind: 'name', name },
        );
        print(command, { active: name ?? null }, () => [
          name === undefined ? 'no script is active' : `${name} is active`,
        ]);
      }),
    );
  withWhose(group.command('delete'))
    .description('deletes a script')
    .argument('<name>')
    .action((name: string, options: Whose, command: Command) =>
      withSieve(command, async (session) => {
        const { store, actor } = session;
        if (options.global === true)
          await removeGlobalScript(store, actor, (await findTenant(session, { slug: options.tenant })).id, name);
        else await removeScript(store, actor, await accountOf(session, options), { kind: 'name', name });
        print(command, { deleted: name }, () => [`${name} is deleted`]);
      }),
    );
  withWhose(group.command('apply'))
    .description('applies a script to mail that is there: files and marks; sends, refuses and answers nothing')
    .argument('<name>', 'of a script of the account; with --file, for the report')
    .option('--file <file>', 'a script that is not kept, such as one rule')
    .option('--mailbox <path>', 'only this mailbox; else all but drafts, sent, junk and trash')
    .option('--no-wait', 'leave it to the server')
    .action((name: string, options: ApplyOptions, command: Command) => apply(name, options, command));
  addCommonOptions(group.command('forwarding'))
    .description('whether filters may forward out of the institution')
    .argument('<word>', 'allow or forbid')
    .option('--tenant <slug>')
    .action((word: string, options: { tenant?: string }, command: Command) =>
      withSieve(command, async (session) => {
        if (word !== 'allow' && word !== 'forbid') throw new BadUsage('allow or forbid');
        const tenant = await findTenant(session, { slug: options.tenant });
        const { changePolicy } = await import('#server/policies/policies.ts');
        await changePolicy(session.store, session.actor, tenant.id, 'access', { forwardOutside: word });
        print(command, { tenant: tenant.slug, forwarding: word }, () => [`${tenant.slug}: ${word}`]);
      }),
    );
}

function withWhose(command: Command): Command {
  return addCommonOptions(command)
    .option('--account <name>', 'user name or e-mail address')
    .option('--global', 'the institution’s scripts, for include :global')
    .option('--tenant <slug>');
}

/** With the limits the server keeps. */
function withSieve<T>(command: Command, work: (session: Session) => Promise<T>): Promise<T> {
  return withStore(command, (session) => {
    setFilterOptions(session.store, session.config);
    return work(session);
  });
}

function accountOf(session: Session, { account, tenant }: Whose): Promise<AccountId> {
  if (account === undefined) throw new BadUsage('whose? --account NAME');
  return findAccount(session, account, tenant);
}

async function contentOf(session: Session, name: string, options: Whose): Promise<string | Uint8Array | undefined> {
  const { store, actor } = session;
  if (options.global !== true) return (await readScript(store, actor, await accountOf(session, options), name)).content;
  const { id } = await findTenant(session, { slug: options.tenant });
  return (await listGlobalScripts(store, actor, id)).find((script) => script.name === name)?.content;
}

async function list(session: Session, options: Whose, command: Command): Promise<void> {
  const { store, actor } = session;
  if (options.global === true) {
    const { id } = await findTenant(session, { slug: options.tenant });
    const names = (await listGlobalScripts(store, actor, id)).map(({ name }) => name);
    return print(command, names, () => names);
  }
  const accountId = await accountOf(session, options);
  const scripts = await listScripts(store, actor, accountId);
  const runs = await listRuns(store, actor, accountId);
  print(command, { scripts, runs }, () => [
    ...printTable(
      scripts.map(({ name, isActive, sizeOctets, origin }) => [
        name,
        isActive ? 'active' : '',
        `${sizeOctets}`,
        origin,
      ]),
    ),
    ...runs.map(runLine),
  ]);
}

interface TestOptions {
  readonly from: string;
  readonly to?: string;
  readonly account?: string;
  readonly tenant?: string;
}

async function testScript(
  scriptFile: string,
  messageFile: string,
  options: TestOptions,
  command: Command,
): Promise<void> {
  const octets = await readOctets(scriptFile);
  const message = await readOctets(messageFile);
  const envelope = { from: options.from, to: options.to ?? '' };
  const trial = { script: compileOrRefuse(octets), message, envelope };
  const { account, tenant } = options;
  const finished =
    account === undefined
      ? explainAlone(trial, Date.now())
      : await withSieve(command, async (session): Promise<Finished> => {
          const accountId = await findAccount(session, account, tenant);
          return explainFor(session.store, session.actor, accountId, trial);
        });
  print(command, reportOf(finished), () => explainLines(finished));
}

/** Octets of an edited message are left out of JSON. */
function reportOf({ actions, error, withheld, steps }: Finished): object {
  return {
    steps,
    actions: actions.map((action) => ('edited' in action ? { ...action, edited: action.edited !== null } : action)),
    withheld,
    error: error && { code: error.code, line: error.line, column: error.column },
  };
}

interface ApplyOptions extends Whose {
  readonly file?: string;
  readonly mailbox?: string;
  readonly wait: boolean;
}

async function apply(name: string, options: ApplyOptions, command: Command): Promise<void> {
  const content = options.file === undefined ? undefined : await readOctets(options.file);
  await withSieve(command, async (session) => {
    const { store, actor } = session;
    const accountId = await accountOf(session, options);
    const places = await read(store, (tx) => mailboxPlaces(tx, accountId));
    const mailboxId = options.mailbox === undefined ? null : places.byPath(options.mailbox);
    if (mailboxId === undefined) throw new Refusal('noSuchMailbox');
    const source =
      content === undefined ? ({ kind: 'script', name } as const) : ({ kind: 'content', name, content } as const);
    const started = await startRun(store, actor, accountId, { source, mailboxId });
    const run = options.wait ? await waitFor(session, accountId, started, command) : started;
    print(command, run, () => [runLine(run)]);
    if (run.state === 'failed') throw new Refusal('invalidScript', { description: run.lastError ?? 'it failed' });
  });
}

const lookEveryMs = 200;

/** Works at it beside a server that may be running; stopped, it goes on where it was when a server runs. */
async function waitFor(
  { store, actor }: Session,
  accountId: AccountId,
  started: FilterRun,
  command: Command,
): Promise<FilterRun> {
  const bar = progressBar(command);
  const jobs = runJobs(store, { [applyFilterKind]: applyFilterJob(store) }, { lookEveryMs, onFault: () => undefined });
  try {
    for (let run: FilterRun | undefined = started; ;) {
      if (!run || isOver(run)) return run ?? started;
      bar.show(run.name, run.done, run.total);
      await sleep(lookEveryMs);
      run = (await listRuns(store, actor, accountId)).find(({ id }) => id === started.id);
    }
  } finally {
    bar.clear();
    await jobs.close();
  }
}

function runLine(run: FilterRun): string {
  const { id, name, state, done, total, changed, failed, lastError } = run;
  const counts = `${done} of ${total} emails, ${changed} changed, ${failed} failed`;
  return `run ${id}: ${name}: ${state}, ${counts}${lastError === null ? '' : `; last: ${lastError}`}`;
}

const mostOctets = 100 * 1024 * 1024;

/** @throws {BadUsage} when there is no such file, or too much of it. */
async function readOctets(file: string): Promise<Uint8Array> {
  if (file !== '-') {
    try {
      return readFileSync(file);
    } catch (error) {
      throw new BadUsage(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const pieces: Buffer[] = [];
  let octets = 0;
  for await (const piece of stdin as AsyncIterable<Buffer>) {
    octets += piece.length;
    if (octets > mostOctets) throw new BadUsage('that is too much');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
