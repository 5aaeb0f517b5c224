/** The state of an account in one word; the colour only repeats it. */
import { t } from '#web/words/console.ts';
import type { StateName } from './console.ts';
import css from './console.module.css';

export function StateBadge({ state }: { readonly state: StateName }) {
  return (
    <span className={css['badge']} data-state={state}>
      {t(`state.${state}`)}
    </span>
  );
}
