/** Several words in one sentence, by Intl: "un, deux et trois". */
import { localeTag } from './language.ts';

export function listText(words: readonly string[]): string {
  return new Intl.ListFormat(localeTag(), { type: 'conjunction' }).format(words);
}
