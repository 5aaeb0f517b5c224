/** The questions about one mailbox: its name, its place, and whether it is really to go. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useLocation } from 'wouter';
import { useRecords, useScope } from '#web/app/SyncContext.tsx';
import type { Mailbox } from '#web/sync/records.ts';
import { Button } from '#web/ui/Button.tsx';
import { Confirm, Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/words.ts';
import { MailboxPicker } from './MailboxPicker.tsx';
import { isWithin } from './mailboxTree.ts';
import { mailboxName } from './names.ts';
import { emptyMailbox } from './useMailActions.ts';

export type MailboxTask =
  | { readonly kind: 'create'; readonly parentId: string | null }
  | { readonly kind: 'rename' | 'move' | 'delete' | 'empty'; readonly mailbox: Mailbox };

export function MailboxDialog({ task, onClose }: { readonly task: MailboxTask; readonly onClose: () => void }) {
  const { sync, accountId } = useScope();
  const mailboxes = useRecords('Mailbox');
  const [, navigate] = useLocation();
  switch (task.kind) {
    case 'create':
      return (
        <NameDialog
          title={t('mailboxes.create')}
          siblings={mailboxes.filter((it) => it.parentId === task.parentId)}
          name=""
          onClose={onClose}
          onName={(name) =>
            void sync.mutate({
              accountId,
              type: 'Mailbox',
              create: { [crypto.randomUUID()]: { name, parentId: task.parentId } },
            })
          }
        />
      );
    case 'rename':
      return (
        <NameDialog
          title={t('mailboxes.rename')}
          siblings={mailboxes.filter((it) => it.parentId === task.mailbox.parentId && it.id !== task.mailbox.id)}
          name={task.mailbox.name}
          onClose={onClose}
          onName={(name) => void sync.mutate({ accountId, type: 'Mailbox', update: { [task.mailbox.id]: { name } } })}
        />
      );
    case 'move':
      return (
        <MailboxPicker
          title={t('mailboxes.moveTitle', { name: mailboxName(task.mailbox) })}
          top={t('mailboxes.topLevel')}
          isAllowed={(it) => !isWithin(it.id, task.mailbox.id, mailboxes)}
          onClose={onClose}
          onPick={(parentId) =>
            void sync.mutate({ accountId, type: 'Mailbox', update: { [task.mailbox.id]: { parentId } } })
          }
        />
      );
    case 'empty':
      return (
        <Confirm
          title={t('mailboxes.emptyTitle', { name: mailboxName(task.mailbox) })}
          text={t('mailboxes.emptyText', { count: task.mailbox.totalEmails })}
          action={t('mailboxes.emptyAction')}
          onClose={onClose}
          onConfirm={() => {
            emptyMailbox(sync, accountId, task.mailbox.id).then(
              () => showToast(t('mailboxes.emptied')),
              () => showToast(t('mailboxes.emptyFailed'), { tone: 'danger' }),
            );
          }}
        />
      );
    case 'delete':
      break;
  }
  const { mailbox } = task;
  return (
    <Confirm
      title={t('mailboxes.deleteTitle', { name: mailboxName(mailbox) })}
      text={t('mailboxes.deleteText', { count: mailbox.totalEmails })}
      action={t('mailboxes.deleteAction')}
      onClose={onClose}
      onConfirm={() => {
        void sync.mutate({
          accountId,
          type: 'Mailbox',
          destroy: [mailbox.id],
          options: { onDestroyRemoveEmails: true },
        });
        navigate('/');
      }}
    />
  );
}

interface NameDialogProps {
  readonly title: string;
  readonly name: string;
  readonly siblings: readonly Mailbox[];
  readonly onName: (name: string) => void;
  readonly onClose: () => void;
}

function NameDialog({ title, name: before, siblings, onName, onClose }: NameDialogProps) {
  const [name, setName] = useState(before);
  const [isTried, setTried] = useState(false);
  const wanted = name.trim().normalize('NFC');
  const isTaken = siblings.some((it) => it.name.toLowerCase() === wanted.toLowerCase());
  const error = wanted === '' ? t('mailboxes.nameMissing') : isTaken ? t('mailboxes.nameTaken') : undefined;

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (error) return;
    onClose();
    onName(wanted);
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <TextField
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog asks this one thing
          autoFocus
          label={t('mailboxes.name')}
          value={name}
          maxLength={200}
          onChange={setName}
          error={isTried ? error : undefined}
        />
        <br />
        <DialogActions>
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button tone="primary" type="submit">
            {t('ui.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
