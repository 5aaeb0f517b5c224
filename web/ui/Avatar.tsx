/** Initials on a tone that stays the same for a person. An ornament: the name stands beside it. */
import css from './avatar.module.css';

export function Avatar({ name }: { readonly name: string }) {
  return (
    <span aria-hidden className={css['avatar']} data-tone={toneOf(name)}>
      {initialsOf(name)}
    </span>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/[\s.@_-]+/).filter((word) => /^\p{L}/u.test(word));
  const first = words[0]?.[0] ?? '?';
  const last = words.length > 1 && !name.includes('@') ? (words.at(-1)?.[0] ?? '') : '';
  return (first + last).toUpperCase();
}

function toneOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 6007;
  return sum % 6;
}
