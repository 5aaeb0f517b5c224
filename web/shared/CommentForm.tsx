/** Writing a comment. Whose name stands in it after an @ is mentioned; a button puts it there for who does not type it. */
import { AtSign, Lock } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import type { FormEvent, KeyboardEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Menu } from '#web/ui/Menu.tsx';
import { t } from '#web/words/shared.ts';
import { planMentions } from './mentions.ts';
import css from './shared.module.css';
import { changeComments, useComments } from './useComments.ts';
import { mayWork, useMembers } from './useConversation.ts';

const maxCharacters = 4_000;

export function CommentForm({ threadId }: { readonly threadId: string }) {
  const { sync, accountId } = useScope();
  const { load } = useComments(threadId);
  const members = useMembers();
  const [said, say] = useState('');
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const self = members.find(({ isSelf }) => isSelf);
  if (!self || !mayWork(self)) return null;

  async function submit(event?: FormEvent): Promise<void> {
    event?.preventDefault();
    if (isBusy) return;
    if (said.trim() === '') {
      field.current?.focus();
      return;
    }
    setBusy(true);
    setFault(undefined);
    const change = { kind: 'add', threadId, text: said, mentions: planMentions(said, members) } as const;
    const refused = await changeComments(sync, accountId, change).catch((error: unknown) => {
      sync.connection.report(error);
      return 'offline';
    });
    setBusy(false);
    if (refused === undefined) say('');
    else setFault(refused === 'overQuota' ? t('comments.full') : t('comments.failed'));
    load();
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // The keys of the list are not for whoever writes.
    event.stopPropagation();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
  }

  function cite(name: string): void {
    const at = field.current?.selectionStart ?? said.length;
    const isAfterWord = at > 0 && !/\s$/.test(said.slice(0, at));
    say(`${said.slice(0, at)}${isAfterWord ? ' ' : ''}@${name} ${said.slice(at)}`.slice(0, maxCharacters));
    field.current?.focus();
  }

  const others = members.filter(({ isSelf }) => !isSelf);
  return (
    <form className={css['form']} onSubmit={(event) => void submit(event)}>
      <label htmlFor={id} className={css['label']}>
        <Lock aria-hidden size={14} /> {t('comments.write')}
      </label>
      <textarea
        ref={field}
        id={id}
        rows={2}
        maxLength={maxCharacters}
        aria-describedby={`${id}-hint`}
        value={said}
        onChange={(event) => say(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <p id={`${id}-hint`} className={css['hint']}>
        {t('comments.hint')}
      </p>
      <p role="alert" className={css['fault']}>
        {fault}
      </p>
      <div className={css['send']}>
        <Button type="submit">{t('comments.add')}</Button>
        {others.length > 0 && (
          <Menu
            label={t('comments.cite')}
            trigger={
              <Button tone="quiet" icon={AtSign}>
                {t('comments.cite')}
              </Button>
            }
            groups={[
              { choices: others.map(({ id: member, name }) => ({ id: member, label: name, run: () => cite(name) })) },
            ]}
          />
        )}
      </div>
    </form>
  );
}
