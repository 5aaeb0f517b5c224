/** Several words in one sentence, by Intl: "un, deux et trois"; and two with a colon between them. */
import { currentLanguage, localeTag } from './language.ts';

export function listText(words: readonly string[]): string {
  return new Intl.ListFormat(localeTag(), { type: 'conjunction' }).format(words);
}

/** A name and what is said of it: French sets a space before the colon, one that does not break. */
export function pairText(name: string, said: string): string {
  return currentLanguage() === 'fr' ? `${name}\u00a0: ${said}` : `${name}: ${said}`;
}
