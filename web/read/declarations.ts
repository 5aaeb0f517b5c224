/**
 * The sender's CSS, taken apart by the browser and put together again from what is harmless: nothing that lies over its
 * neighbours, moves, fetches by itself or grows with the frame it stands in. Background images go the way of all images.
 */

export interface Declaration {
  readonly property: string;
  readonly value: string;
  readonly priority: string;
}

/** The address an image is shown from; undefined where it is not shown. */
export type ImageUrl = (address: string) => string | undefined;

/** Properties that could lay something over the message's neighbours, load something, or hide what is there. */
const refusedProperty =
  /^(?:--.*|position|inset.*|top|left|right|bottom|z-index|cursor|content|behavior|-moz-binding|animation.*|transition.*|pointer-events|filter|backdrop-filter|mask.*|-webkit-mask.*|clip-path|overflow.*|counter-.*|list-style-image|border-image.*|-webkit-border-image|-webkit-box-reflect|offset.*|view-transition.*|zoom|shape-outside|user-select|-webkit-user-select)$/;
const refusedValue = /url\s*\(|image\s*\(|image-set|expression|attr\s*\(|var\s*\(|env\s*\(/i;
/** The frame is as high as the message: what is as high as the frame would grow for ever. */
const viewportHeight = /\d(?:[sld]?v(?:h|b|min|max))\b/i;

export function declarationsOf(style: CSSStyleDeclaration, imageUrl: ImageUrl): readonly Declaration[] {
  const declarations: Declaration[] = [];
  for (const property of style) {
    const value = harmless(property, style.getPropertyValue(property), imageUrl);
    if (value !== undefined) declarations.push({ property, value, priority: style.getPropertyPriority(property) });
  }
  return declarations;
}

function harmless(property: string, value: string, imageUrl: ImageUrl): string | undefined {
  if (refusedProperty.test(property)) return undefined;
  if (property === 'background-image') {
    // One image, without escapes: whatever is cleverer than that is no newsletter.
    const address = /^url\("([^"\\]*)"\)$/.exec(value)?.[1];
    const url = address === undefined ? undefined : imageUrl(address);
    if (url !== undefined) return `url("${url}")`;
  }
  return refusedValue.test(value) || isExtreme(property, value) ? undefined : value;
}

/** Negative margins and giant sizes push text out of sight. */
function isExtreme(property: string, value: string): boolean {
  if (/^(?:margin|text-indent)/.test(property) && value.includes('-')) return true;
  return viewportHeight.test(value) || /(?:^|[^\d.])\d{5,}/.test(value);
}

/** Whether a message that says this has chosen its colours. */
export function isColour({ property }: Declaration): boolean {
  return property === 'color' || property === 'background-color' || property === 'background-image';
}

/** Whether it paints the ground dark. Browsers say a colour as `rgb(16, 24, 32)`, a named one by its name. */
export function isDarkGround({ property, value }: Declaration): boolean {
  if (property !== 'background-color') return false;
  if (value === 'black' || value === 'navy') return true;
  const [red = 255, green = 255, blue = 255] = (/^rgb\(([^)]+)\)$/.exec(value)?.[1] ?? '').split(',', 3).map(Number);
  return value.startsWith('rgb(') && 0.3 * red + 0.6 * green + 0.1 * blue < 80;
}

/** Nothing is ever drawn from it: setting its style is how a text is parsed, and cannot leave the one rule. */
const probe = document.createElement('span');

/** Reads the value of a style attribute. */
export function readStyle(text: string, imageUrl: ImageUrl): readonly Declaration[] {
  probe.style.cssText = text;
  return declarationsOf(probe.style, imageUrl);
}

export interface CleanSheet {
  readonly text: string;
  readonly hasColours: boolean;
}

/** Style rules and the media they are for; no imports, no fonts, nothing nested. */
export function cleanStyleSheet(text: string, imageUrl: ImageUrl): CleanSheet {
  const sheet = new CSSStyleSheet();
  // They would be ignored, with a complaint on the console.
  sheet.replaceSync(text.replaceAll(/@import\b[^;{}]*;?/gi, ''));
  let hasColours = false;
  const print = (rules: CSSRuleList): string =>
    Array.from(rules, (rule) => {
      if (rule instanceof CSSMediaRule) return `@media ${rule.media.mediaText}{${print(rule.cssRules)}}`;
      if (!(rule instanceof CSSStyleRule)) return '';
      const declarations = declarationsOf(rule.style, imageUrl);
      hasColours ||= declarations.some(isColour);
      return declarations.length === 0 ? '' : `${rule.selectorText}{${declarations.map(printDeclaration).join(';')}}`;
    }).join('\n');
  return { text: print(sheet.cssRules), hasColours };
}

function printDeclaration({ property, value, priority }: Declaration): string {
  return `${property}:${value}${priority === '' ? '' : ' !important'}`;
}
