/** What each command does: one verb of the filters, one answer (RFC 5804 §2). */
import type { Command } from '#formats/managesieve/command.ts';
import { printResponse, printString, type Response } from '#formats/managesieve/print.ts';
import { allCapabilities } from '#formats/sieve/usage.ts';
import { checkScript } from '#server/filters/check.ts';
import { filterPolicy } from '#server/filters/policy.ts';
import { activateScript, putScript, removeScript, updateScriptOf } from '#server/filters/scripts/change.ts';
import { listScripts, readScript } from '#server/filters/scripts/list.ts';
import { haveSpace } from '#server/filters/scripts/space.ts';
import { requireOpen, requireWritable } from '#server/maintenance/require.ts';
import { readVacation } from '#server/filters/vacation/change.ts';

import { mayAuthenticate } from './authenticate.ts';
import { own } from './say.ts';
import type { Session, User } from './session.ts';

/** Commands that need a login, and only verbs. */
export type ScriptCommand = Exclude<
  Command,
  { readonly kind: 'authenticate' | 'starttls' | 'logout' | 'capability' | 'unauthenticate' | 'noop' }
>;

const writing: ReadonlySet<ScriptCommand['kind']> = new Set<ScriptCommand['kind']>([
  'putscript',
  'setactive',
  'deletescript',
  'renamescript',
]);

/** @returns what goes before the response, and the response. @throws {Refusal} */
export async function runScriptCommand(
  { store }: Session,
  { actor, accountId }: User,
  command: ScriptCommand,
): Promise<{ readonly before: string; readonly response: Response }> {
  const done = (response: Response = own.done, before = '') => ({ before, response });
  const named = (name: string) => ({ kind: 'name', name }) as const;
  await requireOpen(store, actor);
  if (writing.has(command.kind)) await requireWritable(store, actor, 'work');
  switch (command.kind) {
    case 'havespace':
      await haveSpace(store, actor, accountId, command);
      return done(own.room);
    case 'putscript': {
      const { name, content } = command;
      await putScript(store, actor, accountId, { name, content, origin: 'managesieve' });
      return done(await kept(store, { actor, accountId }));
    }
    case 'checkscript':
      await checkScript(store, actor, command.content);
      return done();
    case 'listscripts': {
      const scripts = await listScripts(store, actor, accountId);
      return done(
        own.done,
        scripts.map(({ name, isActive }) => `${printString(name)}${isActive ? ' ACTIVE' : ''}\r\n`).join(''),
      );
    }
    case 'setactive':
      await activateScript(store, actor, accountId, command.name === '' ? null : named(command.name));
      return done(await kept(store, { actor, accountId }));
    case 'getscript': {
      const { content } = await readScript(store, actor, accountId, command.name);
      const text = new TextDecoder().decode(content);
      return done(own.done, `{${Buffer.byteLength(text)}}\r\n${text}\r\n`);
    }
    case 'deletescript':
      await removeScript(store, actor, accountId, named(command.name));
      return done();
    case 'renamescript':
      await updateScriptOf(store, actor, accountId, named(command.name), {
        name: command.newName,
        origin: 'managesieve',
      });
      return done();
    default:
      return command satisfies never;
  }
}

/** The absence answer is no script and not listed; who puts one should know that it is there. */
async function kept(
  store: Session['store'],
  { actor, accountId }: Pick<User, 'actor' | 'accountId'>,
): Promise<Response> {
  return (await readVacation(store, actor, accountId)).isEnabled ? own.vacationIsOn : own.done;
}

/** CAPABILITY (RFC 5804 §1.7): what stands before a greeting too. */
export function printCapabilities(session: Session): string {
  const { options, user, connection, store } = session;
  const lines: (readonly [string, string?])[] = [
    ['IMPLEMENTATION', 'Pli'],
    ['SIEVE', allCapabilities.join(' ')],
    ['SASL', !user && mayAuthenticate(session) ? options.mechanisms.join(' ') : ''],
    ...(options.secureContext && !connection.isSecure && !user ? [['STARTTLS'] as const] : []),
    ['NOTIFY', 'mailto'],
    ['MAXREDIRECTS', String(filterPolicy(store).redirectsPerMessage)],
    ['EXTLISTS', 'urn'],
    ['UNAUTHENTICATE'],
    ...(user ? [['OWNER', user.owner] as const] : []),
    ['VERSION', '1.0'],
  ];
  return lines
    .map(([name, value]) => `${printString(name)}${value === undefined ? '' : ` ${printString(value)}`}\r\n`)
    .join('');
}

export function printGreeting(session: Session): string {
  return printCapabilities(session) + printResponse(own.greeting);
}
