/** How the institution looks: its name, logo and colours, tried in light and in dark before anybody else sees them. */
import { Palette } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { Link } from 'wouter';
import { looks } from '#formats/brand/accent.ts';
import { parseColour } from '#formats/brand/colour.ts';
import { houseName } from '#web/app/brand.ts';
import { useScope } from '#web/app/SyncContext.tsx';
import { FilePicker } from '#web/compose/FilePicker.tsx';
import css from '#web/console/console.module.css';
import { refusalText } from '#web/console/refusals.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/brand.ts';
import { t as word } from '#web/words/console.ts';
import { AccentField, wrongAccent } from './AccentField.tsx';
import { BrandPreview } from './BrandPreview.tsx';
import { askBrand, chooseLogo, fetchBrand } from './brand.ts';
import type { ChosenLogo, ShownBrand } from './brand.ts';
import own from './brand.module.css';
import { HostsPart } from './HostsPart.tsx';

export function BrandScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchBrand(sync, accountId), [sync, accountId]));
  const { value: shown, load } = fetched;
  // What was saved is the new beginning of the form.
  const [times, setTimes] = useState(0);

  async function reload(): Promise<void> {
    await load();
    setTimes((before) => before + 1);
  }

  return (
    <section className={css['page']} aria-labelledby="brand-title">
      <h2 id="brand-title" tabIndex={-1}>
        {t('title')}
      </h2>
      <p>{t('intro')}</p>
      <p>
        <Link href="/console/rules/terms">{t('terms')}</Link>
      </p>
      {shown === undefined && (
        <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />
      )}
      {typeof shown === 'string' && <EmptyState icon={Palette} title={t('forbidden')} text={refusalText(shown)} />}
      {typeof shown === 'object' && (
        <>
          <BrandForm key={times} shown={shown} onSaved={() => void reload()} />
          <HostsPart hostnames={shown.hostnames} onChanged={() => void load()} />
        </>
      )}
    </section>
  );
}

function BrandForm({ shown, onSaved }: { readonly shown: ShownBrand; readonly onSaved: () => void }) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const [displayName, setDisplayName] = useState(shown.displayName);
  const [accents, setAccents] = useState(shown.accents);
  // undefined: as it is; null: none.
  const [logo, setLogo] = useState<ChosenLogo | null | undefined>(undefined);
  const [logoError, setLogoError] = useState('');
  const [error, setError] = useState('');
  const [isResetting, reset] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const pick = useRef<HTMLInputElement>(null);
  const chosenUrl = logo?.url;
  useEffect(() => () => (chosenUrl === undefined ? undefined : URL.revokeObjectURL(chosenUrl)), [chosenUrl]);
  const logoUrl = logo === null ? undefined : (chosenUrl ?? shown.logoUrl);

  async function choose(file: File | undefined): Promise<void> {
    if (!file) return;
    const chosen = await chooseLogo(file);
    setLogoError(typeof chosen === 'string' ? t(`logo.${chosen}`) : '');
    if (typeof chosen === 'object') setLogo(chosen);
  }

  async function save(): Promise<void> {
    const set = {
      displayName: displayName.trim() || null,
      accentLight: accents.light.trim() || null,
      accentDark: accents.dark.trim() || null,
      ...(logo !== undefined && { logo: logo === null ? null : logo.base64 }),
    };
    const refused = await askBrand(sync, 'Brand/change', { accountId, set });
    if (refused === undefined) {
      showToast(t('saved'));
      onSaved();
    } else setError(refused === 'invalidArguments' ? t('wrong') : refusalText(refused));
  }

  async function setBack(): Promise<void> {
    const refused = await askBrand(sync, 'Brand/reset', { accountId });
    if (refused === undefined) {
      showToast(t('resetDone'));
      onSaved();
    } else setError(refusalText(refused));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setError('');
    if (looks.some((look) => wrongAccent(look, accents[look]) !== undefined))
      form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
    else void save();
  }

  return (
    <form ref={form} className={own['form']} onSubmit={submit} aria-label={t('title')} noValidate>
      <TextField
        label={t('name')}
        hint={t('nameHint')}
        value={displayName}
        onChange={setDisplayName}
        maxLength={80}
        autoComplete="off"
      />
      <div className={own['logoPart']} role="group" aria-labelledby="brand-logo">
        <span id="brand-logo" className={own['label']}>
          {t('logo')}
        </span>
        <p className={css['soft']}>{t('logoHint')}</p>
        <div className={css['acts']}>
          <Button onPress={() => pick.current?.click()}>{t('logoChoose')}</Button>
          {logoUrl !== undefined && <Button onPress={() => setLogo(null)}>{t('logoRemove')}</Button>}
        </div>
        <FilePicker
          pick={pick}
          label={t('logoChoose')}
          accept="image/svg+xml,image/png"
          onFiles={([file]) => void choose(file)}
        />
        <p role="status">{logo && logo.left.length > 0 && t('logoLeft', { names: logo.left.join(', ') })}</p>
        <p role="alert" className={css['error']}>
          {logoError}
        </p>
      </div>
      {looks.map((look) => (
        <AccentField
          key={look}
          look={look}
          value={accents[look]}
          onChange={(value) => setAccents({ ...accents, [look]: value })}
        />
      ))}
      <div className={own['previews']}>
        {looks.map((look) => (
          <BrandPreview
            key={look}
            look={look}
            accent={parseColour(accents[look])}
            name={displayName.trim() || houseName}
            logoUrl={logoUrl}
          />
        ))}
      </div>
      <p role="alert" className={css['error']}>
        {error}
      </p>
      <div className={css['acts']}>
        <Button type="submit" tone="primary">
          {t('save')}
        </Button>
        <Button onPress={() => reset(true)}>{t('reset')}</Button>
      </div>
      {isResetting && (
        <Confirm
          title={t('reset')}
          text={t('resetText')}
          action={t('reset')}
          onConfirm={() => void setBack()}
          onClose={() => reset(false)}
        />
      )}
    </form>
  );
}
