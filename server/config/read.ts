/**
 * Reading the configuration. For each option the first of these that names it wins: command line, environment, TOML
 * file, default. Everything wrong is told at once, with where it was said; an unknown name in the file is an error.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { parse } from 'smol-toml';

import { type Option, UnfitValue } from './kinds.ts';
import { options } from './options.ts';

type ValuesOf<T> = { readonly [K in keyof T]: T[K] extends Option<infer V> ? V : ValuesOf<T[K]> };

/** The values of all options, at the places `options` declares them. */
export type Config = ValuesOf<typeof options>;

export interface Sources {
  /** By long name without dashes: `{ 'http-port': '0', lab: true }`. */
  readonly flags?: Readonly<Record<string, string | boolean | undefined>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export class BadConfig extends Error {
  override readonly name = 'BadConfig';
  /** One sentence each. */
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export interface NamedOption {
  /** `http.port` */
  readonly name: string;
  readonly option: Option<unknown>;
}

/** All options in the order of their declaration. */
export const allOptions: readonly NamedOption[] = listOptions(options, []);

/** `limits.messageOctets` → `limits-message-octets` */
export function flagOf(name: string): string {
  return name.replaceAll('.', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function variableOf(name: string): string {
  return `PLI_${flagOf(name).replaceAll('-', '_').toUpperCase()}`;
}

/**
 * Reads the configuration. The file is the flag or variable `config` (`PLI_CONFIG`), else pli.toml of the working
 * folder where there is one. Paths in the result are absolute.
 *
 * @throws {BadConfig} with every problem found.
 */
export function readConfig({ flags = {}, env = process.env }: Sources = {}): Config {
  const problems: string[] = [];
  const file = readFileOf(flags['config'] ?? env['PLI_CONFIG'], problems);
  const values = new Map<string, unknown>();
  for (const { name, option } of allOptions) {
    const [value, where] = firstNamed(name, flags, env, file);
    try {
      values.set(name, value === undefined ? option.fallback : option.parse(value));
    } catch (error) {
      if (!(error instanceof UnfitValue)) throw error;
      problems.push(`${where} ${error.message}`);
    }
  }
  const isSaid = (name: string): boolean => firstNamed(name, flags, env, file)[0] !== undefined;
  settle(values, isSaid, problems);
  if (problems.length > 0) throw new BadConfig(problems);
  // The shape is that of `options`, leaf by leaf, and each leaf went through its option's `parse`.
  return place(options, [], values) as Config;
}

/** What one default needs to know of another option. */
function settle(values: Map<string, unknown>, isSaid: (name: string) => boolean, problems: string[]): void {
  const said = values.get('data');
  const data = resolve(typeof said === 'string' ? said : '.');
  values.set('data', data);
  if (values.get('database.url') === '') values.set('database.url', `sqlite:${join(data, 'pli.sqlite')}`);
  if (values.get('blobs.url') === '') values.set('blobs.url', `file:${join(data, 'blobs')}`);
  if (values.get('lab') === true) {
    if (!isSaid('bind')) values.set('bind', '127.0.0.1');
    for (const name of ['bind', 'lmtp.bind']) {
      if (!isLoopback(String(values.get(name))))
        problems.push(`${name} must be a loopback address in laboratory mode: it lets anybody in`);
    }
  }
  if ((values.get('tls.cert') === '') !== (values.get('tls.key') === ''))
    problems.push('tls.cert and tls.key go together');
}

function isLoopback(address: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/.test(address);
}

/** The PLI_ variables no option has: most likely misspelt. PLI_TEST_… belongs to the tests. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = new Set(['PLI_CONFIG', ...allOptions.map(({ name }) => variableOf(name))]);
  return Object.keys(env).filter((name) => /^PLI_(?!TEST_)/.test(name) && !known.has(name));
}

function firstNamed(
  name: string,
  flags: NonNullable<Sources['flags']>,
  env: NonNullable<Sources['env']>,
  file: ReadonlyMap<string, unknown>,
): readonly [value: unknown, where: string] {
  const flag = flagOf(name);
  if (flags[flag] !== undefined) return [flags[flag], `--${flag}`];
  const variable = variableOf(name);
  // An empty variable is what `PLI_X=` in a unit file means: not said.
  if (env[variable] !== undefined && env[variable] !== '') return [env[variable], variable];
  return [file.get(name), `${name} in the file`];
}

function readFileOf(named: string | boolean | undefined, problems: string[]): ReadonlyMap<string, unknown> {
  const path = typeof named === 'string' && named !== '' ? named : undefined;
  if (path === undefined && !existsSync('pli.toml')) return new Map();
  try {
    const leaves = new Map<string, unknown>();
    collect(parse(readFileSync(path ?? 'pli.toml', 'utf8')), [], leaves, problems);
    return leaves;
  } catch (error) {
    problems.push(`${path ?? 'pli.toml'}: ${error instanceof Error ? error.message : String(error)}`);
    return new Map();
  }
}

function collect(table: object, at: readonly string[], leaves: Map<string, unknown>, problems: string[]): void {
  for (const [key, value] of Object.entries(table) as [string, unknown][]) {
    const name = [...at, key].join('.');
    if (allOptions.some((known) => known.name === name)) leaves.set(name, value);
    else if (
      typeof value === 'object' &&
      value !== null &&
      allOptions.some((known) => known.name.startsWith(`${name}.`))
    )
      collect(value, [...at, key], leaves, problems);
    else problems.push(`${name} in the file is no option`);
  }
}

function isOption(value: object): value is Option<unknown> {
  return 'isOption' in value;
}

function listOptions(group: object, at: readonly string[]): NamedOption[] {
  return Object.entries(group).flatMap(([key, value]: [string, object]) =>
    isOption(value) ? [{ name: [...at, key].join('.'), option: value }] : listOptions(value, [...at, key]),
  );
}

function place(group: object, at: readonly string[], values: ReadonlyMap<string, unknown>): object {
  const entries = Object.entries(group).map(([key, value]: [string, object]) => [
    key,
    isOption(value) ? values.get([...at, key].join('.')) : place(value, [...at, key], values),
  ]);
  return Object.fromEntries(entries) as object;
}
