/** Binds keys for as long as a component is there. */
import { useEffect, useRef } from 'react';
import { createKeyReader, isTyping, keyName } from './keys.ts';
import type { KeyBindings } from './keys.ts';
import { preferences } from './preferences.ts';

export function useKeys(bindings: KeyBindings): void {
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  useEffect(() => {
    let pressedAtMs = 0;
    const read = createKeyReader(() => pressedAtMs);
    const onKeyDown = (event: KeyboardEvent) => {
      // When it was pressed, not when a busy page comes to it: a sequence would fall apart.
      pressedAtMs = event.timeStamp;
      if (!preferences().hasKeys || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector('[role="dialog"], [role="menu"]')) return;
      // Enter and Space on a button are the button's.
      if (event.target instanceof HTMLElement && event.target.closest('button, a') && /^(Enter| )$/.test(event.key))
        return;
      if (read(keyName(event), latest.current)) event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
