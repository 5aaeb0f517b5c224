/**
 * Adding to a group by completion: a combobox over people and groups of one's units. What is taken is added at once, and
 * the keyboard stays in the field for the next one.
 */
import { useEffect, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { searchPeople } from '#web/console/console.ts';
import { Spoken } from '#web/ui/Spoken.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { useListbox } from '#web/ui/useListbox.ts';
import { t } from '#web/words/groups.ts';
import css from './groups.module.css';
import { searchGroups } from './groups.ts';
import type { Member } from './groups.ts';

export interface MemberFieldProps {
  readonly label: string;
  /** Whether groups are offered too. */
  readonly hasGroups: boolean;
  /** Who is there already, and is not offered again. */
  readonly known: readonly string[];
  readonly onAdd: (member: Member) => void;
}

interface Found {
  readonly typed: string;
  readonly members: readonly Member[];
}

const pauseMs = 150;
const offered = 8;

export function MemberField({ label, hasGroups, known, onAdd }: MemberFieldProps) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const [typed, setTyped] = useState('');
  const [found, setFound] = useState<Found>({ typed: '', members: [] });
  const [isOpen, setOpen] = useState(false);
  const wanted = typed.trim();
  const members = found.members.filter(({ id }) => !known.includes(id));
  const isShown = isOpen && wanted !== '' && found.typed === wanted;

  useEffect(() => {
    if (wanted === '') return undefined;
    let isLeft = false;
    const timer = setTimeout(() => {
      // Some more than are shown: who is there already is left out.
      const more = offered * 2;
      const search = { text: wanted, state: '', unitId: '' } as const;
      const groups = hasGroups ? searchGroups(sync, accountId, wanted, undefined, more) : Promise.resolve(undefined);
      Promise.all([searchPeople(sync, accountId, search, undefined, more), groups]).then(
        ([page, other]) => {
          if (isLeft) return;
          const people = page.people.filter(({ state }) => state !== 'closed');
          setFound({
            typed: wanted,
            members: [
              ...(other?.groups ?? []).map(({ id, name, email }): Member => ({ id, kind: 'group', name, email })),
              ...people.map(({ id, name, email }): Member => ({ id, kind: 'person', name, email })),
            ],
          });
        },
        (error: unknown) => sync.connection.report(error),
      );
    }, pauseMs);
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [sync, accountId, wanted, hasGroups]);

  const shown = isShown ? members.slice(0, offered) : [];
  const listbox = useListbox({
    count: shown.length,
    isOpen: isShown,
    initial: 0,
    onTake: (index) => take(shown[index]),
    onClose: () => setOpen(false),
  });

  function take(member: Member | undefined): void {
    if (!member) return;
    setTyped('');
    setOpen(false);
    onAdd(member);
  }

  return (
    <div className={css['adding']}>
      <TextField
        {...listbox.inputProps}
        label={label}
        hint={t('addMemberHint')}
        value={typed}
        onChange={(value) => {
          setTyped(value);
          setOpen(true);
          listbox.setActive(0);
        }}
        onBlur={() => setOpen(false)}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
      />
      <ul
        id={listbox.listId}
        role="listbox"
        aria-label={t('suggestions')}
        hidden={shown.length === 0}
        className={css['offers']}
      >
        {shown.map((member, index) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the input's
          <li
            key={member.id}
            id={listbox.optionId(index)}
            role="option"
            aria-selected={index === listbox.active}
            className={css['offer']}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(member)}
          >
            <span>{member.name}</span>
            <span className={css['detail']}>
              {[member.kind === 'group' ? t('group') : '', member.email].filter((part) => part !== '').join(' · ')}
            </span>
          </li>
        ))}
      </ul>
      <Spoken>
        <span role="status">
          {isShown && (shown.length === 0 ? t('nobodyFound') : t('suggested', { count: shown.length }))}
        </span>
      </Spoken>
    </div>
  );
}
