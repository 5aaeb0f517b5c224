/** One line of text with its label above, and under it a hint or what is wrong. */
import { useId } from 'react';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import css from './field.module.css';

export interface TextFieldProps extends Omit<ComponentPropsWithRef<'input'>, 'onChange' | 'className' | 'style'> {
  readonly label: string;
  readonly onChange?: (value: string) => void;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** A button inside the field, at its end. */
  readonly end?: ReactNode;
}

export function TextField({ label, onChange, hint, error, end, ...rest }: TextFieldProps) {
  const id = useId();
  const said = error ?? hint;
  return (
    <div className={css['field']}>
      <label htmlFor={id}>{label}</label>
      <span className={css['box']}>
        <input
          {...rest}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={said ? `${id}-said` : undefined}
          onChange={(event) => onChange?.(event.currentTarget.value)}
        />
        {end}
      </span>
      {said && (
        <p id={`${id}-said`} className={error ? css['error'] : css['hint']}>
          {said}
        </p>
      )}
    </div>
  );
}

export interface ChoiceFieldProps<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly choices: readonly { readonly value: V; readonly label: string }[];
  readonly onChange: (value: V) => void;
}

/** One of a few: radio buttons drawn as a row. */
export function ChoiceField<V extends string>({ label, value, choices, onChange }: ChoiceFieldProps<V>) {
  const name = useId();
  return (
    <fieldset className={css['choices']}>
      <legend>{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={css['choice']}>
          <input type="radio" name={name} checked={choice.value === value} onChange={() => onChange(choice.value)} />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

export interface CheckFieldProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

export function CheckField({ label, isOn, onChange }: CheckFieldProps) {
  return (
    <label className={css['check']}>
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
