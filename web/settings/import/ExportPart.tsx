/** Taking mail along: the whole mailbox or one folder of it, as the browser's own download. */
import { useState } from 'react';
import { useRecords, useScope } from '#web/app/SyncContext.tsx';
import { flatten, mailboxTree } from '#web/mail/mailboxTree.ts';
import { mailboxName } from '#web/mail/names.ts';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { t } from '#web/words/imports.ts';
import css from './import.module.css';

const all = '';

export function ExportPart() {
  const { accountId } = useScope();
  const mailboxes = useRecords('Mailbox');
  const [chosen, choose] = useState<string>(all);
  const url = (format: 'zip' | 'mbox'): string => {
    const query = new URLSearchParams({ format, ...(chosen !== all && { mailbox: chosen }) });
    return `/jmap/export/${encodeURIComponent(accountId)}?${query.toString()}`;
  };
  return (
    <Part id="export-title" title={t('exportTitle')}>
      <p>{t('exportText')}</p>
      <div className={page['form']}>
        <SelectField
          label={t('exportWhat')}
          value={chosen}
          choices={[
            { value: all, label: t('exportAll') },
            ...flatten(mailboxTree(mailboxes)).map(({ mailbox, depth }) => ({
              value: mailbox.id,
              label: `${'\u2003'.repeat(depth)}${mailboxName(mailbox)}`,
            })),
          ]}
          onChange={choose}
        />
      </div>
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
