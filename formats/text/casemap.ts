/**
 * The collation i;unicode-casemap (RFC 5051 §2) as octets: two texts are the same, or one is part of the other, when
 * their octets are. Case and compatibility forms are gone, accents stand apart behind their letters.
 */

/** What each character beyond ASCII becomes; made when it is first seen. */
const known = new Map<string, string>();
const encoder = new TextEncoder();
const beyondAscii = /[^\0-\x7f]/;
const charactersBeyondAscii = /[^\0-\x7f]/gu;
/**
 * A mark that follows another character may change places with that one's marks, and half a character is none: then
 * only the whole text tells.
 */
const moving = /[\p{M}\p{Cs}\uff9e\uff9f]/u;
/** More than any text of people uses; what is beyond is made anew each time. */
const charactersKnown = 20_000;

/** UTF-8 of the text as the collation compares it. */
export function casemapOctets(text: string): Uint8Array {
  if (!beyondAscii.test(text)) return encoder.encode(text.toLowerCase());
  if (moving.test(text)) return encoder.encode(casemap(text));
  return encoder.encode(text.replace(charactersBeyondAscii, mapKnown).toLowerCase());
}

function mapKnown(character: string): string {
  const mapped = known.get(character);
  if (mapped !== undefined) return mapped;
  const made = casemap(character);
  if (known.size < charactersKnown) known.set(character, made);
  return made;
}

function casemap(text: string): string {
  const apart = text.toWellFormed().replace(charactersBeyondAscii, mapOne).normalize('NFKD');
  // Again, because taking a character apart may show a capital (№, ϒ). Each by itself: a Σ knows what follows it.
  return apart.replace(charactersBeyondAscii, mapOne).replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

/** To title case, which for comparing is as good as to small letters; never to more than one character. */
function mapOne(character: string): string {
  const upper = character.toUpperCase();
  const small = (upper.length === character.length ? upper : character).toLowerCase();
  return small.length === character.length ? small : character;
}
