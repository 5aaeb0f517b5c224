/**
 * The accent colour of an institution, in light and in dark: what is made of it (grounds, inks on it), and whether
 * everything that is written in it can be read. The grounds are those of web/ui/tokens.css, and a test keeps them so.
 */
import { type Colour, contrastOf, mixed } from './colour.ts';

export const looks = ['light', 'dark'] as const;
export type Look = (typeof looks)[number];

/** Text of any size (WCAG 2.2 §1.4.3, level AA). */
export const leastContrast = 4.5;

interface Surfaces {
  /** Everything that links and quiet buttons are written on, by the name of its custom property. */
  readonly grounds: Readonly<Record<'ground' | 'surface' | 'surface-raised' | 'surface-sunk' | 'hover', Colour>>;
  /** What else is written on a ground of the accent. */
  readonly inks: Readonly<Record<'ink' | 'ink-soft' | 'ink-faint', Colour>>;
  /** The house's own, where nobody chose another. */
  readonly accent: Colour;
}

export const surfaces: Readonly<Record<Look, Surfaces>> = {
  light: {
    grounds: {
      ground: '#f1f0ec',
      surface: '#ffffff',
      'surface-raised': '#ffffff',
      'surface-sunk': '#f7f6f3',
      hover: '#eceae4',
    },
    inks: { ink: '#1c2127', 'ink-soft': '#56606b', 'ink-faint': '#626c77' },
    accent: '#14606f',
  },
  dark: {
    grounds: {
      ground: '#121518',
      surface: '#1a1e22',
      'surface-raised': '#22272c',
      'surface-sunk': '#15181c',
      hover: '#262c32',
    },
    inks: { ink: '#e6e9ec', 'ink-soft': '#a9b2bb', 'ink-faint': '#98a2ac' },
    accent: '#6fc3d1',
  },
};

/** The custom properties an accent sets, by name. */
export type Palette = Readonly<
  Record<'accent' | 'accent-hover' | 'on-accent' | 'accent-soft' | 'on-accent-soft', Colour>
>;

const black: Colour = '#000000';
const white: Colour = '#ffffff';
/** How much of the accent is in the ground that marks what is chosen, at most; less where inks need it. */
const softShares = [0.16, 0.14, 0.12, 0.1, 0.08, 0.06, 0.04, 0.02];
const steps = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Whatever the accent, what is written on it and on its pale ground can be read. */
export function paletteOf(accent: Colour, look: Look): Palette {
  const { grounds, inks } = surfaces[look];
  const onAccent = contrastOf(accent, white) >= contrastOf(accent, black) ? white : black;
  // Pressed, it goes away from what is written on it.
  const hover = mixed(accent, onAccent === white ? black : white, 0.2);
  const written = Object.values(inks);
  const soft = (share: number) => mixed(grounds.surface, accent, share);
  const share = softShares.find((one) => written.every((ink) => contrastOf(ink, soft(one)) >= leastContrast)) ?? 0;
  const ground = soft(share);
  const onSoft = steps
    .map((step) => mixed(accent, inks.ink, step))
    .find((ink) => contrastOf(ink, ground) >= leastContrast);
  return {
    accent,
    'accent-hover': hover,
    'on-accent': onAccent,
    'accent-soft': ground,
    'on-accent-soft': onSoft ?? inks.ink,
  };
}

export interface Reading {
  /** What the accent is written on: the name of a ground. */
  readonly ground: string;
  readonly contrast: number;
  readonly needed: number;
}

/** The ground on which the accent is hardest to read. */
export function hardestReading(accent: Colour, look: Look): Reading {
  const readings = Object.entries(surfaces[look].grounds)
    .map(([ground, colour]) => ({ ground, contrast: contrastOf(accent, colour), needed: leastContrast }))
    .toSorted((a, b) => a.contrast - b.contrast);
  const [hardest] = readings;
  if (!hardest) throw new Error('there are no grounds');
  return hardest;
}

/** Rounded down: what is told as 4.5 is enough. */
export function printContrast(contrast: number): string {
  return (Math.floor(contrast * 100) / 100).toFixed(2);
}
