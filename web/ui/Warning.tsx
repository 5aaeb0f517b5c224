/** What one should know before going on, in the text of the page: the sign repeats what the colour says. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import css from './warning.module.css';

export function Warning({ children }: { readonly children: ReactNode }) {
  return (
    <p className={css['warning']}>
      <TriangleAlert aria-hidden size={20} />
      <span>{children}</span>
    </p>
  );
}
