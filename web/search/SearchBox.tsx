/** The search box: operators are offered while one types, and what was searched before. */
import { Clock, Search, SlidersHorizontal, X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useKeys } from '#web/app/useKeys.ts';
import { useRecords } from '#web/app/SyncContext.tsx';
import { mailboxName } from '#web/mail/names.ts';
import { IconButton } from '#web/ui/Button.tsx';
import { useListbox } from '#web/ui/useListbox.ts';
import { currentLanguage } from '#web/words/language.ts';
import { t } from '#web/words/words.ts';
import { fold } from './query.ts';
import { recentSearches, rememberSearch } from './recent.ts';
import css from './search.module.css';

export interface SearchBoxProps {
  /** What is being searched now. */
  readonly text: string;
  readonly onSearch: (text: string) => void;
  readonly onClear: () => void;
}

interface Suggestion {
  readonly kind: 'operator' | 'recent';
  /** The whole text of the box once taken. */
  readonly text: string;
  readonly label: string;
  readonly detail: string;
  /** Whether taking it searches at once, or goes on typing. */
  readonly isComplete: boolean;
}

export function SearchBox({ text, onSearch, onClear }: SearchBoxProps) {
  const [typed, setTyped] = useState(text);
  const [isOpen, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const mailboxes = useRecords('Mailbox');
  const [searched, setSearched] = useState(text);
  if (searched !== text) {
    setSearched(text);
    setTyped(text);
  }
  useKeys({ '/': () => input.current?.focus() });

  const suggestions = isOpen ? suggest(typed, mailboxes.map(mailboxName)) : [];
  const listbox = useListbox({
    count: suggestions.length,
    isOpen,
    initial: -1,
    onClose: () => setOpen(false),
    onTake: (index) => take(suggestions[index]),
  });

  function search(wanted: string): void {
    setOpen(false);
    listbox.setActive(-1);
    if (wanted.trim() === '') return;
    rememberSearch(wanted.trim());
    onSearch(wanted.trim());
  }

  function take(suggestion: Suggestion | undefined): void {
    if (!suggestion) return;
    setTyped(suggestion.text);
    listbox.setActive(-1);
    if (suggestion.isComplete) search(suggestion.text);
    input.current?.focus();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    search(typed);
  }

  return (
    <search className={css['search']}>
      <form onSubmit={submit}>
        <Search aria-hidden size={18} className={css['glass']} />
        <input
          {...listbox.inputProps}
          ref={input}
          type="text"
          inputMode="search"
          enterKeyHint="search"
          autoComplete="off"
          spellCheck={false}
          className={css['input']}
          aria-label={t('search.label')}
          placeholder={t('search.placeholder')}
          value={typed}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onClick={() => setOpen(true)}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setOpen(true);
          }}
        />
        {typed !== '' && (
          <IconButton
            className={css['clear']}
            icon={X}
            label={t('search.clear')}
            onPress={() => {
              setTyped('');
              setOpen(false);
              if (text !== '') onClear();
            }}
          />
        )}
        <ul
          id={listbox.listId}
          role="listbox"
          aria-label={t('search.suggestions')}
          hidden={suggestions.length === 0}
          className={css['list']}
        >
          {suggestions.map((suggestion, index) => (
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the input's
            <li
              key={`${suggestion.kind} ${suggestion.text}`}
              id={listbox.optionId(index)}
              role="option"
              aria-selected={index === listbox.active}
              className={css['option']}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(suggestion)}
            >
              {suggestion.kind === 'recent' ? (
                <Clock aria-hidden size={16} />
              ) : (
                <SlidersHorizontal aria-hidden size={16} />
              )}
              <span className={css['label']}>{suggestion.label}</span>
              <span className={css['detail']}>{suggestion.detail}</span>
            </li>
          ))}
        </ul>
      </form>
    </search>
  );
}

/** What could come next: for the last word, operators and their values; for an empty box, recent searches too. */
function suggest(typed: string, mailboxNames: readonly string[]): readonly Suggestion[] {
  const match = /^(.*?)(\S*)$/s.exec(typed);
  const before = match?.[1] ?? '';
  const word = fold(match?.[2] ?? '');
  const recent = recentSearches()
    .filter((it) => it !== typed && fold(it).startsWith(fold(typed)))
    .slice(0, 4)
    .map((it): Suggestion => ({ kind: 'recent', text: it, label: it, detail: t('search.recent'), isComplete: true }));
  const isFrench = currentLanguage() === 'fr';
  const quoted = (name: string) => (name.includes(' ') ? `"${name}"` : name);
  const operators: readonly (readonly [string, string, boolean])[] = [
    [isFrench ? 'de:' : 'from:', t('search.from'), false],
    [isFrench ? 'à:' : 'to:', t('search.to'), false],
    [isFrench ? 'objet:' : 'subject:', t('search.subject'), false],
    [isFrench ? 'avec:pj' : 'has:attachment', t('search.attachment'), true],
    [isFrench ? 'est:non-lu' : 'is:unread', t('search.unread'), true],
    [isFrench ? 'est:suivi' : 'is:starred', t('search.starred'), true],
    [isFrench ? 'après:' : 'after:', t('search.after'), false],
    [isFrench ? 'avant:' : 'before:', t('search.before'), false],
    [isFrench ? 'dans:' : 'in:', t('search.in'), false],
    ...mailboxNames.map((name) => [`${isFrench ? 'dans' : 'in'}:${quoted(name)}`, t('search.in'), true] as const),
  ];
  // Values are offered once their operator has been typed; before, the list would be all mailboxes.
  const isValue = (operator: string) => !operator.endsWith(':') && /^(in|dans):/.test(operator);
  const fitting = operators
    .filter(([operator]) =>
      word === '' ? !isValue(operator) : fold(operator).startsWith(word) && (word.includes(':') || !isValue(operator)),
    )
    .filter(([operator]) => fold(operator) !== word)
    .slice(0, 9)
    .map(([operator, detail, isWhole]): Suggestion => ({
      kind: 'operator',
      text: `${before}${operator}`,
      label: operator,
      detail,
      isComplete: isWhole,
    }));
  return [...recent, ...fitting];
}
