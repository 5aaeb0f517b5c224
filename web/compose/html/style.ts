/** What an inline style says of meaning: weight, slant, lines, one of our colours, alignment. Everything else is looks. */
export type Style = Readonly<Record<string, string>>;

/** Reads a `style` attribute: names in lower case, values as written. A semicolon within quotes or brackets ends nothing. */
export function readStyle(text: string | undefined): Style {
  const style: Record<string, string> = {};
  for (const [, name, value] of (text ?? '').matchAll(/([\w-]+)\s*:\s*((?:"[^"]*"|'[^']*'|\([^)]*\)|[^;"'(])*)/g)) {
    if (name !== undefined) style[name.toLowerCase()] = (value ?? '').replace(/!important/i, '').trim();
  }
  return style;
}

/** The marks a style sets (true) or takes off (false); a mark it does not speak of is absent. */
export interface StyledMarks {
  readonly strong?: boolean;
  readonly em?: boolean;
  readonly underline?: boolean;
  readonly strike?: boolean;
  readonly script?: 'sub' | 'sup';
}

export function marksOf(style: Style): StyledMarks {
  const weight = style['font-weight']?.toLowerCase();
  const slant = style['font-style']?.toLowerCase();
  const line = `${style['text-decoration'] ?? ''} ${style['text-decoration-line'] ?? ''}`.toLowerCase();
  const raised = style['vertical-align']?.toLowerCase();
  return {
    ...(weight !== undefined && { strong: /^(bold|bolder|[6-9]00)$/.test(weight) }),
    ...(slant !== undefined && { em: /^(italic|oblique)/.test(slant) }),
    ...(line.includes('underline') && { underline: true }),
    ...(line.includes('line-through') && { strike: true }),
    ...((raised === 'sub' || raised === 'super') && { script: raised === 'sub' ? 'sub' : 'sup' }),
  };
}

/** The colours one can write in. Each is legible on white; the editor shows its own shade of it in the dark. */
export const colours = {
  red: '#b3261e',
  orange: '#a34a00',
  green: '#1e6b34',
  blue: '#1553a8',
  purple: '#6d3a9c',
  grey: '#5a626b',
} as const;
export type Colour = keyof typeof colours;

export function isColour(name: string): name is Colour {
  return Object.hasOwn(colours, name);
}

/** The colour of ours nearest to a CSS colour; none for black, white and what is hardly a colour of its own. */
export function nearestColour(css: string | undefined): Colour | undefined {
  const rgb = readRgb(css ?? '');
  if (!rgb) return undefined;
  const [r, g, b] = rgb;
  const high = Math.max(r, g, b);
  const low = Math.min(r, g, b);
  // Nearly black is ink; nearly white was meant for another ground.
  if (high < 60 || low > 225) return undefined;
  if (high - low < 32) return high > 70 && high < 200 ? 'grey' : undefined;
  const hue = hueOf(r, g, b);
  if (hue < 18 || hue >= 335) return 'red';
  if (hue < 65) return 'orange';
  if (hue < 170) return 'green';
  return hue < 255 ? 'blue' : 'purple';
}

const named: Readonly<Record<string, readonly [number, number, number]>> = {
  red: [255, 0, 0],
  blue: [0, 0, 255],
  green: [0, 128, 0],
  orange: [255, 165, 0],
  purple: [128, 0, 128],
  gray: [128, 128, 128],
  grey: [128, 128, 128],
  navy: [0, 0, 128],
  maroon: [128, 0, 0],
  teal: [0, 128, 128],
};

function readRgb(css: string): readonly [number, number, number] | undefined {
  const value = css.trim().toLowerCase();
  const known = named[value];
  if (known) return known;
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(value);
  if (short) return [hex(short[1], short[1]), hex(short[2], short[2]), hex(short[3], short[3])];
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/.exec(value);
  if (long) return [hex(long[1]), hex(long[2]), hex(long[3])];
  const call = /^rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})/.exec(value);
  return call ? [Number(call[1]), Number(call[2]), Number(call[3])] : undefined;
}

function hex(first: string | undefined, second = ''): number {
  return Number.parseInt(`${first ?? '0'}${second}`, 16);
}

function hueOf(r: number, g: number, b: number): number {
  const high = Math.max(r, g, b);
  const span = high - Math.min(r, g, b);
  const sixth = high === r ? (g - b) / span : high === g ? 2 + (b - r) / span : 4 + (r - g) / span;
  return (sixth * 60 + 360) % 360;
}
