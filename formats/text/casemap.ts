/**
 * The collation i;unicode-casemap (RFC 5051 §2) as octets: two texts are the same, or one is part of the other, when
 * their octets are. Case and compatibility forms are gone, accents stand apart behind their letters.
 */

const maxUnits = 0x1_0000;
/** What each character of the basic plane becomes; made when it is first seen. */
const known: (Uint8Array | undefined)[] = [];
/** A mark that follows another character may change places with that one's marks: only the whole text tells. */
const isMoving = new Uint8Array(maxUnits);
const encoder = new TextEncoder();
const mark = /^\p{M}/u;
const outsideAscii = /[\x80-\u{10ffff}]/gu;

/** UTF-8 of the text as the collation compares it. */
export function casemapOctets(text: string): Uint8Array {
  // Most texts hardly grow; a letter with an accent becomes three octets.
  let octets = new Uint8Array(text.length + (text.length >> 2) + 16);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (length + 64 > octets.length) octets = grown(octets);
    if (unit < 0x80) {
      octets[length++] = unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
      continue;
    }
    const mapped = known[unit] ?? learn(unit);
    if (isMoving[unit] === 1) return encoder.encode(casemap(text));
    for (let index = 0; index < mapped.length; index += 1) octets[length++] = mapped[index] ?? 0;
  }
  return octets.subarray(0, length);
}

function grown(octets: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(octets.length * 2 + 64);
  larger.set(octets);
  return larger;
}

function learn(unit: number): Uint8Array {
  const character = String.fromCharCode(unit);
  const mapped = casemap(character);
  const isSurrogate = unit >= 0xd800 && unit < 0xe000;
  if (isSurrogate || mark.test(character) || mark.test(mapped)) isMoving[unit] = 1;
  const octets = encoder.encode(mapped);
  known[unit] = octets;
  return octets;
}

function casemap(text: string): string {
  const mapped = text.toWellFormed().replace(outsideAscii, mapOne).normalize('NFKD');
  // Last, because taking a character apart may show a capital (№, İ).
  return mapped.replace(/[A-Z]+/g, lower);
}

const lower = (run: string): string => run.toLowerCase();

/** To title case, which for comparing is as good as to small letters; never to more than one character. */
function mapOne(character: string): string {
  const upper = character.toUpperCase();
  const small = (upper.length === character.length ? upper : character).toLowerCase();
  return small.length === character.length ? small : character;
}
