/** Lines of a CSV file (RFC 4180 §2), for spreadsheets. */

/** At the start of the file, or spreadsheets take accents for something else. */
export const spreadsheetMark = '\uFEFF';

/** One line with its end. A text that a spreadsheet would take for a formula begins with an apostrophe, as they themselves write it. */
export function printCsvLine(cells: readonly string[]): string {
  return `${cells.map(printCell).join(',')}\r\n`;
}

function printCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
