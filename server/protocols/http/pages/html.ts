/**
 * Pages that are made here and need no script: each is whole in one answer, in the visitor's language, light or dark as
 * their browser likes it. What is put into a page is escaped unless it is a piece of page itself.
 */
import { createHash } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Looks } from '#server/brand/watch.ts';
import { logoPath, sheetPath } from '#server/protocols/http/looks.ts';

/** A piece of a page, escaped already. */
export interface Html {
  readonly html: string;
}

type Piece = string | number | Html | readonly Html[];

/** A piece from a template; strings in it are text. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return { html: parts.map((part, index) => part + print(pieces[index] ?? '')).join('') };
}

function print(piece: Piece): string {
  if (typeof piece === 'number') return String(piece);
  if (typeof piece === 'string') return escaped(piece);
  return 'html' in piece ? piece.html : piece.map((each) => each.html).join('');
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => marks[mark] ?? '');
}

export type PageLanguage = 'fr' | 'en';

/** French, unless the address or the browser asks for English. */
export function languageOf(request: FastifyRequest): PageLanguage {
  const asked = new URL(request.url, 'http://x').searchParams.get('lang');
  if (asked === 'fr' || asked === 'en') return asked;
  const first = /^\s*([a-z]{2})/i.exec(request.headers['accept-language'] ?? '')?.[1]?.toLowerCase();
  return first === 'en' ? 'en' : 'fr';
}

/** Ink and grounds as web/ui/tokens.css has them: pairs of at least 4.5:1. */
const style = `
:root{color-scheme:light dark;--ink:#1c2127;--soft:#56606b;--ground:#f1f0ec;--surface:#fff;--line:#dfdcd5;--accent:#14606f;--warn:#fbf1d9;--on-warn:#5e4200;--danger:#fbe9e7;--good:#e2ecd9;--focus:#0b5fd6}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#a9b2bb;--ground:#121518;--surface:#1a1e22;--line:#2e353c;--accent:#6fc3d1;--warn:#3a3017;--on-warn:#f3dfa6;--danger:#3b201d;--good:#34452a;--focus:#8db8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',Arial,sans-serif}
header,main,footer{width:min(46rem,100%);margin:0 auto;padding:1rem;overflow-wrap:anywhere}
header{padding-top:2rem;color:var(--soft)}
/* Drawn for paper: it stands on white in the dark too. */
.logo{display:block;max-width:100%;height:3.5rem;object-fit:contain;object-position:left;background:#fff;border-radius:.375rem;padding:.25rem}
h1{margin:0;color:var(--ink);font-size:1.5rem;line-height:1.25}
h2{font-size:1.125rem;margin:2rem 0 .5rem}
h3,h4{font-size:1rem;margin:1rem 0 .25rem}
.card h4{margin-top:0}
section.card,details{background:var(--surface);border:1px solid var(--line);border-radius:.75rem;padding:1rem 1.25rem;margin:0 0 .75rem}
.card h2{margin-top:0}
summary{font-weight:600;cursor:pointer;padding:.25rem 0}
section.warn{background:var(--warn);color:var(--on-warn)}
section.danger,p.danger{background:var(--danger)}
section.good{background:var(--good)}
.code{font:600 2rem/1.3 ui-monospace,'Liberation Mono',monospace;letter-spacing:.12em}
.soft{color:var(--soft)}
a{color:var(--accent)}
.warn a{color:inherit}
a:focus-visible,summary:focus-visible,button:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.25rem 1.25rem;border:1px solid var(--accent);border-radius:.5rem;background:var(--surface);color:var(--accent);cursor:pointer}
ul,ol{padding-inline-start:1.25rem}
li{margin:.25rem 0}
dl{display:grid;grid-template-columns:minmax(0,11rem) minmax(0,1fr);gap:.25rem 1rem;margin:.5rem 0}
dt{color:var(--soft)}
dd{margin:0}
@media (max-width:36rem){dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:.5rem}}
footer{border-top:1px solid var(--line);margin-top:1.5rem;font-size:.875rem;color:var(--soft)}
footer a{margin-inline-end:1rem}
`;

/** Not in the template below: the policy names these very octets, and none beside them. */
const styleElement: Html = { html: `<style>${style}</style>` };
const styleHash = createHash('sha256').update(style).digest('base64');

export interface Page {
  readonly language: PageLanguage;
  readonly title: string;
  /** Whose house it is: its name or logo above the title, its colours. */
  readonly looks: Looks;
  readonly body: Html;
  readonly links: readonly { readonly href: string; readonly words: string }[];
  /** A script of ours, by its address; the page must say what it says without it too. */
  readonly script?: string;
}

const otherLanguage = { fr: { code: 'en', words: 'English' }, en: { code: 'fr', words: 'Français' } } as const;

/** Sends it; nobody keeps it. */
export function sendPage(reply: FastifyReply, status: number, page: Page): FastifyReply {
  const { language, title, looks, body, links, script } = page;
  const house = looks.name;
  const logo = logoPath(looks);
  const sheet = sheetPath(looks);
  const runs = script === undefined ? '' : "; script-src 'self'; connect-src 'self'";
  const other = otherLanguage[language];
  const text = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} — ${house}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        ${styleElement} ${sheet === undefined ? '' : html`<link rel="stylesheet" href="${sheet}" />`}
        ${script === undefined ? '' : html`<script src="${script}" defer></script>`}
      </head>
      <body>
        <header>
          ${logo === undefined ? html`<p>${house}</p>` : html`<p><img class="logo" src="${logo}" alt="${house}" /></p>`}
          <h1>${title}</h1>
        </header>
        <main>${body}</main>
        <footer>
          <p>
            ${links.map(({ href, words }) => html`<a href="${href}">${words}</a> `)}<a
              href="?lang=${other.code}"
              lang="${other.code}"
              hreflang="${other.code}"
              >${other.words}</a
            >
          </p>
        </footer>
      </body>
    </html> `;
  void reply.headers({
    'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'${sheet === undefined ? '' : " 'self'"}; img-src 'self'${runs}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'content-type': 'text/html; charset=utf-8',
    'content-language': language,
    'cache-control': 'no-store',
    vary: 'accept-language',
  });
  return reply.code(status).send(text.html);
}
