/**
 * A small PDF writer (ISO 32000-1): pages of text in the standard fonts, enough for circulars, minutes and summons.
 * Text is WinAnsi; a character it does not hold becomes a question mark.
 */
import { deflateSync } from 'node:zlib';

export interface PdfText {
  readonly title: string;
  /** A line under the title, in small type. */
  readonly source: string;
  /** Paragraphs; an empty one leaves a gap, one beginning with "# " is a heading. */
  readonly paragraphs: readonly string[];
}

const PAGE_WIDTH = 595;
const PAGE_HEIGHT = 842;
const MARGIN = 64;
const LINES_PER_PAGE = 44;
const CHARACTERS_PER_LINE = 86;

interface Line {
  readonly font: 'F1' | 'F2';
  readonly size: number;
  readonly text: string;
}

/** Prints a PDF 1.4 file: catalog, pages, two fonts, one compressed stream a page, cross-reference table, trailer. */
export function printPdf(text: PdfText): Buffer {
  const lines: Line[] = [
    { font: 'F2', size: 16, text: text.title },
    { font: 'F1', size: 9, text: text.source },
    { font: 'F1', size: 11, text: '' },
    ...text.paragraphs.flatMap(layParagraph),
  ];
  const pages: Line[][] = [];
  for (let first = 0; first < lines.length; first += LINES_PER_PAGE)
    pages.push(lines.slice(first, first + LINES_PER_PAGE));
  const kids = pages.map((_, page) => `${5 + 2 * page} 0 R`).join(' ');
  const objects: Buffer[] = [
    latin('<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>'),
    latin(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`),
    latin('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'),
    latin('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>'),
  ];
  for (const [page, content] of pages.entries()) {
    const stream = deflateSync(latin(printContent(content, page + 1, pages.length)));
    objects.push(
      latin(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE_WIDTH} ${PAGE_HEIGHT}] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents ${6 + 2 * page} 0 R >>`,
      ),
      Buffer.concat([
        latin(`<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\n`),
        stream,
        latin('\nendstream'),
      ]),
    );
  }
  return assemble(objects, text.title);
}

function assemble(objects: readonly Buffer[], title: string): Buffer {
  const chunks: Buffer[] = [latin('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n')];
  let offset = chunks[0]?.length ?? 0;
  const offsets: number[] = [];
  const all = [...objects, latin(`<< /Title (${escapeText(title)}) /Producer (Pli) >>`)];
  for (const [index, object] of all.entries()) {
    offsets.push(offset);
    const chunk = Buffer.concat([latin(`${index + 1} 0 obj\n`), object, latin('\nendobj\n')]);
    chunks.push(chunk);
    offset += chunk.length;
  }
  const entries = offsets.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('');
  chunks.push(
    latin(
      `xref\n0 ${all.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${all.length + 1} /Root 1 0 R /Info ${all.length} 0 R >>\nstartxref\n${offset}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(chunks);
}

function layParagraph(paragraph: string): readonly Line[] {
  if (paragraph.startsWith('# ')) return [plain(''), { font: 'F2', size: 12, text: paragraph.slice(2) }];
  if (paragraph === '') return [plain('')];
  const lines: Line[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > CHARACTERS_PER_LINE) {
      lines.push(plain(line));
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, plain(line)];
}

function plain(text: string): Line {
  return { font: 'F1', size: 11, text };
}

function printContent(lines: readonly Line[], page: number, pages: number): string {
  const shown = lines.map((line) => `/${line.font} ${line.size} Tf (${escapeText(line.text)}) Tj T*`);
  const footer = `BT /F1 8 Tf ${MARGIN} 40 Td (${escapeText(`Document de démonstration, page ${page} sur ${pages}`)}) Tj ET`;
  return `BT 16 TL ${MARGIN} ${PAGE_HEIGHT - MARGIN - 16} Td ${shown.join('\n')} ET\n${footer}`;
}

function escapeText(text: string): string {
  let out = '';
  for (const character of text
    .replaceAll('’', "'")
    .replaceAll('œ', '\x9c')
    .replaceAll('Œ', '\x8c')
    .replaceAll('€', '\x80')
    .replaceAll('–', '\x96')) {
    const code = character.charCodeAt(0);
    out += '()\\'.includes(character) ? `\\${character}` : code > 255 ? '?' : character;
  }
  return out;
}

function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
