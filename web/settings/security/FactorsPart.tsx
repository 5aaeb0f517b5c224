/** Second factors: which there are, another one, an end to one. */
import { KeyRound, Smartphone } from 'lucide-react';
import { useRef, useState } from 'react';
import { AddPasskey } from '#web/factors/AddPasskey.tsx';
import { AddTotp } from '#web/factors/AddTotp.tsx';
import type { Added } from '#web/factors/added.ts';
import { hasPasskeys } from '#web/factors/browserKey.ts';
import { RecoveryCodes } from '#web/factors/RecoveryCodes.tsx';
import { Item } from '#web/settings/page/Item.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Confirm, Dialog } from '#web/ui/Dialog.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { dayName, mediumDate } from '#web/words/dates.ts';
import { t } from '#web/words/security.ts';
import { RenameDialog } from './RenameDialog.tsx';
import type { OwnFactor, Security } from './security.ts';
import { useEnd } from './useEnd.ts';

export interface FactorsPartProps {
  readonly of: Security;
  readonly onChanged: () => void;
}

type Open =
  | { readonly kind: 'totp' }
  | { readonly kind: 'passkey' }
  | { readonly kind: 'remove'; readonly factor: OwnFactor }
  | { readonly kind: 'rename'; readonly factor: OwnFactor };

export function FactorsPart({ of: { factors, isFactorDemanded }, onChanged }: FactorsPartProps) {
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const heading = useRef<HTMLHeadingElement>(null);
  const end = useEnd('Factor', onChanged);
  const close = () => setOpen(undefined);

  const take = ({ name, recoveryCodes }: Added) => {
    close();
    setCodes(recoveryCodes);
    showToast(t('added', { name }));
    onChanged();
  };
  const remove = async ({ id, name }: OwnFactor) => {
    await end([id], () => t('removed', { name }));
    // The button that was pressed goes with its row.
    heading.current?.focus();
  };

  return (
    <Part id="security-factors" title={t('factorsTitle')} heading={heading}>
      <p>{factors.length === 0 ? t('factorsNone') : t('factorsSome')}</p>
      {isFactorDemanded && <p>{t('factorsDemanded')}</p>}
      {codes.length > 0 && (
        <RecoveryCodes
          codes={codes}
          onDone={() => {
            setCodes([]);
            heading.current?.focus();
          }}
        />
      )}
      {factors.length > 0 && (
        <ul className={page['list']}>
          {factors.map((factor) => (
            <Row key={factor.id} factor={factor} onOpen={setOpen} />
          ))}
        </ul>
      )}
      <div className={page['actions']}>
        <Button icon={Smartphone} onPress={() => setOpen({ kind: 'totp' })}>
          {t('addTotp')}
        </Button>
        {hasPasskeys() && (
          <Button icon={KeyRound} onPress={() => setOpen({ kind: 'passkey' })}>
            {t('addPasskey')}
          </Button>
        )}
      </div>
      {open?.kind === 'totp' && (
        <Dialog title={t('totpTitle')} onClose={close}>
          <AddTotp onAdded={take} />
        </Dialog>
      )}
      {open?.kind === 'passkey' && (
        <Dialog title={t('passkeyTitle')} onClose={close}>
          <AddPasskey onAdded={take} />
        </Dialog>
      )}
      {open?.kind === 'remove' && (
        <Confirm
          title={t('removeTitle', { name: open.factor.name })}
          text={factors.length === 1 ? t('removeLast') : t('removeText')}
          action={t('remove')}
          onConfirm={() => void remove(open.factor)}
          onClose={close}
        />
      )}
      {open?.kind === 'rename' && <RenameDialog factor={open.factor} onClose={close} onChanged={onChanged} />}
    </Part>
  );
}

function Row({ factor, onOpen }: { readonly factor: OwnFactor; readonly onOpen: (open: Open) => void }) {
  const { kind, name, createdAt, lastUsedAt, isDiscoverable } = factor;
  const what = kind === 'totp' ? t('kindTotp') : t('kindPasskey');
  return (
    <Item
      icon={kind === 'totp' ? Smartphone : KeyRound}
      name={name}
      facts={[
        isDiscoverable ? `${what}, ${t('alone')}` : what,
        lastUsedAt === undefined ? t('neverUsed') : t('usedAt', { date: mediumDate(lastUsedAt) }),
        t('addedAt', { date: dayName(new Date(createdAt)) }),
      ]}
    >
      <div className={page['actions']}>
        <Button tone="quiet" aria-label={t('renameName', { name })} onPress={() => onOpen({ kind: 'rename', factor })}>
          {t('rename')}
        </Button>
        <Button aria-label={t('removeName', { name })} onPress={() => onOpen({ kind: 'remove', factor })}>
          {t('remove')}
        </Button>
      </div>
    </Item>
  );
}
