/** Why a step was not taken, and what to do. */
import { Button } from '#web/ui/Button.tsx';
import { t } from '#web/words/steps.ts';
import css from '#web/app/login.module.css';
import type { StepOutcome } from './steps.ts';

export interface StepFaultProps {
  readonly outcome: StepOutcome;
  /** What is said where the answer itself was refused. */
  readonly refused: string;
  readonly onRestart: () => void;
}

export function StepFault({ outcome, refused, onRestart }: StepFaultProps) {
  switch (outcome.kind) {
    case 'done':
    // Of an open session alone, whose page asks for the proof.
    case 'stepUpNeeded':
      return null;
    case 'refused':
      return <p className={css['error']}>{refused}</p>;
    case 'tooLate':
      return (
        <div className={css['error']}>
          <p>{t('tooLate')}</p>
          <Button tone="quiet" onPress={onRestart}>
            {t('restart')}
          </Button>
        </div>
      );
    case 'tryLater':
      return <p className={css['error']}>{t('tryLater')}</p>;
    case 'unreachable':
      return <p className={css['error']}>{t('unreachable')}</p>;
  }
}
