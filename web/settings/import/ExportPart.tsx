/** Taking mail along: the whole mailbox or one folder of it, as the browser's own download. */
import { useState } from 'react';
import { useRecords, useScope } from '#web/app/SyncContext.tsx';
import { flatten, mailboxTree } from '#web/mail/mailboxTree.ts';
import { mailboxName } from '#web/mail/names.ts';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { t } from '#web/words/imports.ts';
import css from './import.module.css';

const all = '';

export function ExportPart() {
  const { accountId } = useScope();
  const mailboxes = useRecords('Mailbox');
  const [chosen, choose] = useState(all);
  const url = (format: 'zip' | 'mbox'): string => {
    const query = new URLSearchParams({ format, ...(chosen !== all && { mailbox: chosen }) });
    return `/jmap/export/${encodeURIComponent(accountId)}?${query.toString()}`;
  };
  return (
    <Part id="export-title" title={t('exportTitle')}>
      <p>{t('exportText')}</p>
      <label className={css['what']}>
        {t('exportWhat')}
        <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          <option value={all}>{t('exportAll')}</option>
          {flatten(mailboxTree(mailboxes)).map(({ mailbox, depth }) => (
            <option key={mailbox.id} value={mailbox.id}>
              {`${'\u2003'.repeat(depth)}${mailboxName(mailbox)}`}
            </option>
          ))}
        </select>
      </label>
      <ul className={css['links']}>
        <li>
          <a href={url('zip')}>{t('exportZip')}</a>
        </li>
        <li>
          <a href={url('mbox')}>{t('exportMbox')}</a>
        </li>
      </ul>
    </Part>
  );
}
