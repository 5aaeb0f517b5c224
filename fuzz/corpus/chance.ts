/** Chance that depends on a seed alone, with what a writer of messages asks of it. */

export interface Chance {
  /** An integer from 0 to `limit` - 1. */
  readonly below: (limit: number) => number;
  readonly pick: <T extends readonly [unknown, ...unknown[]]>(from: T) => T[number];
  /** True so often out of a hundred. */
  readonly percent: (often: number) => boolean;
  readonly words: (count: number) => string;
  /** Any octets. */
  readonly octets: (count: number) => Buffer;
}

const vocabulary = [
  'réunion', 'conseil', 'classe', 'élèves', 'établissement', 'rentrée', 'calendrier', 'inscription', 'œuvre', 'naïf',
  'professeur', 'documents', 'rectorat', 'circulaire', 'convocation', 'examen', 'absence', 'remplacement', 'l’hiver',
  'stage', 'formation', 'évaluation', 'projet', 'budget', 'Straße', 'señor', 'Łódź', 'дорогой', '会議', '회의', '日程',
] as const; // prettier-ignore

/** mulberry32 */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    below,
    pick: (from) => from[below(from.length)] ?? from[0],
    percent: (often) => random() * 100 < often,
    words: (count) => Array.from({ length: count }, () => vocabulary[below(vocabulary.length)]).join(' '),
    octets: (count) => {
      const octets = Buffer.allocUnsafe(count);
      for (let at = 0; at < count; at++) octets[at] = below(256);
      return octets;
    },
  };
}
