/** Where the old mail is: three fields, and what hardly anybody has to change folded away. */
import { useRef, useState } from 'react';
import type { SyntheticEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { classes } from '#web/ui/classes.ts';
import { ChoiceField, TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/imports.ts';
import css from './import.module.css';
import { createImport } from './imports.ts';
import { startText } from './startText.ts';

type Security = 'tls' | 'starttls';
type Field = 'host' | 'userName' | 'password' | 'port';
type Errors = Partial<Record<Field, string>>;

const usualPorts: Readonly<Record<Security, string>> = { tls: '993', starttls: '143' };

export function ServerForm({ onStarted }: { readonly onStarted: () => Promise<void> }) {
  const { sync, accountId } = useScope();
  const [host, setHost] = useState('');
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const [security, setSecurity] = useState<Security>('tls');
  const [port, setPort] = useState(usualPorts.tls);
  const [errors, setErrors] = useState<Errors>({});
  const [error, setError] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  function show(found: Errors): void {
    setErrors(found);
    const [first] = Object.keys(found);
    const field = form.current?.elements.namedItem(first ?? '');
    if (!(field instanceof HTMLInputElement)) return;
    // A field that is folded away cannot take the focus.
    field.closest('details')?.setAttribute('open', '');
    field.focus();
  }

  async function start(): Promise<void> {
    const found: Errors = {
      ...(host.trim() === '' && { host: t('hostMissing') }),
      ...(userName.trim() === '' && { userName: t('userNameMissing') }),
      ...(password === '' && { password: t('passwordMissing') }),
      ...(!/^\d{1,5}$/.test(port) && { port: t('portWrong') }),
    };
    show(found);
    setError(undefined);
    if (Object.keys(found).length > 0) return;
    if (sync.connection.line() === 'offline') return setError(t('startOffline'));
    setBusy(true);
    try {
      const record = { host: host.trim(), userName: userName.trim(), password, security, port: Number(port) };
      const refused = await createImport(sync, accountId, record);
      if (!refused) {
        setPassword('');
        showToast(t('started'));
        await onStarted();
      } else if (refused.type === 'invalidProperties') {
        show({
          ...(refused.properties.includes('host') && { host: t('hostWrong') }),
          ...(refused.properties.includes('userName') && { userName: t('userNameMissing') }),
          ...(refused.properties.includes('password') && { password: t('passwordMissing') }),
          ...(refused.properties.includes('port') && { port: t('portWrong') }),
        });
      } else setError(startText(refused.type));
    } catch (thrown) {
      sync.connection.report(thrown);
      setError(t('startOffline'));
    } finally {
      setBusy(false);
    }
  }

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    if (!isBusy) void start();
  }

  return (
    <Part id="import-server" title={t('serverTitle')}>
      <p>{t('serverText')}</p>
      <form ref={form} className={page['form']} onSubmit={submit} noValidate autoComplete="off">
        <TextField
          name="host"
          label={t('host')}
          hint={t('hostHint')}
          error={errors.host}
          value={host}
          onChange={setHost}
          autoCapitalize="none"
          spellCheck={false}
          inputMode="url"
        />
        <TextField
          name="userName"
          label={t('userName')}
          error={errors.userName}
          value={userName}
          onChange={setUserName}
          autoCapitalize="none"
          spellCheck={false}
        />
        <TextField
          name="password"
          type="password"
          label={t('password')}
          hint={t('passwordHint')}
          error={errors.password}
          value={password}
          onChange={setPassword}
          // The browser's own for this site is another one.
          autoComplete="new-password"
        />
        <details className={classes(page['fold'], css['more'])}>
          <summary>{t('more')}</summary>
          <div className={page['form']}>
            <ChoiceField
              label={t('security')}
              value={security}
              onChange={(value) => {
                setSecurity(value);
                setPort(usualPorts[value]);
              }}
              choices={[
                { value: 'tls', label: t('security.tls') },
                { value: 'starttls', label: t('security.starttls') },
              ]}
            />
            <TextField
              name="port"
              label={t('port')}
              error={errors.port}
              value={port}
              onChange={setPort}
              inputMode="numeric"
            />
          </div>
        </details>
        <p role="alert" className={page['error']}>
          {error}
        </p>
        <div>
          <Button type="submit" tone="primary" isDisabled={isBusy}>
            {isBusy ? t('starting') : t('start')}
          </Button>
        </div>
      </form>
    </Part>
  );
}
