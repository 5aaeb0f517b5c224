/**
 * `npm start`: the platform with its demonstration academy. Builds the client if needed, then becomes the server
 * itself, with every further argument handed on (`npm start -- --json`).
 */
import { join } from 'node:path';
import { argv, env, execPath } from 'node:process';
import { buildClient } from './client.ts';
import { rootPath } from './source/files.ts';

await buildClient();

const words = [execPath, join(rootPath, 'server/main.ts'), 'serve', '--demo', ...argv.slice(2)];
if (!process.execve) throw new Error('npm start needs a system with execve, such as Linux');
process.execve(execPath, words, env);
