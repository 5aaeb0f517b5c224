/**
 * Running one command: `pli GROUP …`. Each group is a module that is loaded only when it is called, because a command
 * that adds one account must not pay for all the others. Exit codes: 0 done; 1 refused, or some lines were; 2 the
 * command or the configuration cannot be understood; 75 the store cannot be reached now, try again later.
 */
import { Command, CommanderError } from 'commander';

import { Refusal } from '#server/access/refusal.ts';
import { BadConfig, unknownVariables } from '#server/config/read.ts';
import { StoreUnavailable } from '#server/store/connection.ts';

import { BadUsage } from './context.ts';
import { groups } from './groups.ts';

const exitCodes = { done: 0, refused: 1, badUsage: 2, unavailable: 75 };

/**
 * Runs one command.
 * @param argv without the program's own two words: `['account', 'add', 'jdupont']`.
 * @returns the exit code; a command that serves returns when it has stopped.
 */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    const program = new Command('pli');
    program
      .description('Pli: the messaging platform of an academy or a ministry')
      .exitOverride()
      .showHelpAfterError()
      .helpCommand(false);
    const called = argv.find((word) => !word.startsWith('-'));
    for (const group of groups) {
      const command = program.command(group.name).description(group.summary).exitOverride();
      if (group.name === called) (await group.load()).register(command);
    }
    for (const name of unknownVariables(process.env)) console.error(`warning: ${name} is no option of Pli`);
    await program.parseAsync(argv, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : exitCodes.done;
  } catch (error) {
    return sayWhy(error);
  }
}

/** Our own faults are not answered here: they go up, with their stack. */
function sayWhy(error: unknown): number {
  // Commander has said it already, or it was --help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badUsage;
  if (error instanceof Refusal) {
    const said = error.message === error.reason ? '' : `: ${error.message}`;
    console.error(`refused (${error.reason})${said}`);
    return exitCodes.refused;
  }
  if (error instanceof BadUsage || error instanceof BadConfig) {
    console.error(error.message);
    return exitCodes.badUsage;
  }
  if (error instanceof StoreUnavailable) {
    console.error(`the store cannot be reached: ${error.message}`);
    return exitCodes.unavailable;
  }
  throw error;
}
