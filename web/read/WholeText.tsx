/** A text of any length in a box of its own, that whoever has no mouse can enter and scroll. */
import css from './reader.module.css';

/** @param props.name what a screen reader calls the box. */
export function WholeText({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    // What scrolls must be reached by keys (WCAG 2.1.1).
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className={css['textFile']} role="region" aria-label={name} tabIndex={0}>
      {text}
    </pre>
  );
}
