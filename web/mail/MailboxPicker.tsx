/** Chooses a mailbox by typing a part of its name: for moving mail, for nesting mailboxes, for going somewhere. */
import { CornerDownRight } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { useRecords } from '#web/app/SyncContext.tsx';
import { fold } from '#web/search/query.ts';
import type { Mailbox } from '#web/sync/records.ts';
import { Dialog } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { useListbox } from '#web/ui/useListbox.ts';
import { t } from '#web/words/words.ts';
import { flatten, mailboxTree } from './mailboxTree.ts';
import { mailboxIcon, mailboxName } from './names.ts';
import css from './picker.module.css';

export interface MailboxPickerProps {
  readonly title: string;
  readonly isAllowed: (mailbox: Mailbox) => boolean;
  /** What "no mailbox" is called, where that can be chosen. */
  readonly top?: string;
  readonly onPick: (mailboxId: string | null) => void;
  readonly onClose: () => void;
}

interface PickerOption {
  readonly id: string | null;
  readonly name: string;
  readonly depth: number;
  readonly icon: LucideIcon;
}

export function MailboxPicker({ title, isAllowed, top, onPick, onClose }: MailboxPickerProps) {
  const mailboxes = useRecords('Mailbox');
  const [typed, setTyped] = useState('');
  const wanted = fold(typed);
  const options = flatten(mailboxTree(mailboxes))
    .filter(({ mailbox }) => isAllowed(mailbox) && fold(mailboxName(mailbox)).includes(wanted))
    .map(({ mailbox, depth }) => ({ id: mailbox.id, name: mailboxName(mailbox), depth, icon: mailboxIcon(mailbox) }));
  const all: readonly PickerOption[] =
    top !== undefined && wanted === ''
      ? [{ id: null, name: top, depth: 0, icon: CornerDownRight }, ...options]
      : options;

  function take(index: number): void {
    const option = all[index];
    if (!option) return;
    onClose();
    onPick(option.id);
  }
  const listbox = useListbox({ count: all.length, isOpen: true, initial: 0, onTake: take, onClose });

  return (
    <Dialog title={title} onClose={onClose}>
      <TextField
        {...listbox.inputProps}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- one types at once
        autoFocus
        label={t('picker.filter')}
        value={typed}
        autoComplete="off"
        onChange={(value) => {
          setTyped(value);
          listbox.setActive(0);
        }}
      />
      <ul id={listbox.listId} role="listbox" aria-label={title} className={css['list']}>
        {all.map(({ id, name, depth, icon: Icon }, index) => (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the input's
          <li
            key={id ?? 'top'}
            id={listbox.optionId(index)}
            role="option"
            aria-selected={index === listbox.active}
            className={css['option']}
            data-depth={wanted === '' ? Math.min(depth, 4) : 0}
            onClick={() => take(index)}
            onPointerMove={() => listbox.setActive(index)}
            ref={(element) => {
              if (index === listbox.active) element?.scrollIntoView({ block: 'nearest' });
            }}
          >
            <Icon aria-hidden size={17} />
            {name}
          </li>
        ))}
      </ul>
      {all.length === 0 && <p role="status">{t('picker.none')}</p>}
    </Dialog>
  );
}
