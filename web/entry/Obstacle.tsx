/** Why somebody whose password is right does not get in, what to do, and whom to call. */
import type { LoginOutcome } from '#web/app/login.ts';
import { t } from '#web/words/entry.ts';
import css from '#web/app/login.module.css';
import { Contact } from './Contact.tsx';

export type ObstacleOutcome = Extract<LoginOutcome, { readonly kind: 'locked' | 'noCookie' | 'clock' }>;

export function Obstacle({ outcome }: { readonly outcome: ObstacleOutcome }) {
  return (
    <div className={css['error']}>
      <p>{sentence(outcome)}</p>
      {outcome.kind === 'locked' && <Contact contact={outcome.contact} />}
    </div>
  );
}

function sentence(outcome: ObstacleOutcome): string {
  switch (outcome.kind) {
    case 'locked':
      return t(`locked.${outcome.because}`);
    case 'noCookie':
      return t('noCookie');
    case 'clock': {
      const count = Math.abs(outcome.aheadMinutes);
      return outcome.aheadMinutes > 0 ? t('clockAhead', { count }) : t('clockBehind', { count });
    }
  }
}
