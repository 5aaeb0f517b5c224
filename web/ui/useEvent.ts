/** A function that stays the same and always does what the latest drawing meant: for handlers of rows that are memoised. */
import { useCallback, useLayoutEffect, useRef } from 'react';

export function useEvent<A extends readonly unknown[], R>(handler: (...args: A) => R): (...args: A) => R {
  const latest = useRef(handler);
  useLayoutEffect(() => {
    latest.current = handler;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
