/**
 * An account that others got into, in three steps: shut it, put right what they changed and settle what is held, give it
 * back. Each step is done for good when its button was pressed: whoever closes the dialog goes on later where it was.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { ChoiceField, TextField } from '#web/ui/TextField.tsx';
import { textOr } from '#web/sync/shape.ts';
import { t } from '#web/words/console.ts';
import { t as say } from '#web/words/console-acts.ts';
import { mediumDate } from '#web/words/dates.ts';
import { GivenPassword } from './GivenPassword.tsx';
import { fetchCase, giveBack, openCase, settleHeld, undoFindings } from './compromise.ts';
import type { About, CaseOutcome, CaseView, Fate, Finding, SentLine } from './compromise.ts';
import type { PersonCard } from './console.ts';
import css from './console.module.css';
import { ReasonForm } from './ReasonForm.tsx';
import { isKept, refusalText } from './refusals.ts';

export interface CompromiseDialogProps {
  readonly card: PersonCard;
  readonly onClose: () => void;
  /** Something was changed: the card is to be read again. */
  readonly onDone: () => void;
}

type Step = 'shut' | 'mend' | 'back';
const steps: readonly Step[] = ['shut', 'mend', 'back'];

export function CompromiseDialog({ card, onClose, onDone }: CompromiseDialogProps) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const [since, setSince] = useState('');
  const [isGivingBack, giveNow] = useState(false);
  const [password, setPassword] = useState('');
  const { id: personId } = card;
  const fetched = useFetched(
    useCallback(() => fetchCase(sync, { accountId, personId }, since), [sync, accountId, personId, since]),
  );
  const { value: view, load } = fetched;
  const step: Step = view === undefined || view.openedAt === '' ? 'shut' : isGivingBack ? 'back' : 'mend';
  const about: About = { accountId, personId };
  const changed = () => {
    void load();
    onDone();
  };

  if (password !== '')
    return (
      <GivenPassword
        title={say('backDone', { name: card.name })}
        password={password}
        next={say('backNext')}
        onClose={onClose}
      />
    );
  return (
    <Dialog title={say('caseTitle', { name: card.name })} onClose={onClose} isWide>
      <Steps now={step} />
      {view === undefined && (
        <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />
      )}
      {view && step === 'shut' && (
        <Shut view={view} about={about} onSince={setSince} onClose={onClose} onDone={changed} />
      )}
      {view && step === 'mend' && (
        <Mend view={view} about={about} onNext={() => giveNow(true)} onClose={onClose} onDone={changed} />
      )}
      {view && step === 'back' && (
        <GiveBack
          view={view}
          about={about}
          onClose={() => giveNow(false)}
          onKept={onClose}
          onDone={(given) => {
            setPassword(given);
            onDone();
          }}
        />
      )}
    </Dialog>
  );
}

function Steps({ now }: { readonly now: Step }) {
  return (
    <ol className={css['steps']}>
      {steps.map((step) => (
        <li key={step} aria-current={step === now ? 'step' : undefined}>
          {say(`step.${step}`)}
        </li>
      ))}
    </ol>
  );
}

/** The keyboard begins each step at its title. */
function Titled({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className={css['step']} aria-label={title}>
      <h3 ref={heading} tabIndex={-1}>
        {title}
      </h3>
      {children}
    </section>
  );
}

interface StepProps {
  readonly view: CaseView;
  readonly about: About;
  readonly onClose: () => void;
}

interface ShutProps extends StepProps {
  readonly onSince: (since: string) => void;
  readonly onDone: () => void;
}

function Shut({ view, about, onSince, onClose, onDone }: ShutProps) {
  const { sync } = useScope();
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const day = view.since.slice(0, 10);

  async function run(reason: string): Promise<void> {
    setBusy(true);
    const outcome = await openCase(sync, about, { since: view.since, reason });
    setBusy(false);
    if (outcome.kind === 'refused') setError(refusalText(outcome.type));
    else onDone();
  }

  return (
    <Titled title={say('shutTitle')}>
      <p>{say('shutText')}</p>
      {view.strange.length > 0 && (
        <>
          <p>{say('strange')}</p>
          <ul className={css['lines']}>
            {view.strange.map(({ at, from }) => (
              <li key={`${at} ${from}`}>{t('loginLine', { date: mediumDate(at), from })}</li>
            ))}
          </ul>
        </>
      )}
      <ReasonForm
        action={say('shutAct')}
        tone="danger"
        isBusy={isBusy}
        error={error}
        onClose={onClose}
        onRun={(reason) => void run(reason)}
      >
        <TextField
          type="date"
          label={say('since')}
          hint={say('sinceHint')}
          value={day}
          onChange={(chosen) => chosen !== '' && onSince(`${chosen}T00:00:00Z`)}
        />
      </ReasonForm>
    </Titled>
  );
}

interface MendProps extends StepProps {
  readonly onNext: () => void;
  readonly onDone: () => void;
}

