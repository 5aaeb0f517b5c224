/** The terms of use are read and accepted. */
import { useEffect, useId, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import css from '#web/entry/entry.module.css';
import { textOr } from '#web/sync/shape.ts';
import { Button } from '#web/ui/Button.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { CheckField } from '#web/ui/TextField.tsx';
import { t as say } from '#web/words/steps.ts';
import { t } from '#web/words/words.ts';
import form from '#web/app/login.module.css';
import type { StepProps } from './LoginSteps.tsx';
import { StepFault } from './StepFault.tsx';
import { fetchStep, postStep } from './steps.ts';
import type { StepOutcome } from './steps.ts';

export function TermsStep({ onDone, onRestart }: StepProps) {
  const [terms, setTerms] = useState<{ readonly version: string; readonly text: string } | undefined>(undefined);
  const [isAccepted, accept] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<StepOutcome | 'missing' | undefined>(undefined);
  const title = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  const load = (): void =>
    void fetchStep('/auth/terms').then((answer) =>
      setTerms({ version: textOr(answer['version'], ''), text: textOr(answer['text'], '') }),
    );
  useEffect(load, []);
  useEffect(() => {
    if (terms) title.current?.focus();
  }, [terms]);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy || !terms) return;
    if (!isAccepted) return setFault('missing');
    setBusy(true);
    setFault(undefined);
    const outcome = await postStep('/auth/terms', { version: terms.version });
    setBusy(false);
    if (outcome.kind === 'done') return onDone(outcome.steps);
    setFault(outcome);
    if (outcome.kind === 'refused') load();
  }

  if (!terms) return <Spinner label={t('ui.loading')} />;
  return (
    <form className={form['form']} onSubmit={(event) => void submit(event)}>
      <div role="alert">
        {fault === 'missing' && <p className={form['error']}>{say('termsMissing')}</p>}
        {fault !== undefined && fault !== 'missing' && (
          <StepFault outcome={fault} refused={say('termsChanged')} onRestart={onRestart} />
        )}
      </div>
      <h2 ref={title} id={titleId} tabIndex={-1}>
        {say('termsTitle')}
      </h2>
      <p>{say('termsText', { version: terms.version })}</p>
      {/* Longer than its frame: it must be reached and scrolled by keys. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls takes the focus (WCAG 2.1.1) */}
      <div className={css['terms']} role="region" aria-label={say('termsRegion')} tabIndex={0}>
        {terms.text.split(/\n\s*\n/).map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </div>
      <CheckField label={say('termsAccept')} isOn={isAccepted} onChange={accept} />
      <Button type="submit" tone="primary" isDisabled={isBusy}>
        {isBusy ? say('busy') : say('goOn')}
      </Button>
    </form>
  );
}
