/**
 * A field of recipients: each person a token, the input a combobox over the directory. Comma, semicolon, Enter and Tab
 * make a token of what is typed; arrows walk the tokens; Enter on one takes it back into the input, Delete removes it.
 */
import { X } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { ClipboardEvent, KeyboardEvent, ReactNode } from 'react';
import type { AccountId, EmailAddress } from '#web/sync/records.ts';
import type { Sync } from '#web/sync/sync.ts';
import { Spoken } from '#web/ui/Spoken.tsx';
import { useListbox } from '#web/ui/useListbox.ts';
import { t } from '#web/words/compose.ts';
import { completeRecipient } from './complete.ts';
import type { Suggestion } from './complete.ts';
import { isAddress, readRecipients, withRecipients } from './plan/recipients.ts';
import css from './recipients.module.css';

export interface RecipientFieldProps {
  readonly sync: Sync;
  readonly accountId: AccountId;
  readonly label: string;
  readonly value: readonly EmailAddress[];
  readonly onChange: (value: readonly EmailAddress[]) => void;
  /** What is typed and no token yet counts when the message is sent: it is said here, and taken at blur. */
  readonly hasAutoFocus?: boolean;
  /** At the end of the line: the button for further fields. */
  readonly end?: ReactNode;
}

const pauseMs = 120;

export function RecipientField({
  sync,
  accountId,
  label,
  value,
  onChange,
  hasAutoFocus = false,
  end,
}: RecipientFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const [found, setFound] = useState<readonly Suggestion[]>([]);
  const [isOpen, setOpen] = useState(false);
  const [said, say] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const suggestions = found.filter(({ email }) => !value.some((it) => it.email.toLowerCase() === email.toLowerCase()));
  const isShown = isOpen && typed.trim() !== '' && suggestions.length > 0;

  useEffect(() => {
    if (hasAutoFocus) input.current?.focus();
  }, [hasAutoFocus]);

  useEffect(() => {
    let isLeft = false;
    const timer = setTimeout(() => {
      if (typed.trim() === '') return setFound([]);
      void completeRecipient(sync, accountId, typed).then((answer) => {
        if (isLeft) return;
        setFound(answer);
        if (answer.length > 0) say(t('recipient.found', { count: answer.length }));
      });
    }, pauseMs);
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [sync, accountId, typed]);

  const listbox = useListbox({
    count: suggestions.length,
    isOpen: isShown,
    initial: 0,
    onTake: (index) => take(suggestions[index]),
    onClose: () => setOpen(false),
  });

  function add(added: readonly EmailAddress[]): void {
    if (added.length > 0) onChange(withRecipients(value, added));
    setTyped('');
    setOpen(false);
  }

  function take(suggestion: Suggestion | undefined): void {
    if (!suggestion) return;
    add([{ name: suggestion.name === '' ? null : suggestion.name, email: suggestion.email }]);
    input.current?.focus();
  }

  function takeTyped(): boolean {
    const added = readRecipients(typed);
    if (added.length === 0) return false;
    add(added.map(named));
    return true;
  }

  /** Somebody typed whole is known by name all the same. */
  function named(address: EmailAddress): EmailAddress {
    const known = found.find(({ email }) => email.toLowerCase() === address.email.toLowerCase());
    return address.name === null && known && known.name !== '' ? { ...address, name: known.name } : address;
  }

  function remove(index: number, goTo: 'input' | 'token'): void {
    const gone = value[index];
    onChange(value.filter((_, n) => n !== index));
    if (gone) say(t('recipient.removed', { name: gone.name ?? gone.email }));
    if (goTo === 'input' || value.length === 1) input.current?.focus();
    else requestAnimationFrame(() => focusToken(Math.min(index, value.length - 2)));
  }

  function focusToken(index: number): void {
    list.current?.querySelectorAll<HTMLElement>('[data-token]')[index]?.focus();
  }

  /** A token goes back into the input to be mended. */
  function edit(index: number): void {
    const token = value[index];
    if (!token) return;
    onChange(value.filter((_, n) => n !== index));
    setTyped(token.name === null ? token.email : `${token.name} <${token.email}>`);
    requestAnimationFrame(() => input.current?.focus());
  }

  function onInputKey(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.nativeEvent.isComposing) return;
    const { selectionStart, selectionEnd } = event.currentTarget;
    const isAtStart = selectionStart === 0 && selectionEnd === 0;
    const isInName = event.key === ',' && isHalfName(typed);
    if ((event.key === ',' || event.key === ';') && !isInName && !isQuoteOpen(typed)) {
      event.preventDefault();
      takeTyped();
    } else if (event.key === 'Tab' && !event.shiftKey && typed.trim() !== '') {
      if (isShown) take(suggestions[listbox.active]);
      else takeTyped();
      event.preventDefault();
    } else if (event.key === 'Backspace' && isAtStart && typed === '' && value.length > 0) {
      event.preventDefault();
      edit(value.length - 1);
    } else if (event.key === 'ArrowLeft' && isAtStart && value.length > 0) {
      event.preventDefault();
      focusToken(value.length - 1);
    } else {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') setOpen(true);
      listbox.inputProps.onKeyDown(event);
      if (event.key === 'Enter' && !event.defaultPrevented && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        takeTyped();
      }
    }
  }

  function onTokenKey(event: KeyboardEvent<HTMLElement>, index: number): void {
    const act: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => focusToken(Math.max(0, index - 1)),
      ArrowRight: () => (index === value.length - 1 ? input.current?.focus() : focusToken(index + 1)),
      Home: () => focusToken(0),
      End: () => input.current?.focus(),
      Delete: () => remove(index, 'token'),
      Backspace: () => remove(index, 'token'),
      Enter: () => edit(index),
      F2: () => edit(index),
    };
    const wanted = event.ctrlKey || event.metaKey ? undefined : act[event.key];
    if (!wanted) return;
    event.preventDefault();
    wanted();
  }

  function onPaste(event: ClipboardEvent<HTMLInputElement>): void {
    const text = event.clipboardData.getData('text/plain');
    const added = readRecipients(text);
    // One word pasted into what is being typed is still being typed.
    if (typed.trim() !== '' || !added.some(({ email }) => isAddress(email))) return;
    event.preventDefault();
    add(added);
  }

  return (
    <div className={css['field']} role="group" aria-labelledby={`${id}-label`}>
      <label id={`${id}-label`} htmlFor={`${id}-input`} className={css['label']}>
        {label}
      </label>
      {/* A press beside the tokens means the field. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events -- a larger target for the input, which has the keys */}
      <div className={css['box']} onClick={(event) => event.target === event.currentTarget && input.current?.focus()}>
        <ul ref={list} className={css['tokens']}>
          {value.map((address, index) => (
            <li key={address.email} className={css['token']} data-wrong={!isAddress(address.email) || undefined}>
              <button
                type="button"
                data-token
                tabIndex={-1}
                title={address.email}
                aria-describedby={`${id}-hint`}
                className={css['name']}
                onKeyDown={(event) => onTokenKey(event, index)}
                onDoubleClick={() => edit(index)}
              >
                <TokenName address={address} />
              </button>
              <button
                type="button"
                tabIndex={-1}
                aria-label={t('recipient.remove', { name: address.name ?? address.email })}
                className={css['remove']}
                onClick={() => remove(index, 'input')}
              >
                <X aria-hidden size={14} />
              </button>
            </li>
          ))}
        </ul>
        <input
          {...listbox.inputProps}
          ref={input}
          id={`${id}-input`}
          type="text"
          inputMode="email"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          className={css['input']}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setOpen(true);
            listbox.setActive(0);
          }}
          onKeyDown={onInputKey}
          onPaste={onPaste}
          onBlur={() => {
            takeTyped();
            setOpen(false);
          }}
        />
        <Suggestions
          id={listbox.listId}
          optionId={listbox.optionId}
          active={listbox.active}
          suggestions={isShown ? suggestions : []}
          onTake={take}
        />
      </div>
      {end}
      <span id={`${id}-hint`} hidden>
        {t('recipient.hint')}
      </span>
      <Spoken>
        <span role="status">{said}</span>
      </Spoken>
    </div>
  );
}

