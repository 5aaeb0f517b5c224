/** The smallest documents word processors and spreadsheets open: DOCX and XLSX (ECMA-376), ODT (ODF 1.2). */
import { printZip } from './zip.ts';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

export function printDocx(title: string, paragraphs: readonly string[]): Buffer {
  const text = [title, ...paragraphs].map(
    (line) => `<w:p><w:r><w:t xml:space="preserve">${escapeXml(line)}</w:t></w:r></w:p>`,
  );
  return printZip([
    file('[Content_Types].xml', contentTypes('/word/document.xml', 'wordprocessingml.document.main')),
    file('_rels/.rels', rootRelation('word/document.xml')),
    file(
      'word/document.xml',
      `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${text.join('')}</w:body></w:document>`,
    ),
  ]);
}

export function printXlsx(sheetName: string, rows: readonly (readonly (string | number)[])[]): Buffer {
  const cells = rows.map((row, index) => `<row r="${index + 1}">${row.map(printCell).join('')}</row>`);
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  return printZip([
    file(
      '[Content_Types].xml',
      contentTypes('/xl/workbook.xml', 'spreadsheetml.sheet.main').replace(
        '</Types>',
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
      ),
    ),
    file('_rels/.rels', rootRelation('xl/workbook.xml')),
    file(
      'xl/workbook.xml',
      `<workbook xmlns="${main}" xmlns:r="${OFFICE}"><sheets><sheet name="${escapeXml(sheetName)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    file(
      'xl/_rels/workbook.xml.rels',
      `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    file('xl/worksheets/sheet1.xml', `<worksheet xmlns="${main}"><sheetData>${cells.join('')}</sheetData></worksheet>`),
  ]);
}

export function printOdt(title: string, paragraphs: readonly string[]): Buffer {
  const type = 'application/vnd.oasis.opendocument.text';
  const text = [
    `<text:h text:outline-level="1">${escapeXml(title)}</text:h>`,
    ...paragraphs.map((line) => `<text:p>${escapeXml(line)}</text:p>`),
  ];
  const names = 'urn:oasis:names:tc:opendocument:xmlns';
  return printZip([
    { name: 'mimetype', content: Buffer.from(type), isStored: true },
    file(
      'META-INF/manifest.xml',
      `<manifest:manifest xmlns:manifest="${names}:manifest:1.0" manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="${type}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`,
    ),
    file(
      'content.xml',
      `<office:document-content xmlns:office="${names}:office:1.0" xmlns:text="${names}:text:1.0" office:version="1.2"><office:body><office:text>${text.join('')}</office:text></office:body></office:document-content>`,
    ),
  ]);
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function printCell(value: string | number): string {
  return typeof value === 'number'
    ? `<c><v>${value}</v></c>`
    : `<c t="inlineStr"><is><t>${escapeXml(value)}</t></is></c>`;
}

function contentTypes(part: string, kind: string): string {
  return `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.${kind}+xml"/></Types>`;
}

function rootRelation(target: string): string {
  return `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="${target}"/></Relationships>`;
}

function file(name: string, xml: string): { readonly name: string; readonly content: Buffer } {
  return { name, content: Buffer.from(XML + xml, 'utf8') };
}
