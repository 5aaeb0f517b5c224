/** The mark and the name of the house: its own, or a folded sheet and the name of the program. */
import { brand } from './brand.ts';
import css from './logo.module.css';

export function Logo() {
  if (brand?.logo !== undefined) return <img className={css['picture']} src={brand.logo} alt={brand.name} />;
  return (
    <span className={css['logo']}>
      <svg aria-hidden viewBox="0 0 32 32" width="28" height="28">
        <rect width="32" height="32" rx="8" fill="currentColor" />
        <path className={css['sheet']} d="M7 10.5h18v11a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 7 21.5z" />
        <path className={css['fold']} d="M7 10.5 16 17.5l9-7" />
      </svg>
      <span className={brand ? css['house'] : css['name']}>{brand?.name ?? 'Pli'}</span>
    </span>
  );
}
