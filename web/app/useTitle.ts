/** The title of the page: what waits unread, where one is, and the name of the house's program. */
import { useEffect } from 'react';

export function useTitle(title: string, unread: number): void {
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${title ? `${title} — ` : ''}Pli`;
  }, [title, unread]);
}
