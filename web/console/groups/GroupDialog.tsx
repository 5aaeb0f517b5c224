/** A new group, or another word about one: its name, where it is, its address, who may write to it. */
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { consoleAccess } from '#web/console/access.ts';
import css from '#web/console/console.module.css';
import { UnitField } from '#web/console/UnitField.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { ChoiceField, TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as word } from '#web/words/console.ts';
import { t } from '#web/words/groups.ts';
import { createGroup, groupRefusal, senderNames, setGroup } from './groups.ts';
import type { GroupCard, SenderName } from './groups.ts';

export interface GroupDialogProps {
  /** Undefined for a new one. */
  readonly group?: GroupCard;
  readonly onClose: () => void;
  readonly onDone: (id: string) => void;
}

const addressChoices = ['none', 'planned', 'typed'] as const;
type AddressChoice = (typeof addressChoices)[number];

export function GroupDialog({ group, onClose, onDone }: GroupDialogProps) {
  const { sync, session } = useScope();
  const { isWhole } = consoleAccess(session);
  const [name, setName] = useState(group?.name ?? '');
  const [unitId, setUnitId] = useState('');
  const [senders, setSenders] = useState<SenderName>(group?.senders ?? 'tenant');
  const [choice, setChoice] = useState<AddressChoice>('none');
  const [email, setEmail] = useState('');
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const needsUnit = !group && !isWhole && unitId === '';
  const isAddressMissing = choice === 'typed' && !email.includes('@');

  async function save(): Promise<void> {
    const accountId = session.primaryAccountId;
    const fields = {
      name: name.trim(),
      senders,
      ...(choice === 'planned' && { planEmail: true }),
      ...(choice === 'typed' && { email: email.trim() }),
    };
    setBusy(true);
    const made = group
      ? await setGroup(sync, accountId, { update: { [group.id]: fields } }).then((type) =>
          type === undefined ? { kind: 'made' as const, id: group.id } : { kind: 'refused' as const, type },
        )
      : await createGroup(sync, accountId, { ...fields, unitId: unitId === '' ? null : unitId });
    setBusy(false);
    if (made.kind === 'refused') {
      const isOfAddress = choice === 'typed' && ['notFound', 'invalidProperties', 'alreadyExists'].includes(made.type);
      setError(isOfAddress ? t('addressWrong') : groupRefusal(made.type));
      return;
    }
    showToast(t(group ? 'saved' : 'created', { name: fields.name }));
    onClose();
    onDone(made.id);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    setError(needsUnit ? t('unitMissing') : '');
    if (name.trim() !== '' && !needsUnit && !isAddressMissing) void save();
    // Once each field says what is wrong.
    else setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  }

  return (
    <Dialog title={group ? t('editTitle', { name: group.name }) : t('add')} onClose={onClose}>
      <form ref={form} className={css['form']} onSubmit={submit} noValidate>
        <TextField
          label={t('name')}
          hint={t('nameHint')}
          value={name}
          onChange={setName}
          maxLength={200}
          required
          autoFocus
          error={isTried && name.trim() === '' ? t('nameMissing') : undefined}
        />
        {!group && <UnitField value={unitId} none={t(isWhole ? 'whole' : 'chooseUnit')} onChange={setUnitId} />}
        <SelectField
          label={t('senders')}
          value={senders}
          onChange={setSenders}
          choices={senderNames.map((value) => ({ value, label: t(`senders.${value}`) }))}
        />
        {(group?.email ?? '') === '' && (
          <ChoiceField
            label={t('address')}
            value={choice}
            onChange={setChoice}
            choices={addressChoices.map((value) => ({ value, label: t(`choice.${value}`) }))}
          />
        )}
        {choice === 'typed' && (
          <TextField
            label={t('typed')}
            hint={t('typedHint')}
            type="email"
            value={email}
            onChange={setEmail}
            maxLength={254}
            autoComplete="off"
            spellCheck={false}
            error={isTried && isAddressMissing ? t('addressWrong') : undefined}
          />
        )}
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{word('cancel')}</Button>
          <Button type="submit" tone="primary" isDisabled={isBusy}>
            {t(group ? 'save' : 'create')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
