/** "Is it you?", over whatever is on the screen. */
import { useEffect, useState } from 'react';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { t } from '#web/words/security.ts';
import { AnswerForm } from './AnswerForm.tsx';
import { read, readKinds } from './api.ts';
import type { ProofKind } from './api.ts';
import { answerProof } from './proof.ts';

export function ProofDialog() {
  const [kinds, setKinds] = useState<readonly ProofKind[] | undefined>(undefined);
  const [isUnreachable, setUnreachable] = useState(false);
  useEffect(
    () =>
      void read('/auth/prove').then((reply) => {
        if (reply.kind === 'done') setKinds(readKinds(reply.answer));
        else if (reply.kind === 'tooLate') answerProof(false);
        else setUnreachable(true);
      }),
    [],
  );
  return (
    <Dialog title={t('proveTitle')} onClose={() => answerProof(false)}>
      <p>{t('proveText')}</p>
      {isUnreachable && <p role="alert">{t('unreachable')}</p>}
      {!kinds && !isUnreachable && <Spinner label={t('loading')} />}
      {kinds && (
        <AnswerForm
          kinds={kinds}
          path="/auth/prove"
          onDone={() => answerProof(true)}
          onTooLate={() => answerProof(false)}
        />
      )}
      <DialogActions>
        <Button onPress={() => answerProof(false)}>{t('cancel')}</Button>
      </DialogActions>
    </Dialog>
  );
}
