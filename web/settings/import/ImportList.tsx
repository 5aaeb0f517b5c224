/** The imports of a mailbox: how far each is, what came of it, and what can be done with it. */
import { CircleAlert, CircleCheck, FolderDown } from 'lucide-react';
import { useRef, useState } from 'react';
import type { SyntheticEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import type { JsonObject } from '#web/sync/shape.ts';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { Warning } from '#web/ui/Warning.tsx';
import { dayName, sizeText } from '#web/words/dates.ts';
import { t } from '#web/words/imports.ts';
import { numberText } from '#web/words/language.ts';
import css from './import.module.css';
import { isOpen, removeImport, updateImport } from './imports.ts';
import type { Import, SetRefusal } from './imports.ts';
import { problemText } from './problemText.ts';
import { RefusedList } from './RefusedList.tsx';

export interface ImportListProps {
  readonly imports: readonly Import[];
  readonly onChanged: () => Promise<void>;
}

export function ImportList({ imports, onChanged }: ImportListProps) {
  const { sync, accountId } = useScope();
  const [asked, ask] = useState<Import | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);

  /** @returns whether it was done; the button that was pressed may be gone then. */
  async function act(work: () => Promise<SetRefusal | undefined>): Promise<boolean> {
    try {
      const refused = await work();
      if (refused) showToast(t('changeFailed'), { tone: 'danger' });
      await onChanged();
      return refused === undefined;
    } catch (error) {
      sync.connection.report(error);
      showToast(t('changeFailed'), { tone: 'danger' });
      return false;
    }
  }

  const change = (one: Import, patch: JsonObject): Promise<boolean> =>
    act(() => updateImport(sync, accountId, one.id, patch));

  return (
    <Part id="import-list" title={t('listTitle')} heading={heading}>
      {imports.length === 0 && <EmptyState icon={FolderDown} title={t('listEmpty')} text={t('listEmptyText')} />}
      {imports.length > 0 && (
        <ul className={page['list']}>
          {imports.map((one) => (
            <Item
              key={one.id}
              one={one}
              onChange={(patch) => change(one, patch)}
              onCancel={() => ask(one)}
              onRemove={() => {
                void act(() => removeImport(sync, accountId, one.id)).then((isDone) => {
                  if (isDone) heading.current?.focus();
                });
              }}
            />
          ))}
        </ul>
      )}
      {asked && (
        <Confirm
          title={t('cancelTitle')}
          text={t('cancelText')}
          action={t('cancel')}
          onConfirm={() => {
            void change(asked, { state: 'cancelled' }).then(() => heading.current?.focus());
          }}
          onClose={() => ask(undefined)}
        />
      )}
    </Part>
  );
}

interface ItemProps {
  readonly one: Import;
  readonly onChange: (patch: JsonObject) => Promise<boolean>;
  readonly onCancel: () => void;
  readonly onRemove: () => void;
}

function Item({ one, onChange, onCancel, onRemove }: ItemProps) {
  const name = one.kind === 'file' ? one.name : t('from', { userName: one.userName, host: one.host });
  const hasEnded = one.state === 'done' || one.state === 'cancelled' || one.state === 'failed';
  // A file that could not be read would not be read the second time; a server may be reached with another password.
  const mayResume =
    one.state === 'paused' ||
    (one.state === 'failed' && one.kind === 'imap') ||
    (one.state === 'waiting' && one.needsPassword);
  const on = (action: string): string => t('on', { action, name });
  return (
    <li className={css['item']} data-state={one.state}>
      <div className={css['about']}>
        <h3>{name}</h3>
        <p className={css['state']}>
          {one.state === 'done' && <CircleCheck aria-hidden size={18} />}
          {one.state === 'failed' && <CircleAlert aria-hidden size={18} />}
          <strong role="status">{t(`state.${one.state}`)}</strong>
          <span>{t('begunAt', { date: dayName(new Date(one.createdAt)) })}</span>
        </p>
        {one.problem !== undefined && <Warning>{problemText(one.problem)}</Warning>}
        {!hasEnded && <Progress one={one} name={name} />}
        <p className={css['counts']}>{countsText(one)}</p>
      </div>
      {one.needsPassword && mayResume ? (
        <PasswordForm name={name} onPassword={(password) => onChange({ state: 'running', password })} />
      ) : null}
      <div className={css['actions']}>
        {isOpen(one) && (
          <Button aria-label={on(t('pause'))} onPress={() => void onChange({ state: 'paused' })}>
            {t('pause')}
          </Button>
        )}
        {mayResume && !one.needsPassword && (
          <Button tone="primary" aria-label={on(t('resume'))} onPress={() => void onChange({ state: 'running' })}>
            {t('resume')}
          </Button>
        )}
        {hasEnded ? (
          <Button aria-label={on(t('remove'))} onPress={onRemove}>
            {t('remove')}
          </Button>
        ) : (
          <Button aria-label={on(t('cancel'))} onPress={onCancel}>
            {t('cancel')}
          </Button>
        )}
      </div>
      {one.refused > 0 && <RefusedList id={one.id} count={one.refused} />}
    </li>
  );
}

function Progress({ one, name }: { readonly one: Import; readonly name: string }) {
  const done = one.imported + one.duplicates + one.refused;
  const isKnown = one.messages > 0 && one.kind === 'imap';
  return (
    <div className={css['progress']}>
      <progress
        className={css['bar']}
        aria-label={t('progress', { name })}
        {...(isKnown && { value: done, max: Math.max(done, one.messages) })}
      />
      <p>
        {isKnown && t('ofMessages', { done: numberText(done), total: numberText(Math.max(done, one.messages)) })}
        {one.folder !== undefined && <span>{t('folder', { name: one.folder })}</span>}
      </p>
    </div>
  );
}

function countsText({ imported, duplicates, refused, octets }: Import): string {
  return [
    octets > 0 ? `${t('imported', { count: imported })} (${sizeText(octets)})` : t('imported', { count: imported }),
    ...(duplicates > 0 ? [t('duplicates', { count: duplicates })] : []),
    ...(refused > 0 ? [t('refused', { count: refused })] : []),
  ].join(', ');
}

interface PasswordFormProps {
  readonly name: string;
  readonly onPassword: (password: string) => Promise<boolean>;
}

function PasswordForm({ name, onPassword }: PasswordFormProps) {
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    if (password === '' || isBusy) return;
    setBusy(true);
    void onPassword(password).finally(() => setBusy(false));
  }
  return (
    <form className={css['password']} onSubmit={submit}>
      <TextField
        type="password"
        label={t('newPassword', { name })}
        value={password}
        onChange={setPassword}
        autoComplete="new-password"
      />
      <Button type="submit" tone="primary" isDisabled={isBusy}>
        {t('resume')}
      </Button>
    </form>
  );
}
