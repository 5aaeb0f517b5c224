/** A dot of each colour for the menu, drawn like an icon. */
import type { LucideIcon, LucideProps } from 'lucide-react';
import { forwardRef } from 'react';
import { colours } from '#web/compose/html/style.ts';
import css from './toolbar.module.css';

function swatch(name: string): LucideIcon {
  const Swatch = forwardRef<SVGSVGElement, LucideProps>(function Swatch({ size = 17 }, ref) {
    return (
      <svg
        ref={ref}
        aria-hidden
        width={size}
        height={size}
        viewBox="0 0 16 16"
        className={css['swatch']}
        data-colour={name}
      >
        <circle cx="8" cy="8" r="7" />
      </svg>
    );
  });
  return Swatch;
}

export const swatchIcons: Readonly<Record<string, LucideIcon>> = Object.fromEntries(
  Object.keys(colours).map((name) => [name, swatch(name)]),
);
