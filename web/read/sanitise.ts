/**
 * Somebody else's HTML, made harmless: DOMPurify keeps structure and takes programs, forms and frames away; styles are
 * taken apart property by property; every address is looked at. What comes out is put in a frame of its own without
 * scripts, so each of the three layers alone would do.
 */
import DOMPurify from 'dompurify';
import { hideStyles, styleAttribute } from './hideStyles.ts';

export interface SanitiseOptions {
  /** The address of an inline part, by its content id. */
  readonly cidUrl: (cid: string) => string | undefined;
  readonly mayShowRemote: boolean;
}

export interface Sanitised {
  readonly body: DocumentFragment;
  /** Style sheets of the message, parsed again by whoever adopts them. */
  readonly styleSheets: readonly string[];
  /** By element, to be set through the object model: the page's policy forbids style attributes. */
  readonly styles: ReadonlyMap<Element, readonly Declaration[]>;
  readonly blockedImages: number;
  /** Whether the message chose colours itself: then a dark theme must invert, not repaint. */
  readonly hasColours: boolean;
}

export interface Declaration {
  readonly property: string;
  readonly value: string;
  readonly priority: string;
}

const forbiddenTags = [
  'form',
  'input',
  'button',
  'select',
  'textarea',
  'option',
  'video',
  'audio',
  'source',
  'track',
  'dialog',
  'meta',
  'link',
  'base',
  'svg',
  'math',
  'template',
  'slot',
];
const forbiddenAttributes = [
  'id',
  'name',
  'srcset',
  'ping',
  'autofocus',
  'tabindex',
  'contenteditable',
  'popover',
  'popovertarget',
  'part',
  'slot',
  'is',
];

/** @param html any text at all. */
export function sanitise(html: string, options: SanitiseOptions): Sanitised {
  const hidden = hideStyles(html);
  const fragment = DOMPurify.sanitize(hidden.html, {
    RETURN_DOM_FRAGMENT: true,
    FORBID_TAGS: forbiddenTags,
    FORBID_ATTR: forbiddenAttributes,
    ADD_TAGS: ['center', 'font'],
    ADD_ATTR: ['target', 'bgcolor', styleAttribute],
    ALLOW_DATA_ATTR: false,
    ALLOW_UNKNOWN_PROTOCOLS: true,
    FORCE_BODY: true,
  });
  let blockedImages = 0;
  let hasColours = false;
  const styles = new Map<Element, readonly Declaration[]>();
  const imageUrl = (address: string): string | undefined => {
    const url = address.trim();
    if (/^cid:/i.test(url)) return options.cidUrl(decodeCid(url.slice(4)));
    if (/^data:image\/(?:png|jpeg|gif|webp);base64,/i.test(url)) return url;
    if (!/^(?:https?:)?\/\//i.test(url)) return undefined;
    if (!options.mayShowRemote) {
      blockedImages += 1;
      return undefined;
    }
    return `/images?url=${encodeURIComponent(url.startsWith('//') ? `https:${url}` : url)}`;
  };

  for (const element of fragment.querySelectorAll('*')) {
    const style = element.getAttribute(styleAttribute);
    if (style !== null) {
      const declarations = parseDeclarations(style);
      element.removeAttribute(styleAttribute);
      if (declarations.length > 0) styles.set(element, declarations);
      hasColours ||= declarations.some(({ property }) => property.includes('color') || property === 'background');
    }
    hasColours ||= element.hasAttribute('bgcolor') || element.hasAttribute('color');
    element.removeAttribute('style');
    if (element instanceof HTMLImageElement) treatImage(element, imageUrl);
    if (element instanceof HTMLAnchorElement || element instanceof HTMLAreaElement) treatLink(element);
  }
  return { body: fragment, styleSheets: hidden.styleSheets, styles, blockedImages, hasColours };
}

function treatImage(image: HTMLImageElement, imageUrl: (address: string) => string | undefined): void {
  const address = image.getAttribute('src') ?? '';
  const url = imageUrl(address);
  image.removeAttribute('src');
  if (url !== undefined) image.setAttribute('src', url);
  else image.dataset['blocked'] = '';
  if (!image.hasAttribute('alt')) image.setAttribute('alt', '');
}

/** Only addresses that lead to a page, a mailbox or a telephone; never within our own pages. */
function treatLink(link: HTMLAnchorElement | HTMLAreaElement): void {
  const address = (link.getAttribute('href') ?? '').trim();
  if (!/^(?:https?:\/\/|mailto:|tel:)/i.test(address)) {
    link.removeAttribute('href');
    return;
  }
  link.setAttribute('href', address);
  link.setAttribute('target', '_blank');
  link.setAttribute('rel', 'noopener noreferrer nofollow');
  if (link.textContent.trim() !== address) link.setAttribute('title', address);
}

function decodeCid(cid: string): string {
  try {
    return decodeURIComponent(cid);
  } catch {
    return cid;
  }
}

/** Properties that could lay something over the message's neighbours, load something, or hide what is there. */
const refusedProperty =
  /^(?:position|inset.*|top|left|right|bottom|z-index|cursor|content|behavior|-moz-binding|animation.*|transition.*|pointer-events|filter|backdrop-filter|mask.*|clip-path|overflow.*|counter-.*|list-style-image|border-image.*|offset.*|view-transition.*|zoom)$/;
const refusedValue = /url\s*\(|image\s*\(|image-set|expression|attr\s*\(|var\s*\(|env\s*\(/i;

function declarationsOf(style: CSSStyleDeclaration): readonly Declaration[] {
  const declarations: Declaration[] = [];
  for (const property of style) {
    const value = style.getPropertyValue(property);
    if (refusedProperty.test(property) || refusedValue.test(value) || isExtreme(property, value)) continue;
    declarations.push({ property, value, priority: style.getPropertyPriority(property) });
  }
  return declarations;
}

/** A style attribute is the inside of one rule; whatever closes that rule early is left out. */
function parseDeclarations(text: string): readonly Declaration[] {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`x{${text}}`);
  const [rule] = sheet.cssRules;
  return rule instanceof CSSStyleRule ? declarationsOf(rule.style) : [];
}

/** Negative margins and giant sizes push text out of sight. */
function isExtreme(property: string, value: string): boolean {
  if (/^(?:margin|text-indent)/.test(property) && value.includes('-')) return true;
  return /(?:^|[^\d.])\d{5,}/.test(value);
}

/** Takes apart a parsed style sheet in place: no imports, no fonts, no addresses. */
export function tameStyleSheet(sheet: CSSStyleSheet | CSSMediaRule | CSSSupportsRule): void {
  for (let index = sheet.cssRules.length - 1; index >= 0; index -= 1) {
    const rule = sheet.cssRules[index];
    const kind = rule?.constructor.name;
    if (kind === 'CSSStyleRule' && rule && 'style' in rule) tameStyle(rule.style as CSSStyleDeclaration);
    else if ((kind === 'CSSMediaRule' || kind === 'CSSSupportsRule') && rule && 'cssRules' in rule) {
      tameStyleSheet(rule as CSSMediaRule);
    } else sheet.deleteRule(index);
  }
}

function tameStyle(style: CSSStyleDeclaration): void {
  const kept = new Set(declarationsOf(style).map(({ property }) => property));
  // From a copy: removing shortens the list.
  for (const property of Array.from(style)) if (!kept.has(property)) style.removeProperty(property);
}
