/** Parameters of Content-Type and Content-Disposition (RFC 2045 §5.1): bare, quoted, or RFC 2231 where long or not ASCII. */

const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`{|}~-]+$/;
/** Characters of one parameter before it is continued in a second. */
const MAX_PIECE = 60;

const encoder = new TextEncoder();

/** `name=value` as tokens for folding, each after its `;`. Several where the value is continued (RFC 2231 §3). */
export function paramTokens(params: Readonly<Record<string, string>>): string[] {
  return Object.entries(params).flatMap(([name, value]) =>
    /^[A-Za-z0-9!#$&+.^_`|~-]{1,64}$/.test(name) ? printParam(name, value) : [],
  );
}

function printParam(name: string, value: string): string[] {
  if (TOKEN.test(value) && value.length <= MAX_PIECE) return [`${name}=${value}`];
  if (/^[ -~]*$/.test(value) && value.length <= MAX_PIECE && !value.includes('=?'))
    return [`${name}="${value.replace(/["\\]/g, '\\$&')}"`];
  const pieces = extendedPieces(value);
  if (pieces.length === 1) return [`${name}*=UTF-8''${pieces[0] ?? ''}`];
  return pieces.map((piece, index) => `${name}*${index}*=${index === 0 ? "UTF-8''" : ''}${piece}`);
}

function extendedPieces(value: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const octet of encoder.encode(value)) {
    const character = String.fromCharCode(octet);
    const printed = /^[A-Za-z0-9._-]$/.test(character)
      ? character
      : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
    if (piece.length + printed.length > MAX_PIECE) {
      pieces.push(piece);
      piece = '';
    }
    piece += printed;
  }
  pieces.push(piece);
  return pieces;
}
