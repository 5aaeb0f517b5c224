/** Text for screen readers where sight has something else: an icon, a colour, a weight. */
import type { ReactNode } from 'react';
import css from './spoken.module.css';

export function Spoken({ children }: { readonly children: ReactNode }) {
  return <span className={css['spoken']}>{children}</span>;
}
