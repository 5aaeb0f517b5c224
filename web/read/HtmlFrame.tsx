/**
 * A message's HTML in a frame of its own: sandboxed, without scripts, filled through the object model, because the
 * page's policy allows no inline style and the frame inherits it. It is as high as what it holds, narrowed to fit, and
 * readable in dark: a message without colours takes the theme's, one with colours is turned around.
 */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { preferences, subscribePreferences } from '#web/app/preferences.ts';
import { requestCompose } from '#web/app/composeRequests.ts';
import { t } from '#web/words/read.ts';
import css from './reader.module.css';
import type { Sanitised } from './sanitise.ts';

export interface HtmlFrameProps {
  readonly content: Sanitised;
  readonly hasOwnColours: boolean;
  /** What stands above the message on paper: its subject, then its sender and so on, a line each. */
  readonly printHead: readonly string[];
  /** Hands the frame out, for printing. */
  readonly onReady: (frame: HTMLIFrameElement) => void;
}

const sandbox = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-modals';
/** Without this line the frame would keep the rules of 1998, where a body is never lower than its window. */
const emptyDocument = '<!doctype html>';
/** Narrower than this, letters could not be read: the frame scrolls sideways instead. */
const smallestZoom = 0.5;
/** No message is so high; one that grows with its frame stops here. */
const mostHeightPx = 400_000;

export function HtmlFrame({ content, hasOwnColours, printHead, onReady }: HtmlFrameProps) {
  const [frame, setFrame] = useState<{ readonly element: HTMLIFrameElement; readonly inner: Document } | undefined>(
    undefined,
  );
  const isDark = useIsDark();
  const heading = printHead.join('\n');
  useEffect(() => {
    if (!frame) return undefined;
    const { element, inner } = frame;
    fill(inner, content, themeSheet(content.hasColours, hasOwnColours || content.isDark, isDark), heading.split('\n'));
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
  }, [frame, content, hasOwnColours, isDark, heading, onReady]);
  return (
    <iframe
      className={css['frame']}
      sandbox={sandbox}
      srcDoc={emptyDocument}
      title={t('frame')}
      onLoad={({ currentTarget }) => {
        const inner = currentTarget.contentDocument;
        if (inner) setFrame({ element: currentTarget, inner });
      }}
    />
  );
}

const darkScreen = matchMedia('(prefers-color-scheme: dark)');

/** Whether the page is dark now, by the person's choice or the system's. */
function useIsDark(): boolean {
  return useSyncExternalStore(subscribeDark, () => {
    const { theme } = preferences();
    return theme === 'dark' || (theme === 'system' && darkScreen.matches);
  });
}

function subscribeDark(listener: () => void): () => void {
  darkScreen.addEventListener('change', listener);
  const stop = subscribePreferences(listener);
  return () => {
    darkScreen.removeEventListener('change', listener);
    stop();
  };
}

