/** Choosing a unit: the browser's own list, filled by what is typed beside it where the tree is large. */
import { useCallback, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { SelectField } from '#web/ui/SelectField.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/console.ts';
import { fetchUnits } from './console.ts';

export interface UnitFieldProps {
  readonly value: string;
  /** What stands for no unit at all. */
  readonly none: string;
  /** '' for none of them. */
  readonly onChange: (unitId: string, name: string) => void;
}

/** A tree of so many units is read through; a larger one is searched. */
const readable = 40;

export function UnitField({ value, none, onChange }: UnitFieldProps) {
  const { sync, session } = useScope();
  const [typed, setTyped] = useState('');
  const [isLarge, setLarge] = useState(false);
  const accountId = session.primaryAccountId;
  const { value: units = [] } = useFetched(
    useCallback(
      () =>
        fetchUnits(sync, accountId, typed).then((found) => {
          if (found.length > readable) setLarge(true);
          return found;
        }),
      [sync, accountId, typed],
    ),
  );
  const choices = units.map(({ id, name, depth }) => ({ value: id, label: `${'\u00a0\u00a0'.repeat(depth)}${name}` }));
  return (
    <>
      {isLarge && <TextField label={t('unitFilter')} value={typed} onChange={setTyped} type="search" />}
      <SelectField
        label={t('unit')}
        value={value}
        choices={[{ value: '', label: none }, ...choices]}
        onChange={(id) => onChange(id, units.find((unit) => unit.id === id)?.name ?? '')}
      />
    </>
  );
}
