/**
 * A new password, typed twice, with the rules it is held to beside it: each says in words whether it is kept. What the
 * text alone does not tell is asked of the server in a pause of typing; the last word is the server's, when it is saved.
 */
import { Check, Circle, Eye, EyeOff, X } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useState } from 'react';
import type { PasswordPolicy } from '#formats/password/policy.ts';
import { judgeText, rulesAsked } from '#formats/password/rules.ts';
import type { RuleId } from '#formats/password/rules.ts';
import { IconButton } from '#web/ui/Button.tsx';
import { Spoken } from '#web/ui/Spoken.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/passwords.ts';
import css from './entry.module.css';

/** What the server says of a password being typed; absent where it does not know in time. */
export type Judgement = Partial<Readonly<Record<RuleId, boolean>>>;

export interface NewPasswordProps {
  readonly policy: PasswordPolicy;
  readonly password: string;
  readonly again: string;
  /** Refused by the server for the very password that stands in the field. */
  readonly refused: readonly RuleId[];
  readonly judge: (password: string) => Promise<Judgement>;
  readonly onPassword: (password: string) => void;
  readonly onAgain: (again: string) => void;
  readonly firstRef?: React.Ref<HTMLInputElement>;
}

const askAfterMs = 400;
/** A screen reader is told when somebody has stopped typing, not at every key. */
const sayAfterMs = 1200;

type RuleState = 'kept' | 'broken' | 'refused' | 'later';

export function NewPassword(props: NewPasswordProps) {
  const { policy, password, again, refused, judge, onPassword, onAgain, firstRef } = props;
  const [isShown, show] = useState(false);
  const [judged, setJudged] = useState<{ readonly of: string; readonly rules: Judgement }>({ of: '', rules: {} });
  const [said, say] = useState('');
  const listId = useId();

  const judgeNow = useEffectEvent(judge);
  useEffect(() => {
    if (password === '') return undefined;
    let isStale = false;
    const timer = setTimeout(
      () =>
        void judgeNow(password).then((rules) => {
          if (!isStale) setJudged({ of: password, rules });
        }),
      askAfterMs,
    );
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [password]);

  const stateOf = (rule: RuleId): RuleState => {
    if (refused.includes(rule)) return 'refused';
    const isKept = judgeText(rule, password, policy) ?? (judged.of === password ? judged.rules[rule] : undefined);
    if (password === '') return rule === 'history' ? 'later' : 'broken';
    return isKept === undefined ? 'later' : isKept ? 'kept' : 'broken';
  };
  const asked = rulesAsked(policy);
  const missing = asked.filter((rule) => stateOf(rule) === 'broken' || stateOf(rule) === 'refused');
  const summary =
    missing.length === 0
      ? t('allKept')
      : t('missing', { rules: missing.map((rule) => ruleText(rule, policy)).join(', ') });
  useEffect(() => {
    if (password === '') return undefined;
    const timer = setTimeout(() => say(summary), sayAfterMs);
    return () => clearTimeout(timer);
  }, [password, summary]);

  const type = isShown ? 'text' : 'password';
  return (
    <>
      <TextField
        ref={firstRef}
        label={t('newPassword')}
        name="new-password"
        type={type}
        autoComplete="new-password"
        autoCapitalize="none"
        spellCheck={false}
        aria-details={listId}
        required
        value={password}
        onChange={onPassword}
        end={
          <IconButton
            icon={isShown ? EyeOff : Eye}
            label={isShown ? t('hide') : t('show')}
            onPress={() => show(!isShown)}
          />
        }
      />
      <div className={css['rules']} id={listId}>
        <p className={css['rulesTitle']}>{t('rules')}</p>
        <ul>
          {asked.map((rule) => (
            <Rule key={rule} state={stateOf(rule)} text={ruleText(rule, policy)} />
          ))}
        </ul>
      </div>
      <p role="status">
        <Spoken>{said}</Spoken>
      </p>
      <TextField
        label={t('again')}
        name="new-password-again"
        type={type}
        autoComplete="new-password"
        autoCapitalize="none"
        spellCheck={false}
        required
        value={again}
        onChange={onAgain}
      />
    </>
  );
}

const icons = { kept: Check, broken: Circle, refused: X, later: Circle } as const;

function Rule({ state, text }: { readonly state: RuleState; readonly text: string }) {
  const Icon = icons[state];
  return (
    <li data-state={state}>
      <Icon aria-hidden size={16} />
      <span>{text}</span> <span className={css['ruleState']}>{t(state)}</span>
    </li>
  );
}

function ruleText(rule: RuleId, { minCharacters }: PasswordPolicy): string {
  return rule === 'length' ? t('length', { count: minCharacters }) : t(rule);
}
