/**
 * The index from the standards to the code: collects every `RFC n §s` of the sources into docs/rfc-index.md, so that
 * whoever holds a section finds the files that keep it. `npm run rfc-index` writes it; with `--check` it fails when
 * the page is stale. A mark may list sections: `RFC 9051 §6.4.3, §6.4.9`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { isSource, listFiles, rootPath } from './source/files.ts';

export const indexPath = 'docs/rfc-index.md';

const trees = ['formats', 'server', 'web', 'conversations', 'fuzz'];
const isMarked = (path: string): boolean =>
  isSource(path) || (path.startsWith('conversations/') && path.endsWith('.txt'));

/** A place that names a standard: a section, or the whole document where `section` is ''. */
export interface Mark {
  readonly rfc: number;
  readonly section: string;
}

/** Reads the marks of one source. Line breaks and comment stars inside a list of sections are passed over. */
export function findMarks(source: string): readonly Mark[] {
  const marks: Mark[] = [];
  const between = String.raw`(?:[\s*#/]*)`;
  const list = new RegExp(
    String.raw`\bRFC ?(\d{3,5})((?:${between}(?:,|and)?${between}§§?\s?[\dA-Z][\dA-Za-z.]*(?:\s?[-–]\s?[\d.]+)?)*)`,
    'g',
  );
  for (const [, rfc = '', sections = ''] of source.matchAll(list)) {
    const named = [...sections.matchAll(/§\s?([\dA-Z][\dA-Za-z.]*)/g)].map(([, section = '']) =>
      section.replace(/\.$/, ''),
    );
    for (const section of named.length > 0 ? named : ['']) marks.push({ rfc: Number(rfc), section });
  }
  return marks;
}

/** @returns the whole page for the tree as it is on the disk. */
export function printIndex(): string {
  const index = new Map<number, Map<string, Set<string>>>();
  for (const path of trees.flatMap((tree) => listFiles(tree, isMarked))) {
    for (const { rfc, section } of findMarks(readFileSync(join(rootPath, path), 'utf8'))) {
      const sections = index.get(rfc) ?? new Map<string, Set<string>>();
      index.set(rfc, sections);
      sections.set(section, (sections.get(section) ?? new Set()).add(path));
    }
  }
  const pages = [...index].toSorted(([a], [b]) => a - b).map(([rfc, sections]) => printRfc(rfc, sections));
  return `# From the standards to the code\n\nWritten by \`npm run rfc-index\` from the \`RFC n §s\` marks of the sources.\n${pages.join('')}`;
}

function printRfc(rfc: number, sections: ReadonlyMap<string, ReadonlySet<string>>): string {
  const rows = [...sections].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const lines = rows.map(
    ([section, paths]) => `- ${section ? `§${section}` : 'whole'}: ${[...paths].toSorted().map(printLink).join(', ')}`,
  );
  return `\n## RFC ${rfc}\n\n${lines.join('\n')}\n`;
}

const printLink = (path: string): string => `[${path}](../${path})`;

if (import.meta.main) {
  const page = printIndex();
  const file = join(rootPath, indexPath);
  if (!argv.includes('--check')) writeFileSync(file, page);
  else if (readFileSync(file, 'utf8') !== page) {
    console.error(`${indexPath} is stale: run npm run rfc-index`);
    process.exitCode = 1;
  }
}
