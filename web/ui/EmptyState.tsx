/** What stands where nothing is: a sentence, and a way on where there is one. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import css from './empty.module.css';

export interface EmptyStateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text?: string | undefined;
  readonly children?: ReactNode;
}

export function EmptyState({ icon: Icon, title, text, children }: EmptyStateProps) {
  return (
    <div className={css['empty']}>
      <Icon aria-hidden size={36} strokeWidth={1.4} />
      <p className={css['title']}>{title}</p>
      {text && <p>{text}</p>}
      {children}
    </div>
  );
}
