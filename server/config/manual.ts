/** The manual of the options, printed from their declarations: docs/options.md is this and nothing else. */
import { allOptions, flagOf, variableOf } from './read.ts';

/** @returns Markdown: one table, in the order of declaration. */
export function printManual(): string {
  const rows = allOptions.map(({ name, option }) => {
    const value = name === 'hostname' ? "the machine's name" : printValue(option.fallback);
    return `| \`${name}\` | \`--${flagOf(name)}\` | \`${variableOf(name)}\` | ${option.kind.replaceAll('|', '\\|')} | ${value} | ${option.reason} |`;
  });
  return [
    '# Options',
    '',
    'The first of these that names an option wins: the command line, the environment, the TOML file (`--config`,',
    '`PLI_CONFIG`, or `pli.toml` of the working folder; `http.port` is `port` under `[http]`), the default.',
    '',
    '| Option | Command line | Environment | Kind | Default | What and why |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function printValue(value: unknown): string {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return 'empty';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return `\`${String(value)}\``;
}
