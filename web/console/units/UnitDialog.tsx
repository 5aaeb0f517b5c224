/** A new unit, or another word about one: what is wrong is said under its field before anything is sent. */
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { looksLikeUai, parseUai } from '#formats/uai/uai.ts';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { refusalText } from '#web/console/refusals.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { ChoiceField, TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as word } from '#web/words/console.ts';
import { t } from '#web/words/units.ts';
import { kindNames, kindText, schoolKinds, setUnit } from './units.ts';
import type { UnitCard } from './units.ts';

export interface UnitDialogProps {
  /** Undefined for a new one. */
  readonly unit?: UnitCard;
  /** Of a new one; null for the top. */
  readonly parentId: string | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function UnitDialog({ unit, parentId, onClose, onDone }: UnitDialogProps) {
  const { sync, session } = useScope();
  const [name, setName] = useState(unit?.name ?? '');
  const [kind, setKind] = useState(unit?.kind ?? 'college');
  const [code, setCode] = useState(unit?.code ?? '');
  const [department, setDepartment] = useState(unit?.department ?? '');
  const [sector, setSector] = useState<'public' | 'private'>(unit?.isPublic === false ? 'private' : 'public');
  const [isTried, setTried] = useState(false);
  const [error, setError] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const kinds: readonly string[] =
    unit && !kindNames.some((one) => one === unit.kind) ? [unit.kind, ...kindNames] : kindNames;
  const isSameCode = unit !== undefined && code.trim() === unit.code;
  const codeError = isSameCode ? undefined : wrongCode(kind, code);

  async function save(): Promise<void> {
    const fields = {
      name: name.trim(),
      kind,
      isPublic: sector === 'public',
      department: department.trim() === '' ? null : department.trim(),
      ...(!isSameCode && { code: code.trim() === '' ? null : code.trim() }),
    };
    const change = unit ? { update: { [unit.id]: fields } } : { create: { unit: { ...fields, parentId } } };
    const refused = await setUnit(sync, session.primaryAccountId, change);
    if (refused === 'alreadyExists') setError(t('codeTaken'));
    else if (refused !== undefined) setError(refusalText(refused));
    else {
      showToast(t(unit ? 'saved' : 'created', { name: name.trim() }));
      onClose();
      onDone();
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    setError('');
    if (name.trim() !== '' && codeError === undefined) void save();
    // Once each field says what is wrong.
    else setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  }

  return (
    <Dialog title={unit ? t('editTitle', { name: unit.name }) : t('add')} onClose={onClose}>
      <form ref={form} className={css['form']} onSubmit={submit} noValidate>
        <TextField
          label={t('nameLabel')}
          value={name}
          onChange={setName}
          maxLength={200}
          required
          autoFocus
          error={isTried && name.trim() === '' ? t('nameMissing') : undefined}
        />
        <SelectField
          label={t('kindLabel')}
          value={kind}
          onChange={setKind}
          choices={kinds.map((value) => ({ value, label: kindText(value) }))}
        />
        <TextField
          label={t('codeLabel')}
          hint={t('codeHint')}
          value={code}
          onChange={setCode}
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          error={isTried ? codeError : undefined}
        />
        <TextField
          label={t('departmentLabel')}
          hint={t('departmentHint')}
          value={department}
          onChange={setDepartment}
          maxLength={3}
        />
        <ChoiceField
          label={t('sector')}
          value={sector}
          onChange={setSector}
          choices={[
            { value: 'public', label: t('public') },
            { value: 'private', label: t('private') },
          ]}
        />
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          <Button onPress={onClose}>{word('cancel')}</Button>
          <Button type="submit" tone="primary">
            {t(unit ? 'save' : 'create')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function wrongCode(kind: string, code: string): string | undefined {
  const isSchool = schoolKinds.includes(kind);
  if (isSchool && code.trim() === '') return t('codeMissing');
  return (isSchool || looksLikeUai(code)) && parseUai(code) === undefined ? t('codeWrong') : undefined;
}
