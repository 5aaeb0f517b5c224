/** Flags as scripts name them, and keywords as emails carry them. */
import { isKeyword, type Keywords, keywordLimits, keywordsOf } from '#server/mail/keywords.ts';

/** IMAP's flags as keywords (RFC 8621 §4.1.1): `\Seen` is `$seen`. What cannot be one is left out. */
export function asKeywords(flags: readonly string[]): Keywords {
  const keywords = flags.map((flag) => (flag.startsWith('\\') ? `$${flag.slice(1).toLowerCase()}` : flag));
  const isKnown = (word: string): boolean => isKeyword(word) && !['$deleted', '$recent'].includes(word);
  return keywordsOf([...new Set(keywords.filter(isKnown))].slice(0, keywordLimits.perEmail));
}
