/**
 * What a person chose for this browser: language, theme, density, keys, width of the list. Kept in local storage under
 * `pli.preferences` (web/public/early.js reads it before the first paint), shared by the tabs.
 */
import { languageFor, speak } from '#web/words/language.ts';
import type { LanguageChoice } from '#web/words/language.ts';
import { isObject, numberOr } from '#web/sync/shape.ts';

export type Theme = 'system' | 'light' | 'dark' | 'contrast';
export type Density = 'comfortable' | 'compact';

export interface Preferences {
  readonly language: LanguageChoice;
  readonly theme: Theme;
  readonly density: Density;
  /** Single-letter keys. Arrows and Enter work always. */
  readonly hasKeys: boolean;
  readonly listWidthPx: number;
}

const storageKey = 'pli.preferences';
const defaults: Preferences = {
  language: 'browser',
  theme: 'system',
  density: 'comfortable',
  hasKeys: true,
  listWidthPx: 420,
};

let current = load();
const listeners = new Set<() => void>();

export function preferences(): Preferences {
  return current;
}

export function subscribePreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function changePreferences(change: Partial<Preferences>): void {
  become({ ...current, ...change });
  try {
    localStorage.setItem(storageKey, JSON.stringify(current));
  } catch {
    // Storage is full or forbidden: the choice holds for this page.
  }
}

/** Puts the choices into effect on the page. */
export function applyPreferences(): void {
  const language = languageFor(current.language, navigator.languages);
  speak(language);
  const root = document.documentElement;
  root.lang = language;
  root.dataset['density'] = current.density;
  if (current.theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = current.theme;
}

function become(next: Preferences): void {
  current = next;
  applyPreferences();
  for (const listener of listeners) listener();
}

function load(): Preferences {
  let kept: unknown;
  try {
    kept = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
  } catch {
    return defaults;
  }
  if (!isObject(kept)) return defaults;
  return {
    language: oneOf(kept['language'], ['fr', 'en', 'browser'], defaults.language),
    theme: oneOf(kept['theme'], ['system', 'light', 'dark', 'contrast'], defaults.theme),
    density: oneOf(kept['density'], ['comfortable', 'compact'], defaults.density),
    hasKeys: kept['hasKeys'] !== false,
    listWidthPx: numberOr(kept['listWidthPx'], defaults.listWidthPx),
  };
}

function oneOf<V extends string>(value: unknown, choices: readonly V[], fallback: V): V {
  return choices.find((choice) => choice === value) ?? fallback;
}

window.addEventListener('storage', (event) => {
  if (event.key === storageKey) become(load());
});
