/**
 * The keys of a combobox whose options hang under an input: arrows move, Enter takes, Escape closes. Focus stays in the
 * input; the option in question is named by aria-activedescendant (ARIA APG, combobox).
 */
import { useId, useState } from 'react';
import type { KeyboardEvent } from 'react';

export interface Listbox {
  readonly inputProps: {
    readonly role: 'combobox';
    readonly 'aria-expanded': boolean;
    readonly 'aria-controls': string;
    readonly 'aria-autocomplete': 'list';
    readonly 'aria-activedescendant': string | undefined;
    readonly onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
  };
  readonly listId: string;
  readonly optionId: (index: number) => string;
  readonly active: number;
  readonly setActive: (index: number) => void;
}

export interface ListboxOptions {
  readonly count: number;
  readonly isOpen: boolean;
  /** -1 where nothing is active until an arrow is pressed. */
  readonly initial: number;
  readonly onTake: (index: number) => void;
  readonly onClose: () => void;
}

export function useListbox({ count, isOpen, initial, onTake, onClose }: ListboxOptions): Listbox {
  const id = useId();
  const [moved, setActive] = useState(initial);
  const active = moved >= count ? count - 1 : moved;

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const least = initial < 0 ? -1 : 0;
      const next = active + step;
      setActive(next >= count ? least : next < least ? count - 1 : next);
    } else if (event.key === 'Enter' && isOpen && active >= 0 && active < count) {
      event.preventDefault();
      onTake(active);
      setActive(initial);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      onClose();
      setActive(initial);
    }
  }

  return {
    inputProps: {
      role: 'combobox',
      'aria-expanded': isOpen && count > 0,
      'aria-controls': `${id}-list`,
      'aria-autocomplete': 'list',
      'aria-activedescendant': isOpen && active >= 0 ? `${id}-${active}` : undefined,
      onKeyDown,
    },
    listId: `${id}-list`,
    optionId: (index) => `${id}-${index}`,
    active,
    setActive,
  };
}
