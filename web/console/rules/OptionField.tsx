/** One rule as a field: as by default (or inherited, with what that is), or a value of its own. */
import { useId, useState } from 'react';
import type { Option, OptionValue } from '#formats/policies/option.ts';
import css from '#web/console/console.module.css';
import { LinesField } from '#web/ui/LinesField.tsx';
import { SelectField } from '#web/ui/SelectField.tsx';
import { TextArea } from '#web/ui/TextArea.tsx';
import { CheckField, TextField } from '#web/ui/TextField.tsx';
import { pairText } from '#web/words/lists.ts';
import { ruleText, t } from '#web/words/rules.ts';
import { valueText } from './rules.ts';

export interface OptionFieldProps {
  /** `group.option` */
  readonly name: string;
  readonly option: Option;
  /** Undefined: as by default, or inherited. */
  readonly value: OptionValue | undefined;
  /** What it is then. */
  readonly otherwise: OptionValue;
  readonly isInherited: boolean;
  /** NaN for what is no number. */
  readonly onChange: (value: OptionValue | undefined) => void;
}

export function OptionField(props: OptionFieldProps) {
  const { name, option, value, otherwise, isInherited, onChange } = props;
  const label = ruleText(name);
  const said = valueText(name, otherwise);
  const none = isInherited ? t('inherited', { value: said }) : t('byDefault', { value: said });
  switch (option.kind) {
    case 'flag':
      return (
        <SelectField
          label={label}
          value={value === undefined ? '' : value === true ? 'yes' : 'no'}
          choices={[
            { value: '', label: none },
            { value: 'yes', label: t('yes') },
            { value: 'no', label: t('no') },
          ]}
          onChange={(chosen) => onChange(chosen === '' ? undefined : chosen === 'yes')}
        />
      );
    case 'choice':
      return (
        <SelectField
          label={label}
          value={typeof value === 'string' ? value : ''}
          choices={[
            { value: '', label: none },
            ...option.values.map((one) => ({ value: one, label: valueText(name, one) })),
          ]}
          onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)}
        />
      );
    case 'number':
      return <NumberField label={label} hint={none} range={option} value={value} onChange={onChange} />;
    case 'numberOrNone':
      return (
        <>
          <SelectField
            label={label}
            value={value === undefined ? '' : value === null ? 'none' : 'number'}
            choices={[
              { value: '', label: none },
              { value: 'none', label: t('none') },
              { value: 'number', label: t('ownNumber') },
            ]}
            onChange={(chosen) =>
              onChange(chosen === '' ? undefined : chosen === 'none' ? null : (numberIn(otherwise) ?? option.least))
            }
          />
          {typeof value === 'number' && (
            <NumberField
              label={pairText(label, t('number').toLowerCase())}
              range={option}
              value={value}
              onChange={onChange}
            />
          )}
        </>
      );
    case 'some':
      return <SomeField {...props} none={none} values={option.values} />;
    case 'texts': {
      const lines = typeof value === 'object' && value !== null ? value : [];
      return (
        <LinesField
          label={label}
          hint={t('linesHint')}
          value={lines}
          isWrong={!lines.every((line) => option.form.test(line))}
          onChange={(given) => onChange(given.length === 0 ? undefined : given)}
        />
      );
    }
    case 'text':
      return (
        <TextsField
          label={label}
          value={typeof value === 'string' ? value : ''}
          characters={option.characters}
          onChange={(text) => onChange(text === '' ? undefined : text)}
        />
      );
  }
}

interface TextsFieldProps {
  readonly label: string;
  readonly value: string;
  readonly characters: number;
  readonly onChange: (text: string) => void;
}

/** One line, or as many as a page of terms has. */
function TextsField({ label, value, characters, onChange }: TextsFieldProps) {
  const field = { label, value, maxLength: characters, onChange };
  return characters <= 1_000 ? <TextField {...field} /> : <TextArea {...field} rows={12} />;
}

const numberIn = (value: OptionValue): number | undefined => (typeof value === 'number' ? value : undefined);

interface NumberFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly range: { readonly least: number; readonly most: number };
  readonly value: OptionValue | undefined;
  readonly onChange: (value: OptionValue | undefined) => void;
}

function NumberField({ label, hint, range: { least, most }, value, onChange }: NumberFieldProps) {
  const [typed, setTyped] = useState(typeof value === 'number' ? String(value) : '');
  const number = /^\d{1,6}$/.test(typed.trim()) ? Number(typed) : Number.NaN;
  const isWrong = typed.trim() === '' ? hint === undefined : !(number >= least && number <= most);
  return (
    <TextField
      label={label}
      inputMode="numeric"
      value={typed}
      hint={[hint, t('range', { least, most })].filter((part) => part !== undefined).join('. ')}
      error={isWrong ? t('wrongNumber', { least, most }) : undefined}
      onChange={(text) => {
        setTyped(text);
        const isNumber = /^\d{1,6}$/.test(text.trim());
        onChange(text.trim() === '' && hint !== undefined ? undefined : isNumber ? Number(text) : Number.NaN);
      }}
    />
  );
}

interface SomeFieldProps extends OptionFieldProps {
  readonly none: string;
  readonly values: readonly string[];
}

function SomeField({ name, value, otherwise, none, values, onChange }: SomeFieldProps) {
  const group = useId();
  const chosen = typeof value === 'object' && value !== null ? value : undefined;
  return (
    <fieldset className={css['chosen']}>
      <legend>{ruleText(name)}</legend>
      {[true, false].map((isDefault) => (
        <label key={String(isDefault)} className={css['tick']}>
          <input
            type="radio"
            name={group}
            checked={(chosen === undefined) === isDefault}
            onChange={() => onChange(isDefault ? undefined : typeof otherwise === 'object' ? otherwise : [])}
          />
          <span>{isDefault ? none : t('ownList')}</span>
        </label>
      ))}
      {chosen &&
        values.map((one) => (
          <CheckField
            key={one}
            label={valueText(name, one)}
            isOn={chosen.includes(one)}
            onChange={(isOn) => onChange(values.filter((it) => (it === one ? isOn : chosen.includes(it))))}
          />
        ))}
    </fieldset>
  );
}
