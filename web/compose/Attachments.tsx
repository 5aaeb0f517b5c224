/** The files of a message: arrived, on their way, and those that failed, with what can be done about it. */
import { FileText, Image as ImageIcon, Mail, RotateCcw, X } from 'lucide-react';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { t } from '#web/words/compose.ts';
import { sizeText } from '#web/words/dates.ts';
import css from './attachments.module.css';
import type { Composer, ComposerView, Upload } from './composer.ts';
import { hangingFiles } from './draft.ts';
import type { Attachment } from './draft.ts';
import { usedAttachments } from './plan/email.ts';

/** Above this, other servers begin to refuse (many take 25 MB once encoded). */
const heavyOctets = 18_000_000;

export function Attachments({ composer, view }: { readonly composer: Composer; readonly view: ComposerView }) {
  const files = hangingFiles(view.draft);
  const uploads = view.uploads.filter((it) => it.cid === null || it.failure !== undefined);
  if (files.length === 0 && uploads.length === 0) return null;
  const octets = usedAttachments(view.draft).reduce((sum, it) => sum + it.sizeOctets, 0);
  const remove = (gone: Attachment) =>
    composer.change({ attachments: composer.view().draft.attachments.filter((it) => it !== gone) });
  return (
    <section className={css['files']} aria-label={t('files.label')}>
      <ul className={css['list']}>
        {files.map((file) => (
          <li key={`${file.blobId} ${file.name}`} className={css['file']}>
            <FileIcon type={file.type} />
            <span className={css['name']}>
              {file.name} <span className={css['size']}>{sizeText(file.sizeOctets)}</span>
            </span>
            <IconButton
              icon={X}
              label={t('files.remove', { name: file.name })}
              className={css['act']}
              onPress={() => remove(file)}
            />
          </li>
        ))}
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} composer={composer} />
        ))}
      </ul>
      {files.length > 1 && (
        <p className={css['total']}>{t('files.total', { count: files.length, size: sizeText(octets) })}</p>
      )}
      {octets > heavyOctets && <p className={css['total']}>{t('files.manyOctets', { size: sizeText(octets) })}</p>}
    </section>
  );
}

function UploadRow({ upload, composer }: { readonly upload: Upload; readonly composer: Composer }) {
  const { file, failure, part } = upload;
  return (
    <li className={css['file']} data-failed={failure !== undefined || undefined}>
      <FileIcon type={file.type} />
      <span className={css['name']}>
        {file.name} <span className={css['size']}>{sizeText(file.size)}</span>
        {failure === undefined ? (
          <progress
            className={css['progress']}
            value={part}
            max={1}
            aria-label={t('files.progress', { name: file.name })}
          />
        ) : (
          <span role="alert" className={css['failure']}>
            {failureWords(failure, composer)}
          </span>
        )}
      </span>
      {(failure === 'unreachable' || failure === 'refused' || failure === 'loggedOut') && (
        <Button tone="quiet" icon={RotateCcw} onPress={() => composer.retry(upload.id)}>
          {t('files.retry')}
        </Button>
      )}
      <IconButton
        icon={X}
        label={failure === undefined ? t('files.cancel', { name: file.name }) : t('files.remove', { name: file.name })}
        className={css['act']}
        onPress={() => composer.cancel(upload.id)}
      />
    </li>
  );
}

function failureWords(failure: NonNullable<Upload['failure']>, { sync }: Composer): string {
  switch (failure) {
    case 'tooLarge':
      return t('files.tooLarge', { limit: sizeText(sync.session()?.limits.maxSizeUploadOctets ?? 0) });
    case 'overQuota':
      return t('files.overQuota');
    case 'unreachable':
    case 'loggedOut':
      return t('files.unreachable');
    case 'refused':
      return t('files.refused');
  }
}

function FileIcon({ type }: { readonly type: string }) {
  const Icon = type === 'message/rfc822' ? Mail : type.startsWith('image/') ? ImageIcon : FileText;
  return <Icon aria-hidden size={18} className={css['icon']} />;
}
