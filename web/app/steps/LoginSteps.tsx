/** The steps of a login, one page after the other; the last one opens the work. Loaded only when there is one. */
import { useState } from 'react';
import { PasswordStep } from './PasswordStep.tsx';
import type { LoginStep } from './steps.ts';

export interface StepProps {
  readonly onDone: (left: readonly LoginStep[]) => void;
  /** The login has expired: the form of name and password again. */
  readonly onRestart: () => void;
}

export interface LoginStepsProps {
  readonly steps: readonly LoginStep[];
  readonly onLoggedIn: () => void;
  readonly onRestart: () => void;
}

export function LoginSteps({ steps, onLoggedIn, onRestart }: LoginStepsProps) {
  const [left, setLeft] = useState(steps);
  const [step] = left;
  const onDone = (next: readonly LoginStep[]) => {
    if (next.length === 0) onLoggedIn();
    else setLeft(next);
  };
  switch (step) {
    case undefined:
      return null;
    case 'password':
      return <PasswordStep onDone={onDone} onRestart={onRestart} />;
  }
}