function TokenName({ address }: { readonly address: EmailAddress }) {
  if (!isAddress(address.email))
    return (
      <>
        <span aria-hidden>{address.email}</span>
        <Spoken>{t('recipient.invalid', { email: address.email })}</Spoken>
      </>
    );
  return (
    <>
      {address.name ?? address.email}
      {address.name !== null && <Spoken> {address.email}</Spoken>}
    </>
  );
}

interface SuggestionsProps {
  readonly id: string;
  readonly optionId: (index: number) => string;
  readonly active: number;
  readonly suggestions: readonly Suggestion[];
  readonly onTake: (suggestion: Suggestion) => void;
}

function Suggestions({ id, optionId, active, suggestions, onTake }: SuggestionsProps) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label={t('recipient.suggestions')}
      hidden={suggestions.length === 0}
      className={css['list']}
    >
      {suggestions.map((suggestion, index) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the input's
        <li
          key={suggestion.email}
          id={optionId(index)}
          role="option"
          aria-selected={index === active}
          className={css['option']}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onTake(suggestion)}
        >
          <span className={css['who']}>{suggestion.name || suggestion.email}</span>
          <span className={css['detail']}>
            {[suggestion.name === '' ? '' : suggestion.email, suggestion.unit, kindName(suggestion.kind)]
              .filter((part) => part !== '')
              .join(' · ')}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What tells a group or a functional mailbox from a person; a person needs no word. */
function kindName(kind: string): string {
  switch (kind) {
    case 'group':
    case 'list':
      return t('recipient.kind.group');
    case 'unit':
      return t('recipient.kind.unit');
    case 'mailbox':
    case 'function':
    case 'functional':
      return t('recipient.kind.mailbox');
    case 'contact':
      return t('recipient.kind.contact');
    case 'recent':
      return t('recipient.kind.recent');
    default:
      return '';
  }
}

const isQuoteOpen = (text: string): boolean => text.split('"').length % 2 === 0;

/** "Équipe: a@b.fr" is a group being typed: its commas part its members. */
const isHalfName = (text: string): boolean => /^[^@<]+:[^;]*$/.test(text);
