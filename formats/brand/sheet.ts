/**
 * The style sheet of an institution: its accents over the client's own (web/ui/tokens.css) and over those of the pages
 * that are made on the server. It wins by being more specific, wherever it is linked; the look of high contrast stays.
 */
import { type Look, paletteOf } from './accent.ts';
import type { Colour } from './colour.ts';

export type Accents = Readonly<Record<Look, Colour | undefined>>;

/** Empty where no accent is chosen; a look without one stays as the house has it. */
export function printSheet({ light, dark }: Accents): string {
  const lit = light && declarations(light, 'light');
  const unlit = dark && declarations(dark, 'dark');
  const rules = [
    ...(lit
      ? [
          `@media not (prefers-color-scheme:dark){:root:root:not([data-theme='dark'],[data-theme='contrast']){${lit}}}`,
          `:root:root[data-theme='light']{${lit}}`,
        ]
      : []),
    ...(unlit
      ? [
          `@media (prefers-color-scheme:dark){:root:root:not([data-theme='light'],[data-theme='contrast']){${unlit}}}`,
          `:root:root[data-theme='dark']{${unlit}}`,
        ]
      : []),
  ];
  return rules.map((rule) => `${rule}\n`).join('');
}

function declarations(accent: Colour, look: Look): string {
  return Object.entries(paletteOf(accent, look))
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}
