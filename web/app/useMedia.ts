/** Which of the three layouts fits: one pane on a phone, two on a tablet, three on a desk. */
import { useSyncExternalStore } from 'react';

export type Layout = 'phone' | 'tablet' | 'desk';

// In rem, so that 400 % zoom and large text fall back to fewer panes as narrow windows do.
const desk = matchMedia('(min-width: 68rem)');
const tablet = matchMedia('(min-width: 44rem)');

function subscribe(listener: () => void): () => void {
  desk.addEventListener('change', listener);
  tablet.addEventListener('change', listener);
  return () => {
    desk.removeEventListener('change', listener);
    tablet.removeEventListener('change', listener);
  };
}

export function useLayout(): Layout {
  return useSyncExternalStore(subscribe, () => (desk.matches ? 'desk' : tablet.matches ? 'tablet' : 'phone'));
}
