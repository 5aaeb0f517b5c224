/** Flags of old servers and programs as keywords (RFC 8621 §4.1.1). Pure. */
import { isKeyword, type Keywords, keywordLimits, keywordsOf } from '#server/mail/keywords.ts';

/** System flags (RFC 9051 §2.3.2), and what programs wrote before keywords were registered. */
const known: ReadonlyMap<string, string> = new Map([
  ['\\seen', '$seen'],
  ['\\answered', '$answered'],
  ['\\flagged', '$flagged'],
  ['\\draft', '$draft'],
  ['forwarded', '$forwarded'],
  ['junk', '$junk'],
  ['nonjunk', '$notjunk'],
  ['notjunk', '$notjunk'],
  ['mdnsent', '$mdnsent'],
]);

/**
 * `\Deleted` and `\Recent` are left out: the one says what a program was about to do, the other who looked first. A
 * message marked deleted is taken all the same, so that nothing is lost.
 */
export function keywordsOfFlags(flags: Iterable<string>): Keywords {
  const words: string[] = [];
  for (const flag of flags) {
    const word = known.get(flag.toLowerCase()) ?? flag;
    if (isKeyword(word) && words.length < keywordLimits.perEmail) words.push(word);
  }
  return keywordsOf(words);
}
