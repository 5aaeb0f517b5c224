/**
 * Takes the styles out of an HTML text before a browser parses it: even a document nobody sees has the page's policy,
 * which refuses style attributes and drops them. They travel as `data-pli-style`, sheets apart. What is missed here is
 * refused by that policy and removed by the sanitiser: this is about keeping the sender's looks, not about safety.
 */
export const styleAttribute = 'data-pli-style';

export interface HiddenStyles {
  readonly html: string;
  readonly styleSheets: readonly string[];
}

const wordEnd = /[\s/>=]/;

/** Linear in the length of the text, whatever it holds. */
export function hideStyles(html: string): HiddenStyles {
  const pieces: string[] = [];
  const styleSheets: string[] = [];
  let kept = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4);
      if (end < 0) break;
      at = end + 3;
      continue;
    }
    if (!/[a-zA-Z]/.test(html[at + 1] ?? '')) {
      at += 1;
      continue;
    }
    const { end, styleAt, isStyle } = readTag(html, at);
    if (isStyle) {
      const close = indexOfClosing(html, end);
      styleSheets.push(html.slice(end, close.start));
      pieces.push(html.slice(kept, at));
      kept = close.end;
      at = close.end;
      continue;
    }
    for (const start of styleAt) {
      pieces.push(html.slice(kept, start), styleAttribute);
      kept = start + 'style'.length;
    }
    at = end;
  }
  pieces.push(html.slice(kept));
  return { html: pieces.join(''), styleSheets };
}

interface Tag {
  /** After the `>`. */
  readonly end: number;
  /** Where attributes named style begin. */
  readonly styleAt: readonly number[];
  readonly isStyle: boolean;
}

function readTag(html: string, start: number): Tag {
  let at = start + 1;
  while (at < html.length && !wordEnd.test(html[at] ?? '')) at += 1;
  const isStyle = html.slice(start + 1, at).toLowerCase() === 'style';
  const styleAt: number[] = [];
  while (at < html.length && html[at] !== '>') {
    const word = at;
    while (at < html.length && !wordEnd.test(html[at] ?? '')) at += 1;
    if (at === word) {
      at += 1;
      continue;
    }
    if (html.slice(word, at).toLowerCase() === 'style') styleAt.push(word);
    at = skipValue(html, at);
  }
  return { end: Math.min(at + 1, html.length), styleAt, isStyle };
}

function skipValue(html: string, from: number): number {
  let at = skipSpace(html, from);
  if (html[at] !== '=') return from;
  at = skipSpace(html, at + 1);
  const quote = html[at];
  if (quote === '"' || quote === "'") {
    const end = html.indexOf(quote, at + 1);
    return end < 0 ? html.length : end + 1;
  }
  while (at < html.length && !/[\s>]/.test(html[at] ?? '')) at += 1;
  return at;
}

function skipSpace(html: string, from: number): number {
  let at = from;
  while (/\s/.test(html[at] ?? '')) at += 1;
  return at;
}

/** A style sheet that is never closed takes the rest, as in a browser. */
function indexOfClosing(html: string, from: number): { readonly start: number; readonly end: number } {
  for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
    if (html.slice(at + 2, at + 7).toLowerCase() !== 'style') continue;
    const end = html.indexOf('>', at);
    return { start: at, end: end < 0 ? html.length : end + 1 };
  }
  return { start: html.length, end: html.length };
}
