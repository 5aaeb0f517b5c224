/** A line across the top about the whole page: the server is out of reach, this is a demonstration. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import css from './banner.module.css';

export interface BannerProps {
  readonly icon: LucideIcon;
  readonly children: ReactNode;
}

export function Banner({ icon: Icon, children }: BannerProps) {
  return (
    <div role="status" className={css['banner']}>
      <Icon aria-hidden size={18} />
      <span>{children}</span>
    </div>
  );
}
