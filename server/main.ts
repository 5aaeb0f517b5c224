/** The program `pli`: every command of the house. */
import { runCommand } from '#server/ops/cli/program.ts';

process.exitCode = await runCommand(process.argv.slice(2));
