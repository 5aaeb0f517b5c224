/** The middle pane: what is shown, what is picked and what one can do with it, and the list. */
import {
  Archive,
  CheckCheck,
  CircleAlert,
  Ellipsis,
  FolderInput,
  Inbox,
  Mail,
  MailOpen,
  RefreshCw,
  SearchX,
  ShieldAlert,
  Star,
  Trash2,
  X,
} from 'lucide-react';
import { Suspense } from 'react';
import { useIsShared } from '#web/app/SyncContext.tsx';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { Menu } from '#web/ui/Menu.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { dayFromKey, dayName } from '#web/words/dates.ts';
import { t } from '#web/words/words.ts';
import css from './listpane.module.css';
import { MessageList } from './MessageList.tsx';
import type { MessageListProps } from './MessageList.tsx';
import { WorkFilter } from './sharedParts.ts';
import type { Verb } from './verbs.ts';
import type { View } from './view.ts';

export interface ListPaneProps extends MessageListProps {
  readonly view: View;
  readonly viewKey: string;
  readonly title: string;
  readonly isTrash: boolean;
  readonly isJunk: boolean;
  readonly onVerb: (verb: Verb) => void;
  readonly onEndDay: () => void;
  readonly onRefresh: () => void;
}

export function ListPane({
  view,
  viewKey,
  title,
  isTrash,
  isJunk,
  onVerb,
  onEndDay,
  onRefresh,
  ...listProps
}: ListPaneProps) {
  const { list, selection, keys } = listProps;
  const picked = selection.picked.size;
  const isShared = useIsShared();
  const day = view.kind === 'mailbox' && view.day !== undefined ? dayFromKey(view.day) : undefined;
  return (
    <section id="messages" tabIndex={-1} className={css['pane']} aria-label={title}>
      <header className={css['head']}>
        {picked > 0 ? (
          <div className={css['tools']} role="toolbar" aria-label={t('list.actions')}>
            <IconButton icon={X} label={t('list.clear')} keyHint="Esc" onPress={keys.clear} />
            <strong className={css['picked']} aria-live="polite">
              {t('list.picked', { count: picked })}
            </strong>
            <IconButton icon={Archive} label={t('verb.archive')} keyHint="e" onPress={() => onVerb('archive')} />
            <IconButton
              icon={Trash2}
              label={isTrash ? t('verb.destroy') : t('verb.trash')}
              keyHint="#"
              onPress={() => onVerb('trash')}
            />
            <IconButton icon={FolderInput} label={t('verb.move')} keyHint="v" onPress={() => onVerb('move')} />
            <IconButton icon={MailOpen} label={t('verb.toggleRead')} keyHint="u" onPress={() => onVerb('unread')} />
            <Menu
              label={t('list.more')}
              trigger={<IconButton icon={Ellipsis} label={t('list.more')} />}
              groups={[
                {
                  choices: [
                    { id: 'star', label: t('verb.star'), icon: Star, keyHint: 's', run: () => onVerb('star') },
                    {
                      id: 'junk',
                      label: isJunk ? t('verb.notJunk') : t('verb.junk'),
                      icon: ShieldAlert,
                      keyHint: '!',
                      run: () => onVerb('junk'),
                    },
                    { id: 'all', label: t('list.pickAll'), icon: CheckCheck, keyHint: 'Ctrl+A', run: keys.pickAll },
                  ],
                },
              ]}
            />
          </div>
        ) : (
          <>
            <h1 className={css['title']}>{title}</h1>
            <p className={css['total']} role="status">
              {list.total !== undefined && t('list.total', { count: list.total })}
            </p>
            <IconButton icon={RefreshCw} label={t('list.refresh')} onPress={onRefresh} />
          </>
        )}
      </header>
      {isShared && view.kind === 'mailbox' && (
        <Suspense fallback={null}>
          <WorkFilter view={view} />
        </Suspense>
      )}
      {day && (
        <p className={css['filter']} role="status">
          <span>{t('list.day', { day: dayName(day) })}</span>
          <Button tone="quiet" icon={X} onPress={onEndDay}>
            {t('list.endDay')}
          </Button>
        </p>
      )}
      <Body key={viewKey} view={view} onRefresh={onRefresh} {...listProps} />
    </section>
  );
}

function Body({
  view,
  onRefresh,
  ...props
}: MessageListProps & { readonly view: View; readonly onRefresh: () => void }) {
  const { list } = props;
  if (list.status === 'failed' && list.total === undefined) {
    return (
      <EmptyState icon={CircleAlert} title={t('list.failed')}>
        <Button onPress={onRefresh}>{t('list.again')}</Button>
      </EmptyState>
    );
  }
  if (list.total === undefined) return <Spinner label={t('list.loading')} />;
  if (list.total === 0) {
    if (view.kind === 'search')
      return <EmptyState icon={SearchX} title={t('list.nothingFound')} text={t('list.nothingFoundHint')} />;
    if (view.work !== undefined) return <EmptyState icon={SearchX} title={t('list.nothingFound')} />;
    if (view.day !== undefined) return <EmptyState icon={Mail} title={t('list.emptyDay')} />;
    return <EmptyState icon={Inbox} title={t('list.empty')} text={t('list.emptyHint')} />;
  }
  return <MessageList {...props} />;
}
