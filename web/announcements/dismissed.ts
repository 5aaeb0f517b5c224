/** Announcements that were put away in this browser; one that was written anew is another. */
import type { Announcement } from './announcements.ts';

const storageKey = 'pli.announcements';
const keptAtMost = 50;

const keyOf = ({ id, updatedAt }: Announcement): string => `${id} ${updatedAt}`;

function read(): readonly string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(value) ? value.map(String) : [];
  } catch {
    return [];
  }
}

export function isDismissed(announcement: Announcement): boolean {
  return read().includes(keyOf(announcement));
}

export function dismiss(announcement: Announcement): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify([keyOf(announcement), ...read()].slice(0, keptAtMost)));
  } catch {
    // Storage is forbidden: it comes back with the next page.
  }
}
