/** The steps of a login, one page after the other; the last one opens the work. Loaded only when there is one. */
import { useCallback, useState } from 'react';
import { EnrolStep } from './EnrolStep.tsx';
import { PasswordStep } from './PasswordStep.tsx';
import { ReadyStep } from './ReadyStep.tsx';
import { RecoveryStep } from './RecoveryStep.tsx';
import { TermsStep } from './TermsStep.tsx';
import { SecondFactorStep } from './SecondFactorStep.tsx';
import type { LoginStep } from './steps.ts';

export interface StepProps {
  readonly onDone: (left: readonly LoginStep[]) => void;
  /** The login has expired: the form of name and password again. */
  readonly onRestart: () => void;
  /** Somebody comes in for the first time: they are told at the end that all is ready. */
  readonly onNewcomer: () => void;
}

export interface LoginStepsProps {
  readonly steps: readonly LoginStep[];
  readonly onLoggedIn: () => void;
  readonly onRestart: () => void;
}

export function LoginSteps({ steps, onLoggedIn, onRestart }: LoginStepsProps) {
  const [left, setLeft] = useState(steps);
  const [isNewcomer, setNewcomer] = useState(false);
  const onNewcomer = useCallback(() => setNewcomer(true), []);
  const [step] = left;
  const onDone = (next: readonly LoginStep[]) => {
    if (next.length === 0 && !isNewcomer) onLoggedIn();
    else setLeft(next);
  };
  switch (step) {
    case undefined:
      return <ReadyStep onLoggedIn={onLoggedIn} />;
    case 'secondFactor':
      return <SecondFactorStep onDone={onDone} onRestart={onRestart} />;
    case 'enrol':
      return <EnrolStep onDone={onDone} onRestart={onRestart} />;
    case 'password':
      return <PasswordStep onDone={onDone} onRestart={onRestart} onNewcomer={onNewcomer} />;
    case 'terms':
      return <TermsStep onDone={onDone} onRestart={onRestart} onNewcomer={onNewcomer} />;
    case 'recovery':
      return <RecoveryStep onDone={onDone} onRestart={onRestart} onNewcomer={onNewcomer} />;
  }
}
