/** A few short values, one a line, with a label above and a hint under it. */
import { useId, useState } from 'react';
import css from './field.module.css';

export interface LinesFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: readonly string[];
  readonly isWrong: boolean;
  /** Without spaces around, and without empty lines. */
  readonly onChange: (value: readonly string[]) => void;
}

export function LinesField({ label, hint, value, isWrong, onChange }: LinesFieldProps) {
  const id = useId();
  const [text, setText] = useState(() => value.join('\n'));
  return (
    <div className={css['field']}>
      <label htmlFor={id}>{label}</label>
      <span className={css['box']}>
        <textarea
          id={id}
          rows={2}
          spellCheck={false}
          value={text}
          aria-invalid={isWrong || undefined}
          aria-describedby={`${id}-said`}
          onChange={(event) => {
            setText(event.currentTarget.value);
            onChange(
              event.currentTarget.value
                .split('\n')
                .map((line) => line.trim())
                .filter((line) => line !== ''),
            );
          }}
        />
      </span>
      <p id={`${id}-said`} className={css['hint']}>
        {hint}
      </p>
    </div>
  );
}
