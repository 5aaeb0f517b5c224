/**
 * `npm start`: the platform with its demonstration academy. Builds the client if needed, then becomes the server
 * itself, with every further argument handed on (`npm start -- --json`).
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { argv, env, execPath } from 'node:process';
import { buildClient } from './client.ts';
import { rootPath } from './source/files.ts';

await buildClient();

const main = join(rootPath, 'server/main.ts');
const compiled = join(rootPath, 'node_modules/.cache/pli');
const environment = { ...env, NODE_COMPILE_CACHE: env['NODE_COMPILE_CACHE'] ?? compiled };
// Once: whoever loads TypeScript that is not compiled yet also loads the compiler, 40 MB that are never given back.
if (!existsSync(environment.NODE_COMPILE_CACHE))
  for (const command of ['serve', 'demo'])
    spawnSync(execPath, [main, command, '--help'], { env: environment, stdio: 'ignore' });

const words = [execPath, main, 'serve', '--demo', ...argv.slice(2)];
if (!process.execve) throw new Error('npm start needs a system with execve, such as Linux');
process.execve(execPath, words, environment);
