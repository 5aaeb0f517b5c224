/**
 * Somebody else's HTML, made harmless: DOMPurify keeps structure and takes programs, forms and frames away; styles are
 * taken apart property by property; every address is looked at. What comes out is put in a frame of its own without
 * scripts, so each of the three layers alone would do.
 */
import DOMPurify from 'dompurify';
import { cleanStyleSheet, isColour, isDarkGround, readStyle, type Declaration, type ImageUrl } from './declarations.ts';
import { bodyAttribute, hideStyles, styleAttribute } from './hideStyles.ts';

export interface SanitiseOptions {
  /** The address of an inline part, by its content id. */
  readonly cidUrl: (cid: string) => string | undefined;
  readonly mayShowRemote: boolean;
}

export interface Sanitised {
  readonly body: DocumentFragment;
  /** Clean style sheets of the message. */
  readonly styleSheets: readonly string[];
  /** By element, to be set through the object model: the page's policy forbids style attributes. */
  readonly styles: ReadonlyMap<Element, readonly Declaration[]>;
  readonly blockedImages: number;
  /** Whether the message chose colours itself: then a dark theme must invert, not repaint. */
  readonly hasColours: boolean;
  /** Whether it is light on dark by itself, and so at home in a dark theme. */
  readonly isDark: boolean;
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
  'style',
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
    ADD_ATTR: ['target', 'bgcolor', 'background', 'text', styleAttribute, bodyAttribute],
    ALLOW_DATA_ATTR: false,
    ALLOW_UNKNOWN_PROTOCOLS: true,
    FORCE_BODY: true,
  });
  let blockedImages = 0;
  const imageUrl: ImageUrl = (address) => {
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

  const styles = new Map<Element, readonly Declaration[]>();
  let hasColours = false;
  let isDark = false;
  for (const element of fragment.querySelectorAll('*')) {
    const isBody = element.hasAttribute(bodyAttribute);
    const declarations = takeStyle(element, imageUrl);
    isDark ||= isBody && declarations.some(isDarkGround);
    if (declarations.length > 0) styles.set(element, declarations);
    hasColours ||= declarations.some(isColour) || element.hasAttribute('bgcolor') || element.hasAttribute('color');
    if (element instanceof HTMLImageElement) treatImage(element, imageUrl);
    if (element instanceof HTMLAnchorElement || element instanceof HTMLAreaElement) treatLink(element);
  }
  const sheets = hidden.styleSheets.map((sheet) => cleanStyleSheet(sheet, imageUrl));
  return {
    body: fragment,
    styleSheets: sheets.map(({ text }) => text),
    styles,
    blockedImages,
    hasColours: hasColours || sheets.some((sheet) => sheet.hasColours),
    isDark,
  };
}

/** Takes off every attribute that is looks, and says it as declarations: the oldest first, the style attribute last. */
function takeStyle(element: Element, imageUrl: ImageUrl): readonly Declaration[] {
  const take = (name: string): string => {
    const value = element.getAttribute(name) ?? '';
    element.removeAttribute(name);
    return value;
  };
  const declarations: Declaration[] = [];
  const background = take('background');
  const url = background === '' ? undefined : imageUrl(background);
  if (url !== undefined) declarations.push({ property: 'background-image', value: `url("${url}")`, priority: '' });
  const text = take('text');
  if (element.hasAttribute(bodyAttribute)) {
    // It stands for <body>, which a fragment cannot hold.
    element.removeAttribute(bodyAttribute);
    declarations.push(...readColour('background-color', take('bgcolor')), ...readColour('color', text));
  }
  const style = take(styleAttribute);
  if (style !== '') declarations.push(...readStyle(style, imageUrl));
  element.removeAttribute('style');
  return declarations;
}

/** `#fff`, `white`, and `fff` as people forget the mark. */
function readColour(property: string, colour: string): readonly Declaration[] {
  const value = /^[\da-f]{6}$|^[\da-f]{3}$/i.test(colour.trim()) ? `#${colour.trim()}` : colour.trim();
  return /^#?[a-z\d]{3,30}$/i.test(value) ? readStyle(`${property}:${value}`, () => undefined) : [];
}

function treatImage(image: HTMLImageElement, imageUrl: ImageUrl): void {
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
