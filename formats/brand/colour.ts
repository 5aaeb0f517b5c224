/** Colours as `#rrggbb`, and how well one is told from another. Pure numbers; nothing here knows the client. */

/** `#rrggbb`, lower case. */
export type Colour = `#${string}`;

const form = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/;

/** @returns undefined for what is no colour; `#abc` is `#aabbcc`. */
export function parseColour(text: string): Colour | undefined {
  const folded = text.trim().toLowerCase();
  if (!form.test(folded)) return undefined;
  const digits = folded.slice(1);
  return `#${digits.length === 6 ? digits : digits.replaceAll(/./g, '$&$&')}`;
}

/** From 1 (the same) to 21 (black and white): WCAG 2.2, definition of contrast ratio. */
export function contrastOf(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** `share` of `other` in `one`, each of the three parts by itself. */
export function mixed(one: Colour, other: Colour, share: number): Colour {
  const parts = partsOf(other);
  const mix = partsOf(one).map((part, index) => Math.round(part + ((parts[index] ?? 0) - part) * share));
  return `#${mix.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function partsOf(colour: Colour): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

function luminanceOf(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = partsOf(colour).map((part) => {
    const share = part / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
