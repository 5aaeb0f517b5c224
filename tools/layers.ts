/**
 * The floors of the house, as ARCHITECTURE.md draws them: imports point down, SQL stays in its noun, the client knows
 * the formats and nothing else of ours. This is the rule alone, from a file's path and one import to a sentence;
 * layers.test.ts holds it against the whole tree.
 */
import { dirname, join } from 'node:path/posix';

/** A place in the tree. Two files of one unit may import each other with `./`; every other import begins with `#`. */
interface Place {
  readonly kind:
    | 'format'
    | 'store'
    | 'noun'
    | 'heads'
    | 'head'
    | 'top'
    | 'sync'
    | 'words'
    | 'ui'
    | 'feature'
    | 'client'
    | 'tool';
  readonly unit: string;
}

/** What each kind of place may import from outside its own unit. A test, or what tests share (`*.testing.ts`), may also import tools. */
const below = {
  format: ['format'],
  store: ['format'],
  noun: ['format', 'store', 'noun'],
  heads: ['format', 'store', 'noun'],
  head: ['format', 'store', 'noun', 'heads'],
  top: ['format', 'store', 'noun', 'heads', 'head', 'top'],
  sync: ['format'],
  words: ['format'],
  ui: ['format', 'words'],
  feature: ['format', 'sync', 'words', 'ui', 'feature'],
  client: ['format', 'sync', 'words', 'ui', 'feature', 'client'],
  tool: ['format', 'store', 'noun', 'heads', 'head', 'top', 'tool'],
} satisfies Record<Place['kind'], readonly Place['kind'][]>;

/** Formats that need a part of Node no browser has, each with its reason. Tests beside them are free. */
const nodeInFormats: ReadonlyMap<string, string> = new Map();

const drawn = /^(?:react|react-dom|wouter|react-aria-components|lucide-react|@tanstack\/react-virtual)(?:\/|$)/;

/**
 * Judges one import.
 *
 * @param path the importing file, from the root, with `/`.
 * @returns why the import offends, as the end of a sentence that begins with it; undefined when it is in order.
 */
export function findOffence(path: string, specifier: string): string | undefined {
  const from = placeOf(path);
  const isTest = /\.(?:test|testing)\.tsx?$/.test(path);
  if (!from) return 'stands in a folder that ARCHITECTURE.md does not know';
  if (/^\.\.(?:\/|$)/.test(specifier) || specifier.includes('/../')) return 'climbs with ../; leave a folder by #';
  if (specifier.startsWith('/')) return 'is an absolute path';
  if (!/^[.#]/.test(specifier)) return packageOffence(path, from, isTest, specifier);
  const target = specifier.startsWith('#') ? specifier.slice(1) : join(dirname(path), specifier);
  const to = placeOf(target);
  if (!to) return 'leads to a folder that ARCHITECTURE.md does not know';
  if (specifier.startsWith('./') && to.unit !== from.unit) return `leaves ${from.unit} with ./; leave a folder by #`;
  if (to.unit === from.unit) return undefined;
  if (isQueries(target)) return `reaches the queries of ${to.unit}; call one of its verbs`;
  if (isTest && to.kind === 'tool') return undefined;
  const allowed: readonly Place['kind'][] = below[from.kind];
  return allowed.includes(to.kind) ? undefined : `points up or aside: ${from.unit} may not import ${to.unit}`;
}

function packageOffence(path: string, from: Place, isTest: boolean, specifier: string): string | undefined {
  if (isTest) return undefined;
  const isNode = specifier.startsWith('node:');
  if (from.kind === 'format' && isNode && !nodeInFormats.has(path))
    return 'needs Node in a format, which runs in the browser too';
  if (isClient(from) && isNode && !path.endsWith('.config.ts')) return 'needs Node in the client';
  if (from.kind === 'sync' && drawn.test(specifier)) return 'brings the screen into web/sync';
  if (!isClient(from) && from.kind !== 'tool' && drawn.test(specifier)) return 'brings the screen into the server';
  return undefined;
}

const isClient = (place: Place): boolean => ['sync', 'words', 'ui', 'feature', 'client'].includes(place.kind);

const isQueries = (path: string): boolean => /^server\/.*(?:^|\/)queries(?:\.ts|\/)/.test(path);

function placeOf(path: string): Place | undefined {
  const [first = '', second = '', third = ''] = path.split('/');
  const isFile = (name: string): boolean => /\.[a-z]+$/.test(name) || name === '';
  if (first === 'formats') return { kind: 'format', unit: isFile(second) ? 'formats' : `formats/${second}` };
  if (first === 'server') {
    if (isFile(second) || second === 'config' || second === 'ops')
      return { kind: 'top', unit: isFile(second) ? 'server' : `server/${second}` };
    if (second === 'store') return { kind: 'store', unit: 'server/store' };
    if (second !== 'protocols') return { kind: 'noun', unit: `server/${second}` };
    if (isFile(third)) return { kind: 'heads', unit: 'server/protocols' };
    return { kind: 'head', unit: `server/protocols/${third}` };
  }
  if (first === 'web') {
    if (isFile(second)) return { kind: 'client', unit: 'web' };
    const unit = `web/${second}`;
    if (second === 'sync' || second === 'words' || second === 'ui') return { kind: second, unit };
    return { kind: 'feature', unit };
  }
  if (['tools', 'conversations', 'bench', 'e2e', 'fuzz'].includes(first)) return { kind: 'tool', unit: first };
  return undefined;
}
