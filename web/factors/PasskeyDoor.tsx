/**
 * A passkey instead of name and password: by a button, and among what the browser offers in the field of the name. What
 * waits there is asked anew before it grows too old for the server.
 */
import { KeyRound } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { readSteps } from '#web/app/steps/steps.ts';
import type { LoginStep } from '#web/app/steps/steps.ts';
import { Button } from '#web/ui/Button.tsx';
import { useEvent } from '#web/ui/useEvent.ts';
import { t } from '#web/words/security.ts';
import { read, send } from './api.ts';
import { hasPasskeys, mayWait, showKey, stopWaiting } from './browserKey.ts';
import css from './factors.module.css';

export interface PasskeyDoorProps {
  readonly onDone: (steps: readonly LoginStep[]) => void;
}

/** The server takes an answer for five minutes. */
const askAgainMs = 4 * 60_000;

export function PasskeyDoor({ onDone }: PasskeyDoorProps) {
  const [isBusy, setBusy] = useState(false);
  // What begins to wait would end what was asked for by the button.
  const isPressed = useRef(false);
  const [fault, setFault] = useState<string | undefined>(undefined);

  const enter = useEvent(async (response: object): Promise<void> => {
    const reply = await send('/auth/passkey', { response });
    if (reply.kind === 'done') return onDone(readSteps(reply.answer));
    setFault(
      reply.kind === 'tryLater'
        ? t('doorTryLater')
        : reply.kind === 'unreachable'
          ? t('unreachable')
          : t('doorRefused'),
    );
  });

  useEffect(() => {
    if (!hasPasskeys()) return undefined;
    let isGone = false;
    const wait = async (): Promise<void> => {
      if (!(await mayWait()) || isGone || isPressed.current) return;
      const options = await read('/auth/passkey');
      if (options.kind !== 'done' || isGone || isPressed.current) return;
      try {
        await enter(await showKey(options.answer, true));
      } catch {
        // Nobody took it: it was ended, by another request or by leaving.
      }
    };
    void wait();
    const again = setInterval(() => void wait(), askAgainMs);
    return () => {
      isGone = true;
      clearInterval(again);
      void stopWaiting();
    };
  }, [enter]);

  async function press(): Promise<void> {
    if (isBusy) return;
    isPressed.current = true;
    setBusy(true);
    setFault(undefined);
    const options = await read('/auth/passkey');
    try {
      if (options.kind === 'done') await enter(await showKey(options.answer));
      else setFault(t('unreachable'));
    } catch {
      setFault(t('passkeyCancelled'));
    }
    isPressed.current = false;
    setBusy(false);
  }

  if (!hasPasskeys()) return null;
  return (
    <div className={css['door']}>
      <div role="alert" className={css['fault']}>
        {fault}
      </div>
      <Button icon={KeyRound} onPress={() => void press()}>
        {isBusy ? t('doorBusy') : t('door')}
      </Button>
    </div>
  );
}
