/** `npm run options`: docs/options.md, printed from the declarations of server/config; `--check` fails when stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { printManual } from '#server/config/manual.ts';
import { rootPath } from './source/files.ts';

const pagePath = 'docs/options.md';
const file = join(rootPath, pagePath);
const page = printManual();

if (!argv.includes('--check')) writeFileSync(file, page);
else if (readFileSync(file, 'utf8') !== page) {
  console.error(`${pagePath} is stale: run npm run options`);
  process.exitCode = 1;
}
