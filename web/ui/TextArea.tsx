/** Some lines of text with a label above, and under them a hint or what is wrong. */
import { useId } from 'react';
import css from './field.module.css';

export interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly rows?: number;
  readonly maxLength?: number;
  readonly lang?: string;
  readonly autoFocus?: boolean;
}

export function TextArea({ label, value, onChange, hint, error, rows = 3, ...rest }: TextAreaProps) {
  const id = useId();
  const said = error ?? hint;
  return (
    <div className={css['field']}>
      <label htmlFor={id}>{label}</label>
      <span className={css['box']}>
        <textarea
          {...rest}
          id={id}
          rows={rows}
          value={value}
          aria-invalid={error ? true : undefined}
          aria-describedby={said ? `${id}-said` : undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </span>
      {said && (
        <p id={`${id}-said`} className={error ? css['error'] : css['hint']}>
          {said}
        </p>
      )}
    </div>
  );
}
