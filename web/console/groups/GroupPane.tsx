/** One group: what is said of it, who is in it and who may write to it, and everybody it reaches. */
import { ArrowLeft, SearchX } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { ReasonForm } from '#web/console/ReasonForm.tsx';
import { isKept } from '#web/console/refusals.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as word } from '#web/words/console.ts';
import { t } from '#web/words/groups.ts';
import { GroupDialog } from './GroupDialog.tsx';
import { fetchGroup, groupRefusal, setGroup } from './groups.ts';
import type { GroupCard, Member } from './groups.ts';
import { MemberLines, MembersPart } from './MembersPart.tsx';

export interface GroupPaneProps {
  readonly groupId: string;
  /** Whether the list has gone for it. */
  readonly isAlone: boolean;
  readonly onChanged: () => void;
  readonly onRemoved: () => void;
}

export function GroupPane({ groupId, isAlone, onChanged, onRemoved }: GroupPaneProps) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchGroup(sync, accountId, groupId), [sync, accountId, groupId]));
  const { value: group, load } = fetched;
  const changed = (): void => {
    void load();
    onChanged();
  };
  return (
    <section className={css['pane']} aria-label={typeof group === 'object' ? group.name : t('title')}>
      {isAlone && (
        <Link href="/console/groups" className={css['back'] ?? ''}>
          <ArrowLeft aria-hidden size={18} />
          {word('backToList')}
        </Link>
      )}
      {group === undefined && (
        <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />
      )}
      {group === 'gone' && <EmptyState icon={SearchX} title={t('gone')} />}
      {typeof group === 'object' && <Card group={group} onChanged={changed} onRemoved={onRemoved} />}
    </section>
  );
}

interface CardProps {
  readonly group: GroupCard;
  readonly onChanged: () => void;
  readonly onRemoved: () => void;
}

function Card({ group, onChanged, onRemoved }: CardProps) {
  const { sync, session } = useScope();
  const heading = useRef<HTMLHeadingElement>(null);
  const [open, setOpen] = useState<'edit' | 'remove' | undefined>(undefined);
  const { id, name, mayChange, members, writers, everyone, everyoneCount } = group;
  const close = (): void => setOpen(undefined);
  // One comes by a link of the list: the group is read out from its title.
  useEffect(() => heading.current?.focus(), []);

  async function change(property: 'memberIds' | 'writerIds', member: Member, isThere: boolean): Promise<boolean> {
    const patch = { [`${property}/${member.id}`]: isThere ? true : null };
    const refused = await setGroup(sync, session.primaryAccountId, { update: { [id]: patch } });
    if (refused === undefined) showToast(t(isThere ? 'added' : 'takenAway', { name: member.name }));
    else if (refused === 'invalidProperties' && isThere) showToast(t(`notMember.${member.kind}`), { tone: 'danger' });
    else showToast(groupRefusal(refused), { tone: 'danger' });
    onChanged();
    return refused === undefined;
  }

  return (
    <>
      <h2 ref={heading} tabIndex={-1}>
        {name}
      </h2>
      <Facts group={group} />
      {mayChange && (
        <div className={css['acts']}>
          <Button onPress={() => setOpen('edit')}>{t('edit')}</Button>
          <Button tone="danger" onPress={() => setOpen('remove')}>
            {t('remove')}
          </Button>
        </div>
      )}
      <MembersPart
        title={t('memberList')}
        addLabel={t('addMember')}
        hasMore
        own={id}
        members={members}
        mayChange={mayChange}
        onChange={(member, isThere) => change('memberIds', member, isThere)}
      />
      {group.senders === 'named' && (
        <MembersPart
          title={t('writerList')}
          addLabel={t('addWriter')}
          hasMore={false}
          own={id}
          members={writers}
          mayChange={mayChange}
          onChange={(member, isThere) => change('writerIds', member, isThere)}
        />
      )}
      {everyoneCount > 0 && members.some(({ kind }) => kind !== 'person') && (
        <details className={css['step']}>
          <summary>{t('everyone')}</summary>
          <p>{t('everyoneText')}</p>
          <MemberLines members={everyone} count={everyoneCount} label={t('everyone')} />
        </details>
      )}
      {open === 'edit' && <GroupDialog group={group} onClose={close} onDone={onChanged} />}
      {open === 'remove' && <RemoveDialog group={group} onClose={close} onDone={onRemoved} />}
    </>
  );
}

function Facts({ group }: { readonly group: GroupCard }) {
  const { unitName, email, senders, memberCount, everyoneCount } = group;
  const facts: readonly (readonly [string, string])[] = [
    [t('unit'), unitName || t('whole')],
    [t('address'), email || t('addressNone')],
    [t('senders'), t(`senders.${senders}`)],
    [t('direct'), String(memberCount)],
    [t('reached'), String(everyoneCount)],
  ];
  return (
    <dl className={css['facts']}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface RemoveDialogProps {
  readonly group: GroupCard;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function RemoveDialog({ group, onClose, onDone }: RemoveDialogProps) {
  const { sync, session } = useScope();
  const [error, setError] = useState('');

  async function remove(reason: string): Promise<void> {
    const refused = await setGroup(sync, session.primaryAccountId, { destroy: [group.id], reason });
    if (refused !== undefined) {
      if (isKept(refused)) return onClose();
      setError(groupRefusal(refused));
      return;
    }
    showToast(t('removed', { name: group.name }));
    onClose();
    onDone();
  }

  return (
    <Dialog title={t('removeTitle', { name: group.name })} onClose={onClose}>
      <p>{t('removeText')}</p>
      <ReasonForm
        action={t('remove')}
        tone="danger"
        error={error}
        onClose={onClose}
        onRun={(reason) => void remove(reason)}
      />
    </Dialog>
  );
}
