/**
 * A message's HTML in a frame of its own: sandboxed, without scripts, filled through the object model, because the
 * page's policy allows no inline style and the frame inherits it. It is as high as what it holds, narrowed to fit, and
 * readable in dark: a message without colours takes the theme's, one with colours is turned around.
 */
import { useEffect, useRef } from 'react';
import { requestCompose } from '#web/app/composeRequests.ts';
import { t } from '#web/words/read.ts';
import css from './reader.module.css';
import { type Sanitised, tameStyleSheet } from './sanitise.ts';

export interface HtmlFrameProps {
  readonly content: Sanitised;
  readonly hasOwnColours: boolean;
  /** Hands the frame out, for printing. */
  readonly onReady: (frame: HTMLIFrameElement) => void;
}

const sandbox = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-modals';
/** Narrower than this, letters could not be read: the frame scrolls sideways instead. */
const smallestZoom = 0.5;

export function HtmlFrame({ content, hasOwnColours, onReady }: HtmlFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const element = frame.current;
    const inner = element?.contentDocument;
    if (!element || !inner) return undefined;
    fill(inner, content, themeSheet(content.hasColours, hasOwnColours));
    const stopListening = listen(element, inner);
    const fit = () => fitFrame(element, inner);
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    observer.observe(inner.body);
    for (const image of inner.images) image.addEventListener('load', fit);
    fit();
    onReady(element);
    return () => {
      observer.disconnect();
      stopListening();
    };
  }, [content, hasOwnColours, onReady]);
  return <iframe ref={frame} className={css['frame']} sandbox={sandbox} title={t('frame')} />;
}

function fill(inner: Document, content: Sanitised, theme: string): void {
  inner.documentElement.lang = document.documentElement.lang;
  // The same content may be shown again in other colours: the fragment is kept, a copy goes in.
  const copies = new Map<Node, Node>();
  const copy = copyInto(inner, content.body, copies);
  for (const [element, declarations] of content.styles) {
    const target = copies.get(element);
    if (!target || !('style' in target)) continue;
    const { style } = target as HTMLElement;
    for (const { property, value, priority } of declarations) style.setProperty(property, value, priority);
  }
  inner.body.replaceChildren(copy);
  const view = inner.defaultView;
  if (!view) return;
  inner.adoptedStyleSheets = [baseSheet, ...content.styleSheets, theme].map((text, index, all) => {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(text);
    if (index > 0 && index < all.length - 1) tameStyleSheet(sheet);
    return sheet;
  });
}

function copyInto(inner: Document, node: Node, copies: Map<Node, Node>): Node {
  const copy = inner.importNode(node, false);
  copies.set(node, copy);
  for (const child of node.childNodes) copy.appendChild(copyInto(inner, child, copies));
  return copy;
}

const baseSheet = `
  html { overflow: auto hidden; }
  body { margin: 0; padding: 4px 16px 16px; font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; overflow-wrap: anywhere; }
  img { max-width: 100%; height: auto; }
  img[data-blocked] { min-width: 16px; min-height: 16px; outline: 1px dashed currentColor; opacity: .5; }
  pre { white-space: pre-wrap; }
  blockquote { margin: 0 0 0 4px; padding-left: 12px; border-left: 3px solid #8a929b; }
  table { max-width: 100%; }
`;

/** What the theme adds: its own colours to a message that has none, a turn around to one that has. */
function themeSheet(hasColours: boolean, hasOwnColours: boolean): string {
  const page = getComputedStyle(document.documentElement);
  const isDark = page.colorScheme.includes('dark');
  const colour = (name: string) => page.getPropertyValue(name).trim();
  if (hasColours && isDark && !hasOwnColours) {
    // #e5e1dd turned around is the surface of the dark theme.
    return `html { background: #e5e1dd; filter: invert(1) hue-rotate(180deg); } body { color: #16120e; }
      img { filter: invert(1) hue-rotate(180deg); }`;
  }
  if (hasColours) return 'html { background: #ffffff; } body { color: #1c2127; }';
  return `html { background: ${colour('--surface')}; } body { color: ${colour('--ink')}; } a { color: ${colour('--accent')}; }`;
}

function fitFrame(frame: HTMLIFrameElement, inner: Document): void {
  const { body } = inner;
  body.style.setProperty('zoom', '1');
  const width = frame.clientWidth;
  const wanted = inner.documentElement.scrollWidth;
  if (width > 0 && wanted > width) body.style.setProperty('zoom', String(Math.max(smallestZoom, width / wanted)));
  frame.style.setProperty('height', `${Math.ceil(body.getBoundingClientRect().height)}px`);
}

/** Keys go on to the page; a mail address opens our own composer. */
function listen(frame: HTMLIFrameElement, inner: Document): () => void {
  const onKey = (event: KeyboardEvent) => {
    const copy = new KeyboardEvent('keydown', { ...pick(event), bubbles: true, cancelable: true });
    if (!frame.dispatchEvent(copy)) event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const target =
      event.target instanceof Node || event.target ? (event.target as Element).closest?.('a[href^="mailto:" i]') : null;
    if (!target) return;
    event.preventDefault();
    const to = decodeURIComponent((target.getAttribute('href') ?? '').slice('mailto:'.length).split('?')[0] ?? '');
    requestCompose({ kind: 'new', to });
  };
  inner.addEventListener('keydown', onKey);
  inner.addEventListener('click', onClick);
  return () => {
    inner.removeEventListener('keydown', onKey);
    inner.removeEventListener('click', onClick);
  };
}

function pick({ key, code, ctrlKey, shiftKey, altKey, metaKey }: KeyboardEvent): KeyboardEventInit {
  return { key, code, ctrlKey, shiftKey, altKey, metaKey };
}
