/** Settings: this browser's look and keys, and the signature of each identity, which belongs to the account. */
import { FolderDown, HardDrive, MonitorSmartphone, ShieldCheck, Users } from 'lucide-react';
import { useState, useSyncExternalStore } from 'react';
import { useLocation } from 'wouter';
import { changePreferences, preferences, subscribePreferences } from '#web/app/preferences.ts';
import { useRecords, useScope } from '#web/app/SyncContext.tsx';
import type { Identity } from '#web/sync/records.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { TextArea } from '#web/ui/TextArea.tsx';
import { CheckField, ChoiceField, TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as say } from '#web/words/settings.ts';
import { t } from '#web/words/words.ts';
import css from './settings.module.css';

/** With `~` the person's own, whichever mailbox is on the screen. */
const pages = [
  { name: 'security', icon: ShieldCheck, path: '~/settings/security' },
  { name: 'programs', icon: MonitorSmartphone, path: '~/settings/programs' },
  { name: 'storage', icon: HardDrive, path: '~/settings/storage' },
  { name: 'mandates', icon: Users, path: '/settings/mandates' },
  { name: 'import', icon: FolderDown, path: '/settings/import' },
] as const;

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const { language, theme, density, hasKeys } = useSyncExternalStore(subscribePreferences, preferences);
  const identities = useRecords('Identity');
  const [, navigate] = useLocation();
  return (
    <Dialog title={say('title')} isWide onClose={onClose}>
      <section className={css['part']} aria-label={say('look')}>
        <ChoiceField
          label={say('language')}
          value={language}
          onChange={(value) => changePreferences({ language: value })}
          choices={[
            { value: 'browser', label: say('language.browser') },
            { value: 'fr', label: 'Français' },
            { value: 'en', label: 'English' },
          ]}
        />
        <ChoiceField
          label={t('settings.theme')}
          value={theme}
          onChange={(value) => changePreferences({ theme: value })}
          choices={[
            { value: 'system', label: t('settings.theme.system') },
            { value: 'light', label: t('settings.theme.light') },
            { value: 'dark', label: t('settings.theme.dark') },
            { value: 'contrast', label: t('settings.theme.contrast') },
          ]}
        />
        <ChoiceField
          label={say('density')}
          value={density}
          onChange={(value) => changePreferences({ density: value })}
          choices={[
            { value: 'comfortable', label: say('density.comfortable') },
            { value: 'compact', label: say('density.compact') },
          ]}
        />
        <CheckField label={say('keys')} isOn={hasKeys} onChange={(isOn) => changePreferences({ hasKeys: isOn })} />
      </section>
      <ul className={css['pages']} aria-label={say('pages')}>
        {pages.map(({ name, icon, path }) => (
          <li key={name}>
            <Button
              icon={icon}
              aria-describedby={`settings-${name}`}
              onPress={() => {
                onClose();
                navigate(path);
              }}
            >
              {say(name)}
            </Button>
            <p id={`settings-${name}`}>{say(`${name}Text`)}</p>
          </li>
        ))}
      </ul>
      {identities.map((identity) => (
        <IdentityForm key={identity.id} identity={identity} />
      ))}
    </Dialog>
  );
}

function IdentityForm({ identity }: { readonly identity: Identity }) {
  const { sync, accountId } = useScope();
  const [name, setName] = useState(identity.name);
  const [signature, setSignature] = useState(identity.textSignature);
  const isChanged = name !== identity.name || signature !== identity.textSignature;

  async function save(): Promise<void> {
    const update = { [identity.id]: { name: name.trim(), textSignature: signature, htmlSignature: asHtml(signature) } };
    const { refused } = await sync.mutate({ accountId, type: 'Identity', update });
    if (Object.keys(refused).length === 0) showToast(say('saved'));
  }

  return (
    <section className={css['part']} aria-labelledby={`identity-${identity.id}`}>
      <h3 id={`identity-${identity.id}`}>{say('identity', { email: identity.email })}</h3>
      <TextField label={say('name')} value={name} onChange={setName} autoComplete="name" />
      <TextArea label={say('signature')} rows={4} value={signature} onChange={setSignature} />
      <DialogActions>
        <Button tone="primary" isDisabled={!isChanged} onPress={() => void save()}>
          {t('ui.save')}
        </Button>
      </DialogActions>
    </section>
  );
}

/** The same signature for messages in HTML: text only, so that nothing has to be sanitised. */
function asHtml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped === '' ? '' : `<div>${escaped.split('\n').join('<br>')}</div>`;
}
