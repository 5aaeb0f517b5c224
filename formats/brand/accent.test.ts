/** Accents: figures as WCAG counts them, grounds as the client has them, and palettes in which everything can be read. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { hardestReading, leastContrast, looks, paletteOf, printContrast, surfaces } from './accent.ts';
import { type Colour, contrastOf, parseColour } from './colour.ts';
import { printSheet } from './sheet.ts';

const colourOf = (text: string): Colour => parseColour(text) ?? assert.fail(text);

test('contrast is counted as WCAG counts it', () => {
  assert.equal(contrastOf('#ffffff', '#000000'), 21);
  assert.equal(contrastOf('#777777', '#777777'), 1);
  // The grey that falls short by a hair, and the one that does not.
  assert.equal(printContrast(contrastOf('#777777', '#ffffff')), '4.47');
  assert.equal(printContrast(contrastOf('#767676', '#ffffff')), '4.54');
  assert.equal(parseColour(' #ABC '), '#aabbcc');
  for (const text of ['', 'red', '#12', '#12345g', '#1234567', 'rgb(0 0 0)', '#fff;}'])
    assert.equal(parseColour(text), undefined, text);
});

test('the grounds and inks are those of the client’s tokens', () => {
  const tokens = readFileSync(new URL('../../web/ui/tokens.css', import.meta.url), 'utf8');
  const dark = tokens.slice(tokens.indexOf(":root[data-theme='dark']"));
  for (const [look, text] of [
    ['light', tokens],
    ['dark', dark],
  ] as const) {
    const { grounds, inks, accent } = surfaces[look];
    for (const [name, colour] of Object.entries({ ...grounds, ...inks, accent }))
      assert.equal(new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(text)?.[1], colour, `${look} ${name}`);
    assert.ok(hardestReading(accent, look).contrast >= leastContrast);
  }
});

test('whatever accent can be read, everything written on what is made of it can be read too', () => {
  let tried = 0;
  for (const look of looks)
    for (let red = 0; red < 256; red += 51)
      for (let green = 0; green < 256; green += 51)
        for (let blue = 0; blue < 256; blue += 51) {
          const accent = colourOf(`#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`);
          if (hardestReading(accent, look).contrast < leastContrast) continue;
          tried += 1;
          const palette = paletteOf(accent, look);
          const pairs: readonly (readonly [Colour, Colour])[] = [
            [palette['on-accent'], palette.accent],
            [palette['on-accent'], palette['accent-hover']],
            [palette['on-accent-soft'], palette['accent-soft']],
            ...Object.values(surfaces[look].inks).map((ink) => [ink, palette['accent-soft']] as const),
          ];
          for (const [ink, ground] of pairs)
            assert.ok(contrastOf(ink, ground) >= leastContrast, `${look} ${accent}: ${ink} on ${ground}`);
        }
  assert.ok(tried > 60, String(tried));
});

test('what is too pale is told with the ground it fails on', () => {
  const { ground, contrast, needed } = hardestReading('#7fb2ff', 'light');
  assert.deepEqual([ground, printContrast(contrast), needed], ['hover', '1.79', 4.5]);
  assert.ok(hardestReading('#14213d', 'dark').contrast < leastContrast);
});

test('a sheet sets the looks that were chosen, and never the one of high contrast', () => {
  assert.equal(printSheet({ light: undefined, dark: undefined }), '');
  const light = printSheet({ light: '#7a1f3d', dark: undefined });
  assert.ok(light.includes('--accent:#7a1f3d') && !light.includes('@media (prefers-color-scheme:dark)'));
  assert.ok(!light.includes("[data-theme='contrast']{"));
  assert.ok(light.includes(":not([data-theme='dark'],[data-theme='contrast'])"));
});
