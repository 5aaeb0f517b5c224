/** People, groups and units in a group, or people who may write to it: added by completion, taken away one by one. */
import { useId, useRef, useState } from 'react';
import { Link } from 'wouter';
import css from '#web/console/console.module.css';
import { Button } from '#web/ui/Button.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/groups.ts';
import { AddUnitDialog } from './AddUnitDialog.tsx';
import { MemberField } from './MemberField.tsx';
import type { Member, MemberKind } from './groups.ts';

export interface MembersPartProps {
  readonly title: string;
  readonly addLabel: string;
  /** Whether groups and units may be here too. */
  readonly hasMore: boolean;
  /** The group itself, which cannot be in itself. */
  readonly own: string;
  readonly members: readonly Member[];
  readonly mayChange: boolean;
  readonly onChange: (member: Member, isThere: boolean) => Promise<boolean>;
}

/** So many are read through; more are searched. */
const readable = 20;
const shownAtMost = 200;
const screens = { person: 'people', group: 'groups', unit: 'units' } as const satisfies Record<MemberKind, string>;

export function MembersPart({ title, addLabel, hasMore, own, members, mayChange, onChange }: MembersPartProps) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [typed, setTyped] = useState('');
  const [isAdding, add] = useState(false);
  const known = [own, ...members.map((one) => one.id)];
  const wanted = typed.trim().toLocaleLowerCase();
  const fit = members.filter(({ name, email }) => `${name} ${email}`.toLocaleLowerCase().includes(wanted));

  async function take(member: Member): Promise<void> {
    // The button that was pressed goes with its row.
    if (await onChange(member, false)) heading.current?.focus();
  }

  return (
    <section className={css['part']} aria-labelledby={id}>
      <h3 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h3>
      {mayChange && (
        <MemberField
          label={addLabel}
          hasGroups={hasMore}
          known={known}
          onAdd={(member) => void onChange(member, true)}
        />
      )}
      {mayChange && hasMore && (
        <div>
          <Button onPress={() => add(true)}>{t('addUnit')}</Button>
        </div>
      )}
      {isAdding && (
        <AddUnitDialog known={known} onAdd={(member) => void onChange(member, true)} onClose={() => add(false)} />
      )}
      {members.length > readable && <TextField type="search" label={t('filter')} value={typed} onChange={setTyped} />}
      {members.length === 0 && <p className={css['soft']}>{t('noMembers')}</p>}
      <MemberLines
        members={fit}
        count={fit.length}
        label={title}
        onTake={mayChange ? (member) => void take(member) : undefined}
      />
    </section>
  );
}

interface MemberLinesProps {
  readonly members: readonly Member[];
  /** Of all of them, where the first ones alone are here. */
  readonly count: number;
  readonly label: string;
  /** Takes one away, where that may be done here. */
  readonly onTake?: ((member: Member) => void) | undefined;
}

export function MemberLines({ members, count, label, onTake }: MemberLinesProps) {
  const shown = members.slice(0, shownAtMost);
  if (shown.length === 0) return null;
  return (
    <>
      {shown.length < count && <p className={css['count']}>{t('shown', { shown: shown.length, count })}</p>}
      <ul className={css['list']} aria-label={label}>
        {shown.map((member) => (
          <li key={member.id} className={css['item']}>
            <div className={css['about']}>
              <Link href={`/console/${screens[member.kind]}/${encodeURIComponent(member.id)}`}>{member.name}</Link>
              <span>
                {member.kind === 'person' ? member.email : t(member.kind === 'group' ? 'group' : 'unitMeans')}
              </span>
            </div>
            {onTake && (
              <Button aria-label={t('takeName', { name: member.name })} onPress={() => onTake(member)}>
                {t('take')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
