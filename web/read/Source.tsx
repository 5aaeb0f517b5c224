/** The octets of a message as they came, as text. */
import { useEffect, useState } from 'react';
import { Dialog } from '#web/ui/Dialog.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { t } from '#web/words/read.ts';
import { fetchText } from './textFile.ts';
import { WholeText } from './WholeText.tsx';

export function Source({ url, onClose }: { readonly url: string; readonly onClose: () => void }) {
  const [text, setText] = useState<string | undefined>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    fetchText(url, leaving.signal).then(setText, () => !leaving.signal.aborted && setText(t('failed')));
    return () => leaving.abort();
  }, [url]);
  return (
    <Dialog title={t('sourceTitle')} onClose={onClose} isWide>
      {text?.endsWith('\n…') && <p>{t('sourceCut')}</p>}
      {text === undefined ? <Spinner label={t('loading')} /> : <WholeText name={t('sourceTitle')} text={text} />}
    </Dialog>
  );
}
