/** The password was right: now something that only its holder has. */
import { useEffect, useRef, useState } from 'react';
import css from '#web/app/login.module.css';
import { AnswerForm } from '#web/factors/AnswerForm.tsx';
import { read, readKinds } from '#web/factors/api.ts';
import type { ProofKind } from '#web/factors/api.ts';
import { numberOr } from '#web/sync/shape.ts';
import { Button } from '#web/ui/Button.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { t } from '#web/words/security.ts';
import type { StepProps } from './LoginSteps.tsx';
import { readSteps } from './steps.ts';

type Offer =
  | { readonly kind: 'asking' }
  | { readonly kind: 'offered'; readonly kinds: readonly ProofKind[]; readonly trustDays: number }
  | { readonly kind: 'tooLate' }
  | { readonly kind: 'unreachable' };

export function SecondFactorStep({ onDone, onRestart }: Pick<StepProps, 'onDone' | 'onRestart'>) {
  const [offer, setOffer] = useState<Offer>({ kind: 'asking' });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    void fetchOffer().then(setOffer);
  }, []);
  return (
    <div className={css['form']}>
      <h2 ref={heading} tabIndex={-1}>
        {t('stepTitle')}
      </h2>
      <p>{t('stepText')}</p>
      {offer.kind === 'asking' && <Spinner label={t('loading')} />}
      {offer.kind === 'offered' && (
        <>
          <AnswerForm
            kinds={offer.kinds}
            trustDays={offer.trustDays}
            path="/auth/factor"
            onDone={(answer) => onDone(readSteps(answer))}
            onTooLate={() => setOffer({ kind: 'tooLate' })}
          />
          <p>{t('lost')}</p>
        </>
      )}
      {(offer.kind === 'tooLate' || offer.kind === 'unreachable') && (
        <div role="alert" className={css['error']}>
          <p>{t(offer.kind)}</p>
        </div>
      )}
      <Button tone="quiet" onPress={onRestart}>
        {t('restart')}
      </Button>
    </div>
  );
}

async function fetchOffer(): Promise<Offer> {
  const reply = await read('/auth/factor');
  if (reply.kind !== 'done') return { kind: reply.kind === 'tooLate' ? 'tooLate' : 'unreachable' };
  const { answer } = reply;
  return { kind: 'offered', kinds: readKinds(answer), trustDays: numberOr(answer['trustDays'], 0) };
}
