/** The files of a message: each with its kind and size, to preview, to save, or to save all at once. */
import { Archive, Download, File, FileImage, FileMusic, FileText, FileVideo } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '#web/ui/lazyPart.ts';
import { useScope } from '#web/app/SyncContext.tsx';
import { Spoken } from '#web/ui/Spoken.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { sizeText } from '#web/words/dates.ts';
import { t } from '#web/words/read.ts';
import { blobUrl, type Part } from './content.ts';
import css from './reader.module.css';

const Preview = lazyPart(() => import('./Preview.tsx').then((it) => it.Preview));

export interface AttachmentsProps {
  readonly emailId: string;
  readonly parts: readonly Part[];
}

export function Attachments({ emailId, parts }: AttachmentsProps) {
  const { sync, accountId } = useScope();
  const [previewed, setPreviewed] = useState<Part | undefined>(undefined);
  if (parts.length === 0) return null;
  return (
    <section className={css['attachments']} aria-label={t('attachments', { count: parts.length })}>
      <h2 className={css['attachmentsTitle']}>
        {t('attachments', { count: parts.length })}
        {parts.length > 1 && (
          <a className={css['all']} href={`/jmap/zip/${accountId}/${emailId}`} download>
            <Archive aria-hidden size={16} /> {t('attachmentsSaveAll')}
          </a>
        )}
      </h2>
      <ul className={css['files']}>
        {parts.map((part) => {
          const name = part.name ?? t('attachmentUnnamed');
          const Icon = iconOf(part.type);
          return (
            <li key={part.blobId + name} className={css['file']}>
              <button type="button" className={css['open']} onClick={() => setPreviewed(part)}>
                <Icon aria-hidden size={22} />
                <span className={css['fileName']}>
                  <Spoken>{t('attachmentOpen')} </Spoken>
                  {name}
                </span>{' '}
                <span className={css['fileSize']}>{sizeText(part.sizeOctets)}</span>
              </button>
              <a
                className={css['saveFile']}
                href={blobUrl(sync, accountId, { blobId: part.blobId, name, type: 'application/octet-stream' })}
                download={name}
                aria-label={t('attachmentSave', { name })}
                title={t('attachmentSave', { name })}
              >
                <Download aria-hidden size={18} />
              </a>
            </li>
          );
        })}
      </ul>
      {previewed && (
        <Suspense fallback={<Spinner label={t('loading')} />}>
          <Preview part={previewed} onClose={() => setPreviewed(undefined)} />
        </Suspense>
      )}
    </section>
  );
}

function iconOf(type: string): LucideIcon {
  if (type.startsWith('image/')) return FileImage;
  if (type.startsWith('audio/')) return FileMusic;
  if (type.startsWith('video/')) return FileVideo;
  return type.startsWith('text/') || type === 'application/pdf' ? FileText : File;
}
