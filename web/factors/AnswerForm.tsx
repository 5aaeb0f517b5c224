/** Showing who one is, by one of several ways: at the step of a login, and again before something sensitive. */
import { KeyRound } from 'lucide-react';
import { useRef, useState } from 'react';
import type { SyntheticEvent } from 'react';
import login from '#web/app/login.module.css';
import { Button } from '#web/ui/Button.tsx';
import { CheckField, TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/security.ts';
import { read, send } from './api.ts';
import type { ProofKind, Reply } from './api.ts';
import { hasPasskeys, showKey } from './browserKey.ts';

export interface AnswerFormProps {
  readonly kinds: readonly ProofKind[];
  /** Where the answer goes; `/passkey` below it gives what the browser needs. */
  readonly path: string;
  /** For how many days the browser may be trusted; 0 where it is not asked. */
  readonly trustDays?: number;
  readonly onDone: (answer: Readonly<Record<string, unknown>>) => void;
  /** Instead of the words for it: the login or session is over. */
  readonly onTooLate: () => void;
}

type Fault = Exclude<Reply['kind'], 'done'> | 'cancelled';

export function AnswerForm({ kinds, path, trustDays = 0, onDone, onTooLate }: AnswerFormProps) {
  const typed = kinds.filter((it) => it !== 'passkey');
  const hasKey = kinds.includes('passkey') && hasPasskeys();
  const [kind, setKind] = useState<ProofKind>(() => firstKind(typed, hasKey));
  const [text, setText] = useState('');
  const [trust, setTrust] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ readonly kind: Fault; readonly of: ProofKind } | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);

  function take(reply: Reply, of: ProofKind): void {
    setBusy(false);
    if (reply.kind === 'done') return onDone(reply.answer);
    if (reply.kind === 'tooLate') return onTooLate();
    setFault({ kind: reply.kind, of });
    setText('');
    field.current?.focus();
  }

  async function submit(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    if (isBusy || text.trim() === '') return;
    setBusy(true);
    setFault(undefined);
    take(await send(path, kind === 'password' ? { kind, password: text } : { kind, code: text, trust }), kind);
  }

  async function withKey(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setFault(undefined);
    const options = await read(`${path}/passkey`);
    if (options.kind !== 'done') return take(options, 'passkey');
    try {
      const response = await showKey(options.answer);
      take(await send(path, { kind: 'passkey', response, trust }), 'passkey');
    } catch {
      // The person said no, or the browser did.
      setBusy(false);
      setFault({ kind: 'cancelled', of: 'passkey' });
    }
  }

  return (
    <form className={login['form']} onSubmit={(event) => void submit(event)}>
      <div role="alert">{fault && <p className={login['error']}>{faultText(fault.kind, fault.of)}</p>}</div>
      {hasKey && (
        <Button icon={KeyRound} tone={kind === 'passkey' ? 'primary' : 'plain'} onPress={() => void withKey()}>
          {t('usePasskey')}
        </Button>
      )}
      {kind !== 'passkey' && (
        <TextField
          key={kind}
          ref={field}
          // The page has changed under whoever pressed the button: the field says where they are.
          autoFocus
          label={t(kind)}
          hint={kind === 'totp' ? t('totpHint') : kind === 'recovery' ? t('recoveryHint') : undefined}
          type={kind === 'password' ? 'password' : 'text'}
          autoComplete={kind === 'password' ? 'current-password' : kind === 'totp' ? 'one-time-code' : 'off'}
          inputMode={kind === 'totp' ? 'numeric' : undefined}
          autoCapitalize="none"
          spellCheck={false}
          value={text}
          onChange={setText}
        />
      )}
      {trustDays > 0 && kind !== 'recovery' && (
        <CheckField label={t('trust', { count: trustDays })} isOn={trust} onChange={setTrust} />
      )}
      {kind !== 'passkey' && (
        <Button type="submit" tone="primary" isDisabled={isBusy}>
          {isBusy ? t('checking') : t('check')}
        </Button>
      )}
      {typed
        .filter((other) => other !== kind)
        .map((other) => (
          <Button
            key={other}
            tone="quiet"
            onPress={() => {
              setKind(other);
              setText('');
              setFault(undefined);
            }}
          >
            {other === 'totp' ? t('useTotp') : t('useRecovery')}
          </Button>
        ))}
    </form>
  );
}

/** What most will use; a recovery code where there is nothing else. */
function firstKind(typed: readonly ProofKind[], hasKey: boolean): ProofKind {
  return typed.find((it) => it !== 'recovery') ?? (hasKey ? 'passkey' : (typed[0] ?? 'passkey'));
}

function faultText(fault: Fault, of: ProofKind): string {
  switch (fault) {
    case 'cancelled':
      return t('passkeyCancelled');
    case 'tryLater':
      return t('tryLater');
    case 'unreachable':
      return t('unreachable');
    case 'tooLate':
      return t('tooLate');
    case 'wrong':
    case 'stepUpNeeded':
    case 'refused':
      break;
  }
  switch (of) {
    case 'totp':
      return t('wrongCode');
    case 'recovery':
      return t('wrongRecovery');
    case 'passkey':
      return t('wrongPasskey');
    case 'password':
      return t('wrongPassword');
  }
}
