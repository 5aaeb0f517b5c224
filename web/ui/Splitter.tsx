/** The handle between two panes: dragged, or moved by arrows (ARIA window splitter). Sizes are in pixels. */
import { useRef } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import css from './splitter.module.css';

export interface SplitterProps {
  readonly label: string;
  readonly size: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (size: number) => void;
}

const stepPx = 24;

export function Splitter({ label, size, min, max, onChange }: SplitterProps) {
  const start = useRef<{ readonly x: number; readonly size: number } | undefined>(undefined);
  const put = (wanted: number) => onChange(Math.round(Math.min(max, Math.max(min, wanted))));

  function onPointerDown(event: PointerEvent<HTMLDivElement>): void {
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, size };
  }

  function onPointerMove(event: PointerEvent<HTMLDivElement>): void {
    if (start.current) put(start.current.size + event.clientX - start.current.x);
  }

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    const wanted = { ArrowLeft: size - stepPx, ArrowRight: size + stepPx, Home: min, End: max }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    put(wanted);
  }

  return (
    <div
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a splitter with a value is interactive (ARIA 1.2)
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={size}
      aria-valuemin={min}
      aria-valuemax={max}
      className={css['splitter']}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => (start.current = undefined)}
      onKeyDown={onKeyDown}
    />
  );
}
