/**
 * The files of the tree that people write, by path from the root. Built, installed and ignored files are never
 * listed, so that every check reads the same tree whether or not the client has been built.
 */
import { readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The absolute path of the repository, without a trailing slash. */
export const rootPath = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const notOurs: ReadonlySet<string> = new Set(['node_modules', 'dist', 'var', 'coverage', '.git']);

/** @returns the paths (with `/`, from the root, sorted) of the files below `folder` whose path `fits`. */
export function listFiles(folder: string, fits: (path: string) => boolean): readonly string[] {
  const found: string[] = [];
  const walk = (absolute: string): void => {
    for (const entry of readdirSync(absolute, { withFileTypes: true })) {
      if (notOurs.has(entry.name)) continue;
      const path = join(absolute, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) found.push(relative(rootPath, path).split(sep).join('/'));
    }
  };
  walk(join(rootPath, folder));
  return found.filter(fits).toSorted();
}

/** TypeScript, with or without JSX; declaration files have no imports worth a rule. */
export const isSource = (path: string): boolean => /\.tsx?$/.test(path) && !path.endsWith('.d.ts');
