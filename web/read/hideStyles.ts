/**
 * A first look at an HTML text, before a browser parses it. Styles are taken out: even a document nobody sees has the
 * page's policy, which refuses style attributes and drops them; they travel as `data-pli-style`, sheets apart. What is
 * missed here is refused by that policy and removed by the sanitiser: this is about keeping the sender's looks.
 * And tags beyond what a browser can lay out are left out, their text kept: twenty thousand tables in each other would
 * stop the page.
 */
export const styleAttribute = 'data-pli-style';
/** On the element that stands for <body>, whose attributes a fragment could not keep. */
export const bodyAttribute = 'data-pli-body';

export interface HiddenStyles {
  readonly html: string;
  readonly styleSheets: readonly string[];
}

const wordEnd = /[\s/>=]/;
/** A long correspondence nests some sixty; a table makes four elements, and browsers stop at 512. */
const mostNested = 120;
/** Tags of letters are opened again in every paragraph they are left open in. */
const mostLetterTags = 24;
const mostTags = 50_000;

/** Never closed, or closed by what follows: they say nothing about depth. */
const flatTags = new Set(
  'area base br col colgroup dd dt embed hr img input li link meta option p param source tbody td tfoot th thead tr track wbr'.split(
    ' ',
  ),
);
/** Of the flat ones, those that mean something without what was left out around them. */
const plainTags = new Set(['br', 'hr', 'img', 'li', 'p']);
const letterTags = new Set('a b big code em font i nobr s small strike strong tt u'.split(' '));
/** Whose content is no HTML: up to their end tag, which a browser needs as well. */
const rawTags = new Set(['title', 'textarea', 'xmp', 'script', 'iframe', 'noembed', 'noframes']);

/**
 * They would act, or be refused with a complaint on the console, in the very document the sanitiser reads. And what is meant
 * for readers without programs is meant for us.
 */
const refusedTags = new Set(['base', 'meta', 'link', 'noscript']);

/** Linear in the length of the text, whatever it holds. */
export function hideStyles(html: string): HiddenStyles {
  const pieces: string[] = [];
  const styleSheets: string[] = [];
  const bounds = createBounds();
  let kept = 0;
  const leaveOut = (from: number, to: number) => {
    pieces.push(html.slice(kept, from));
    kept = to;
  };
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
    if (html.startsWith('<!--', at)) {
      // `<!-->` is a whole comment, so the end may begin with the dashes of the beginning.
      const end = html.indexOf('-->', at + 2);
      if (end < 0) break;
      at = end + 3;
      continue;
    }
    const isEnd = html[at + 1] === '/';
    if (!/[a-zA-Z]/.test(html[isEnd ? at + 2 : at + 1] ?? '')) {
      at += 1;
      continue;
    }
    const { end, renamed, name } = readTag(html, isEnd ? at + 1 : at);
    if (isEnd) {
      if (refusedTags.has(name) || !bounds.mayClose(name)) leaveOut(at, end);
    } else if (name === 'style') {
      const close = indexOfClosing(html, end, name);
      styleSheets.push(html.slice(end, close.start));
      leaveOut(at, close.end);
      at = close.end;
      continue;
    } else if (rawTags.has(name)) {
      at = indexOfClosing(html, end, name).end;
      continue;
    } else if (refusedTags.has(name) || !bounds.mayOpen(name)) {
      leaveOut(at, end);
    } else {
      if (name === 'body') {
        leaveOut(at, at + '<body'.length);
        pieces.push(`<div ${bodyAttribute}`);
      }
      for (const { start, end: after, instead } of renamed) {
        leaveOut(start, after);
        pieces.push(instead);
      }
    }
    at = end;
  }
  pieces.push(html.slice(kept));
  return { html: pieces.join(''), styleSheets };
}

/** Counts what is open. An end tag goes with its start: left out together, as far as they are balanced. */
function createBounds() {
  let tags = 0;
  let nested = 0;
  let letters = 0;
  let leftOut = 0;
  return {
    mayOpen(name: string): boolean {
      tags += 1;
      const isFlat = flatTags.has(name);
      const isLetter = letterTags.has(name);
      if (tags > mostTags || nested >= mostNested || (isLetter && letters >= mostLetterTags)) {
        if (!isFlat) leftOut += 1;
        return plainTags.has(name) && tags <= mostTags;
      }
      if (!isFlat) nested += 1;
      if (isLetter) letters += 1;
      return true;
    },
    mayClose(name: string): boolean {
      if (flatTags.has(name)) return true;
      if (leftOut > 0) {
        leftOut -= 1;
        return false;
      }
      nested = Math.max(0, nested - 1);
      if (letterTags.has(name)) letters = Math.max(0, letters - 1);
      return true;
    },
  };
}

interface Tag {
  /** After the `>`. */
  readonly end: number;
  /** Attribute names that must not be read as what they are, in order, and what stands in their place. */
  readonly renamed: readonly { readonly start: number; readonly end: number; readonly instead: string }[];
  readonly name: string;
}

function readTag(html: string, start: number): Tag {
  let at = start + 1;
  while (at < html.length && !wordEnd.test(html[at] ?? '')) at += 1;
  // Longer names are none we look for.
  const name = html.slice(start + 1, Math.min(at, start + 10)).toLowerCase();
  const renamed: { start: number; end: number; instead: string }[] = [];
  while (at < html.length && html[at] !== '>') {
    const word = at;
    while (at < html.length && !wordEnd.test(html[at] ?? '')) at += 1;
    if (at === word) {
      at += 1;
      continue;
    }
    const attribute = html.slice(word, Math.min(at, word + 6)).toLowerCase();
    if (attribute === 'style') renamed.push({ start: word, end: at, instead: styleAttribute });
    else if (attribute.startsWith('on')) renamed.push({ start: word, end: word, instead: 'data-' });
    at = skipValue(html, at);
  }
  return { end: Math.min(at + 1, html.length), renamed, name };
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

/** What is never closed takes the rest, as in a browser. */
function indexOfClosing(html: string, from: number, name: string): { readonly start: number; readonly end: number } {
  for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
    if (html.slice(at + 2, at + 2 + name.length).toLowerCase() !== name) continue;
    const end = html.indexOf('>', at);
    return { start: at, end: end < 0 ? html.length : end + 1 };
  }
  return { start: html.length, end: html.length };
}
