/** A file looked at without saving it: pictures, PDF, sound, film and text. Everything comes from our own server. */
import { useEffect, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { t } from '#web/words/read.ts';
import { blobUrl, type Part } from './content.ts';
import css from './reader.module.css';
import { fetchText } from './textFile.ts';
import { WholeText } from './WholeText.tsx';

export interface PreviewProps {
  readonly part: Part;
  readonly onClose: () => void;
}

export function Preview({ part, onClose }: PreviewProps) {
  const { sync, accountId } = useScope();
  const name = part.name ?? t('attachmentUnnamed');
  const urlAs = (type: string) => blobUrl(sync, accountId, { blobId: part.blobId, name, type });
  return (
    <Dialog title={name} onClose={onClose} isWide>
      <div className={css['preview']}>
        <Shown type={part.type} name={name} url={urlAs(part.type)} />
      </div>
      <DialogActions>
        <a className={css['saveLink']} href={urlAs('application/octet-stream')} download={name}>
          {t('attachmentSave', { name })}
        </a>
      </DialogActions>
    </Dialog>
  );
}

function Shown({ type, name, url }: { readonly type: string; readonly name: string; readonly url: string }) {
  const [hasFailed, setFailed] = useState(false);
  const fail = () => setFailed(true);
  if (hasFailed) return <p>{t('previewFailed')}</p>;
  if (/^image\/(?:png|jpeg|gif|webp|avif|bmp)$/.test(type)) return <img src={url} alt={name} onError={fail} />;
  // The sender's own sound and film: there is no track of words to offer.
  // oxlint-disable-next-line jsx-a11y/media-has-caption
  if (type.startsWith('audio/')) return <audio controls src={url} aria-label={name} onError={fail} />;
  // oxlint-disable-next-line jsx-a11y/media-has-caption
  if (type.startsWith('video/')) return <video controls src={url} aria-label={name} onError={fail} />;
  // A browser's own viewer does not start in a sandbox; the server sends this type with a policy of its own.
  // oxlint-disable-next-line react/iframe-missing-sandbox
  if (type === 'application/pdf') return <iframe className={css['pdf']} src={url} title={name} />;
  if (isText(type)) return <TextFile name={name} url={url} onFail={fail} />;
  return <p>{t('previewNone')}</p>;
}

function isText(type: string): boolean {
  return type.startsWith('text/') || /^application\/(?:json|xml|x-yaml|ics)$/.test(type) || type === 'message/rfc822';
}

interface TextFileProps {
  readonly name: string;
  readonly url: string;
  readonly onFail: () => void;
}

function TextFile({ name, url, onFail }: TextFileProps) {
  const [text, setText] = useState<string | undefined>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    void fetchText(url, leaving.signal).then(setText, () => !leaving.signal.aborted && onFail());
    return () => leaving.abort();
    // The file is fetched once an address; what to do when it fails is no reason to fetch it again.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [url]);
  return text === undefined ? <Spinner label={t('loading')} /> : <WholeText name={name} text={text} />;
}