function fill(inner: Document, content: Sanitised, theme: string, printHead: readonly string[]): void {
  inner.documentElement.lang = document.documentElement.lang;
  inner.title = printHead[0] ?? '';
  // The same content may be shown again in other colours: the fragment is kept, a copy goes in.
  const copies = new Map<Node, Node>();
  const copy = copyInto(inner, content.body, copies);
  for (const [element, declarations] of content.styles) {
    const target = copies.get(element);
    if (!target || !('style' in target)) continue;
    const { style } = target as HTMLElement;
    for (const { property, value, priority } of declarations) style.setProperty(property, value, priority);
  }
  const head = inner.createElement('header');
  head.className = printHeadClass;
  head.append(
    ...printHead.map((line) => {
      const paragraph = inner.createElement('p');
      paragraph.textContent = line;
      return paragraph;
    }),
  );
  inner.body.replaceChildren(head, copy);
  for (const element of [inner.documentElement, inner.body]) {
    // On the element itself nothing of the sender's can be stronger.
    for (const [property, value] of ownHeight) element.style.setProperty(property, value, 'important');
  }
  const view = inner.defaultView;
  if (!view) return;
  inner.adoptedStyleSheets = [baseSheet, ...content.styleSheets, theme].map((text) => {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
}

const ownHeight = [
  ['height', 'auto'],
  ['min-height', '0'],
  ['max-height', 'none'],
] as const;

function copyInto(inner: Document, node: Node, copies: Map<Node, Node>): Node {
  const copy = inner.importNode(node, false);
  copies.set(node, copy);
  for (const child of node.childNodes) copy.appendChild(copyInto(inner, child, copies));
  return copy;
}

const printHeadClass = 'pli-print-head';

const baseSheet = `
  html { overflow: auto hidden; }
  body { margin: 0; padding: 4px 16px 16px; font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; overflow-wrap: anywhere; }
  img { max-width: 100%; height: auto; }
  img[data-blocked] { min-width: 16px; min-height: 16px; outline: 1px dashed currentColor; opacity: .5; }
  pre { white-space: pre-wrap; }
  blockquote { margin: 0 0 0 4px; padding-left: 12px; border-left: 3px solid #8a929b; }
  table { max-width: 100%; }
  .${printHeadClass} { display: none; }
  @media print {
    .${printHeadClass} { display: block; margin-bottom: 16px; padding-bottom: 8px; border-bottom: 1px solid #888; color: #000; }
    .${printHeadClass} p { margin: 0 0 4px; font: 13px/1.4 system-ui, sans-serif; }
    .${printHeadClass} p:first-child { font-size: 20px; font-weight: 600; }
  }
`;

/** What the theme adds: its own colours to a message that has none, a turn around to one that has. */
function themeSheet(hasColours: boolean, hasOwnColours: boolean, isDark: boolean): string {
  const page = getComputedStyle(document.documentElement);
  const colour = (name: string) => page.getPropertyValue(name).trim();
  if (hasColours && isDark && !hasOwnColours) {
    // #e5e1dd turned around is the surface of the dark theme.
    return `@media screen {
      html { background: #e5e1dd; filter: invert(1) hue-rotate(180deg); } body { color: #16120e; }
      img { filter: invert(1) hue-rotate(180deg); }
    }`;
  }
  if (hasColours) return 'html { background: #ffffff; } body { color: #1c2127; }';
  return `@media screen {
    html { background: ${colour('--surface')}; } body { color: ${colour('--ink')}; } a { color: ${colour('--accent')}; }
  }`;
}

function fitFrame(frame: HTMLIFrameElement, inner: Document): void {
  const { body, documentElement } = inner;
  body.style.setProperty('zoom', '1');
  const width = frame.clientWidth;
  const wanted = documentElement.scrollWidth;
  const zoom = width > 0 && wanted > width ? Math.max(smallestZoom, width / wanted) : 1;
  if (zoom < 1) body.style.setProperty('zoom', String(zoom));
  // Where it still does not fit, the bar for scrolling sideways takes its room too.
  const barPx = documentElement.scrollWidth > width ? 16 : 0;
  const heightPx = Math.min(mostHeightPx, Math.ceil(body.getBoundingClientRect().height) + barPx);
  frame.style.setProperty('height', `${heightPx}px`);
}

/** Keys go on to the page; a mail address opens our own composer. */
function listen(frame: HTMLIFrameElement, inner: Document): () => void {
  const onKey = (event: KeyboardEvent) => {
    const copy = new KeyboardEvent('keydown', { ...pick(event), bubbles: true, cancelable: true });
    if (!frame.dispatchEvent(copy)) event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    // Of another window, so instanceof would not know it.
    const target = event.target ? (event.target as Element).closest?.('a[href^="mailto:" i]') : null;
    if (!target) return;
    event.preventDefault();
    requestCompose({ kind: 'new', to: mailAddress(target.getAttribute('href') ?? '') });
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

/** The addresses of a mailto: link (RFC 6068); its other fields are the composer's affair. */
function mailAddress(href: string): string {
  const to = href.slice('mailto:'.length).split('?')[0] ?? '';
  try {
    return decodeURIComponent(to);
  } catch {
    return to;
  }
}
