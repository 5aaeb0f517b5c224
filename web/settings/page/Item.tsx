/** One thing of a list: what it is, what is known of it, a line each, and what can be done about it. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import css from './page.module.css';

export interface ItemProps {
  readonly icon: LucideIcon;
  readonly name: string;
  /** What sets it apart from others that are alike. */
  readonly mark?: string | undefined;
  /** Each another one; those that are not known are left out. */
  readonly facts: readonly (string | undefined)[];
  readonly children?: ReactNode;
}

export function Item({ icon: Icon, name, mark, facts, children }: ItemProps) {
  return (
    <li className={css['item']}>
      <Icon aria-hidden size={20} />
      <div className={css['about']}>
        <strong>{name}</strong>
        {mark !== undefined && <span className={css['mark']}>{mark}</span>}
        {facts.map((fact) => fact !== undefined && <span key={fact}>{fact}</span>)}
      </div>
      {children}
    </li>
  );
}
