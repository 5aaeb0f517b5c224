/** Something is on the way. Shown only after a moment: what is quick needs no spinner. */
import css from './spinner.module.css';

export function Spinner({ label }: { readonly label: string }) {
  return (
    <div role="status" className={css['spinner']}>
      <span aria-hidden className={css['ring']} />
      <span>{label}</span>
    </div>
  );
}
