/**
 * The language of the screen: what the person chose, else the first of the browser's languages that we speak, else
 * French. One value for the whole page; the root component draws everything again when it changes.
 */
export type Language = 'fr' | 'en';
export type LanguageChoice = Language | 'browser';

let current: Language = 'fr';
let plurals = new Intl.PluralRules('fr');
let numbers = new Intl.NumberFormat('fr-FR');

export function currentLanguage(): Language {
  return current;
}

/** The tag for Intl: regional, so that dates and numbers follow the country. */
export function localeTag(): string {
  return current === 'fr' ? 'fr-FR' : 'en-GB';
}

export function speak(language: Language): void {
  current = language;
  plurals = new Intl.PluralRules(localeTag());
  numbers = new Intl.NumberFormat(localeTag());
}

/** The language that a choice and the browser's list (most wanted first) come to. */
export function languageFor(choice: LanguageChoice, browserLanguages: readonly string[]): Language {
  if (choice !== 'browser') return choice;
  for (const tag of browserLanguages) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'fr' || primary === 'en') return primary;
  }
  return 'fr';
}

export function pluralOf(count: number): Intl.LDMLPluralRule {
  return plurals.select(count);
}

export function numberText(value: number): string {
  return numbers.format(value);
}
