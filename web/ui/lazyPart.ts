/**
 * A part of the screen that is fetched when it is first shown. Without a line it waits for one instead of failing, which
 * would take the whole page down with it: what is on the screen stays, and the part comes when the server does.
 */
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';

const firstPauseMs = 1000;
const longestPauseMs = 15_000;

export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await keepTrying(load) }));
}

async function keepTrying<T>(load: () => Promise<T>): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      return await load();
    } catch {
      // oxlint-disable-next-line promise/avoid-new
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
