/** The last searches, kept in this browser. */
import { listOr, text } from '#web/sync/shape.ts';

const storageKey = 'pli.searches';
const kept = 8;

export function recentSearches(): readonly string[] {
  try {
    return listOr(JSON.parse(localStorage.getItem(storageKey) ?? '[]'), text);
  } catch {
    return [];
  }
}

export function rememberSearch(searched: string): void {
  const searches = [searched, ...recentSearches().filter((it) => it !== searched)].slice(0, kept);
  try {
    localStorage.setItem(storageKey, JSON.stringify(searches));
  } catch {
    // Without storage nothing is remembered.
  }
}

/** Leaves nothing behind for the next person at this screen. */
export function forgetSearches(): void {
  try {
    localStorage.removeItem(storageKey);
  } catch {
    // Without storage there was nothing.
  }
}
