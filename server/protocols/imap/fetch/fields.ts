/** Fields of a header picked by name, as they stand, with the empty line that ends a header (RFC 9051 §6.4.5.1). */

/** Names in the order asked for are one set, and many messages are asked for the same. */
const setsKept = 200;
const setOf = new Map<string, ReadonlySet<string>>();

function wanted(names: readonly string[]): ReadonlySet<string> {
  const key = names.join(' ');
  const known = setOf.get(key);
  if (known) return known;
  if (setOf.size >= setsKept) setOf.clear();
  const set = new Set(names);
  setOf.set(key, set);
  return set;
}

/** @param header octets of header fields. @returns octets, one a character. */
export function listedHeader(header: Uint8Array, names: readonly string[], isNot = false): string {
  const text = Buffer.from(header.buffer, header.byteOffset, header.byteLength).toString('latin1');
  const set = wanted(names);
  let picked = '';
  for (let start = 0; start < text.length;) {
    const end = fieldEnd(text, start);
    const colon = text.indexOf(':', start);
    const name = colon < 0 || colon > end ? '' : text.slice(start, colon).trimEnd().toLowerCase();
    // What is no field, such as the empty line, is never picked.
    if (name !== '' && set.has(name) !== isNot) picked += text.slice(start, end);
    start = end;
  }
  return `${picked}\r\n`;
}

/** After the line end of the field that begins at `start`, its continuation lines included (RFC 5322 §2.2.3). */
function fieldEnd(text: string, start: number): number {
  for (let at = start; ;) {
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd < 0) return text.length;
    at = lineEnd + 1;
    const next = text.charCodeAt(at);
    if (next !== 0x20 && next !== 0x09) return at;
  }
}
