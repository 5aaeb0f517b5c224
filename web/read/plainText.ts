/** A plain text made ready to show: quoted runs apart, so that they can be folded, and addresses found, so that they can be followed. */

export interface TextRun {
  readonly kind: 'own' | 'quoted';
  readonly lines: readonly string[];
}

const quoteLine = /^\s{0,3}>/;
/** The line that announces a quotation, in French and English: it is folded with it. */
const announcement = /^(?:Le |On |Am |-{2,}\s*(?:Message d['’]origine|Original Message)).{0,200}(?::|-{2,})\s*$/i;
const originalMessage =
  /^-{2,}\s*(?:Message d['’]origine|Original Message|Message transféré|Forwarded message)\s*-{2,}\s*$/i;

/** Cuts a text into runs. What stands below "Message d'origine" is quoted to the end, as Outlook writes it. */
export function quoteRuns(text: string): readonly TextRun[] {
  const runs: { kind: TextRun['kind']; lines: string[] }[] = [];
  let isRestQuoted = false;
  for (const line of text.split('\n')) {
    isRestQuoted ||= originalMessage.test(line);
    const kind = isRestQuoted || quoteLine.test(line) ? 'quoted' : 'own';
    const last = runs.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else runs.push({ kind, lines: [line] });
  }
  for (const [index, run] of runs.entries()) {
    const next = runs[index + 1];
    if (run.kind === 'own' && next?.kind === 'quoted') moveAnnouncement(run.lines, next.lines);
  }
  return runs.filter((run) => run.lines.length > 0);
}

/** The announcement may be folded on two lines, and an empty line may stand below it. */
function moveAnnouncement(own: string[], quoted: string[]): void {
  let at = own.length - 1;
  while (at >= 0 && own[at]?.trim() === '') at -= 1;
  const one = own[at] ?? '';
  const two = `${own[at - 1] ?? ''} ${one}`.trim();
  const count = announcement.test(one.trim()) ? 1 : announcement.test(two) ? 2 : 0;
  if (count > 0) quoted.unshift(...own.splice(at - count + 1));
}

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

const linkForm =
  /\b(?:https?:\/\/[^\s<>"]{1,2000}|www\.[^\s<>"]{1,500}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})/gi;

/** The text in pieces; a full stop or bracket that ends a sentence is no part of its address. */
export function linkPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(linkForm)) {
    const link = trimEnd(match[0]);
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index) });
    pieces.push({ kind: 'link', text: link, href: hrefOf(link) });
    at = match.index + link.length;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) });
  return pieces;
}

function trimEnd(link: string): string {
  const cut = link.replace(/[.,;:!?'"»]+$/, '');
  return cut.endsWith(')') && !cut.includes('(') ? cut.slice(0, -1) : cut;
}

function hrefOf(link: string): string {
  if (/^https?:/i.test(link)) return link;
  return link.startsWith('www.') ? `https://${link}` : `mailto:${link}`;
}
