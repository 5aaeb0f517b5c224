/**
 * Single keys and two-key sequences for the whole page. Never while somebody types, in a dialog or in a menu, and not
 * with Ctrl, Alt or Meta, which belong to the browser.
 */
export type KeyBindings = Readonly<Record<string, () => void>>;

/** After the first key of a sequence, so long is waited for the second. */
const sequenceMs = 1200;

/** Reads keys against bindings such as `j`, `#`, `Shift+u`, `g i`. Returns whether the key was used. */
export function createKeyReader(clock: () => number): (key: string, bindings: KeyBindings) => boolean {
  let first = '';
  let at = 0;
  return (key, bindings) => {
    const sequence = first !== '' && clock() - at < sequenceMs ? `${first} ${key}` : '';
    first = '';
    const bound = bindings[sequence] ?? bindings[key];
    if (bound) {
      bound();
      return true;
    }
    if (Object.keys(bindings).some((binding) => binding.startsWith(`${key} `))) {
      first = key;
      at = clock();
      return true;
    }
    return false;
  };
}

/** The name of a key as bindings write it: the character it makes, with Shift said only for letters. */
export function keyName(event: { readonly key: string; readonly shiftKey: boolean }): string {
  const isLetter = /^\p{L}$/u.test(event.key);
  return event.shiftKey && isLetter ? `Shift+${event.key.toLowerCase()}` : event.key;
}

/** Whether a key pressed there is meant for what has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest(
      'input:not([type="checkbox"], [type="radio"]), textarea, select, [role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]',
    ) !== null
  );
}
