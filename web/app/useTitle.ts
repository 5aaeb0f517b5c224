/** The title of the page: what waits unread, where one is, and the name of the house or of its program. */
import { useEffect } from 'react';
import { houseName } from './brand.ts';

export function useTitle(title: string, unread: number): void {
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${title ? `${title} — ` : ''}${houseName}`;
  }, [title, unread]);
}