function Mend({ view, about, onNext, onClose, onDone }: MendProps) {
  const { sync } = useScope();
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const { since, findings, sent, held, isWhole } = view;

  async function run(work: () => Promise<CaseOutcome>): Promise<void> {
    setBusy(true);
    setError('');
    const outcome = await work();
    setBusy(false);
    if (outcome.kind === 'refused') setError(refusalText(outcome.type));
    else onDone();
  }

  return (
    <Titled title={say('mendTitle')}>
      {!isWhole && <p className={css['warning']}>{say('supportSees')}</p>}
      <Chosen
        title={say('findings', { date: mediumDate(since) })}
        none={say('findingsNone')}
        items={findings.map((finding) => ({ id: finding.id, label: findingText(finding) }))}
        isFixed={!isWhole}
        acts={[{ label: say('undoAct'), run: (ids) => void run(() => undoFindings(sync, about, { since, ids })) }]}
        isBusy={isBusy}
      />
      <Chosen
        title={say('held')}
        none={say('heldNone')}
        items={held.map((one) => ({ id: one.id, label: sentText(one) }))}
        isFixed={!isWhole}
        acts={(['release', 'drop'] as const).map((fate) => ({
          label: say(`${fate}Act`),
          run: (ids) => void run(() => settleHeld(sync, about, { ids, fate })),
        }))}
        isBusy={isBusy}
      />
      <h4>{say('sentSince', { date: mediumDate(since) })}</h4>
      {sent.length === 0 && <p className={css['soft']}>{t('none')}</p>}
      <ul className={css['lines']}>
        {sent.map((one) => (
          <li key={one.id}>{sentText(one)}</li>
        ))}
      </ul>
      <p className={css['soft']}>{say('neverContents')}</p>
      <p role="alert" className={css['error']}>
        {error}
      </p>
      <DialogActions>
        <Button onPress={onClose}>{say('later')}</Button>
        {isWhole && (
          <Button tone="primary" onPress={onNext}>
            {say('nextAct')}
          </Button>
        )}
      </DialogActions>
    </Titled>
  );
}

interface ChosenProps {
  readonly title: string;
  readonly none: string;
  readonly items: readonly { readonly id: string; readonly label: string }[];
  readonly isFixed: boolean;
  readonly isBusy: boolean;
  readonly acts: readonly { readonly label: string; readonly run: (ids: readonly string[]) => void }[];
}

/** A list of which some are ticked, and what is done to those; all are to begin with. */
function Chosen({ title, none, items, isFixed, isBusy, acts }: ChosenProps) {
  const [spared, spare] = useState<ReadonlySet<string>>(new Set());
  const ids = items.map(({ id }) => id).filter((id) => !spared.has(id));
  const toggle = (id: string) => {
    const those = new Set(spared);
    if (!those.delete(id)) those.add(id);
    spare(those);
  };
  return (
    <fieldset className={css['chosen']}>
      <legend>{title}</legend>
      {items.length === 0 && <p className={css['soft']}>{none}</p>}
      <ul className={css['lines']}>
        {items.map(({ id, label }) => (
          <li key={id}>
            {isFixed ? (
              label
            ) : (
              <label className={css['tick']}>
                <input type="checkbox" checked={!spared.has(id)} onChange={() => toggle(id)} />
                <span>{label}</span>
              </label>
            )}
          </li>
        ))}
      </ul>
      {!isFixed && items.length > 0 && (
        <div className={css['acts']}>
          {acts.map(({ label, run }) => (
            <Button key={label} isDisabled={isBusy || ids.length === 0} onPress={() => run(ids)}>
              {label}
            </Button>
          ))}
        </div>
      )}
    </fieldset>
  );
}

function findingText({ kind, at, name, isNew, details }: Finding): string {
  const date = mediumDate(at);
  const what = say(isNew ? `new.${kind}` : `changed.${kind}`, { name, date });
  const known = ['name', 'replyTo', 'bcc', 'textSignature', 'htmlSignature'] as const;
  const said = details.map((detail) => {
    const member = known.find((one) => one === detail);
    return member === undefined ? detail : say(`member.${member}`);
  });
  return said.length === 0 || kind === 'mandate' ? what : say('leadsTo', { what, to: said.join(', ') });
}

function sentText({ at, count, domains, recipients, subject, isByFilter }: SentLine): string {
  const to = (recipients ?? domains).slice(0, 5).join(', ');
  const line = say('sentTo', { date: mediumDate(at), count, to });
  const whole = subject === undefined || subject === '' ? line : say('sentAbout', { line, subject });
  return isByFilter ? say('byFilter', { line: whole }) : whole;
}

interface GiveBackProps extends StepProps {
  /** It waits for a second administrator. */
  readonly onKept: () => void;
  readonly onDone: (password: string) => void;
}

function GiveBack({ view, about, onClose, onKept, onDone }: GiveBackProps) {
  const { sync } = useScope();
  const [rest, setRest] = useState<Fate>('drop');
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);

  async function run(reason: string): Promise<void> {
    setBusy(true);
    const outcome = await giveBack(sync, about, { rest, reason });
    setBusy(false);
    if (outcome.kind === 'done') return onDone(textOr(outcome.answer['provisionalPassword'], ''));
    if (isKept(outcome.type)) return onKept();
    setError(refusalText(outcome.type));
  }

  return (
    <Titled title={say('backTitle')}>
      <p>{say('backText')}</p>
      <ReasonForm
        action={say('backAct')}
        isBusy={isBusy}
        error={error}
        onClose={onClose}
        onRun={(reason) => void run(reason)}
      >
        {view.held.length > 0 && (
          <ChoiceField
            label={say('rest', { count: view.held.length })}
            value={rest}
            choices={(['drop', 'release'] as const).map((value) => ({ value, label: say(`${value}Act`) }))}
            onChange={setRest}
          />
        )}
      </ReasonForm>
    </Titled>
  );
}
