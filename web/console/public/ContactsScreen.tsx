/** Support contacts: what the people of each unit are shown, what is missing, and a form for one. */
import { PhoneOff } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { refusalText } from '#web/console/refusals.ts';
import type { SupportContact } from '#web/entry/readContact.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { CheckField, TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as common } from '#web/words/console.ts';
import { t } from '#web/words/contacts.ts';
import { changeContact, fetchContacts } from './contacts.ts';
import type { ContactRow } from './contacts.ts';

export function ContactsScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const [text, setText] = useState('');
  const [isLacking, setLacking] = useState(false);
  const fetched = useFetched(
    useCallback(() => fetchContacts(sync, accountId, { text, isLacking }), [sync, accountId, text, isLacking]),
  );
  const [asked, ask] = useState<ContactRow | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: page, load } = fetched;

  function after(): void {
    ask(undefined);
    showToast(t('saved'));
    // The row may be gone from a list of what is missing.
    heading.current?.focus();
    void load();
  }

  return (
    <section className={css['page']} aria-labelledby="contacts-title">
      <h2 id="contacts-title" ref={heading} tabIndex={-1}>
        {t('title')}
      </h2>
      <p>{t('intro')}</p>
      <div className={css['search']}>
        <TextField type="search" label={t('search')} value={text} onChange={setText} />
        <CheckField label={t('onlyLacking')} isOn={isLacking} onChange={setLacking} />
      </div>
      {page === undefined && (
        <NotFetched of={fetched} loading={common('loading')} failed={common('failed')} offline={common('offline')} />
      )}
      {typeof page === 'string' && <EmptyState icon={PhoneOff} title={t('closed')} text={refusalText(page)} />}
      {typeof page === 'object' && (
        <>
          <p role="status" className={css['count']}>
            {t('complete', { complete: page.total - page.lacking, total: page.total })}{' '}
            {page.rows.length < page.found && t('firstOf', { shown: page.rows.length, found: page.found })}
          </p>
          <ul className={css['list']}>
            {page.rows.map((row) => (
              <li key={row.unitId} className={css['item']}>
                <div className={css['about']}>
                  <strong>{nameOf(row)}</strong>
                  <span>{summary(row)}</span>
                  {row.lacks.length > 0 && (
                    <span className={css['warning']}>{t(row.lacks.length > 1 ? 'lacksBoth' : lackWord(row))}</span>
                  )}
                </div>
                <Button aria-label={t('editName', { name: nameOf(row) })} onPress={() => ask(row)}>
                  {t('edit')}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      {asked && <ContactDialog of={asked} onClose={() => ask(undefined)} onDone={after} />}
    </section>
  );
}

function nameOf({ unitId, unitName }: ContactRow): string {
  return unitId === '' ? t('whole') : unitName;
}

function lackWord({ lacks }: ContactRow): 'lacksPhone' | 'lacksEmail' {
  return lacks.includes('phone') ? 'lacksPhone' : 'lacksEmail';
}

function summary({ own, shown }: ContactRow): string {
  if (!shown) return t('none');
  const said = [shown.name, shown.phone, shown.email].filter((part) => part !== '').join(', ');
  return own ? said : t('inherited', { contact: said });
}

interface ContactDialogProps {
  readonly of: ContactRow;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const empty: SupportContact = { name: '', phone: '', email: '', hours: '', web: '' };

function ContactDialog({ of, onClose, onDone }: ContactDialogProps) {
  const { sync, session } = useScope();
  const [contact, setContact] = useState<SupportContact>(of.own ?? empty);
  const [error, setError] = useState('');
  const field = (name: keyof SupportContact) => ({
    label: t(`field.${name}`),
    value: contact[name],
    maxLength: 200,
    onChange: (value: string) => setContact({ ...contact, [name]: value }),
  });

  async function save(given: SupportContact | null): Promise<void> {
    const refused = await changeContact(sync, session.primaryAccountId, of.unitId, given);
    if (refused === undefined) onDone();
    else setError(refused === 'invalidArguments' ? t('wrong') : refusalText(refused));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setError('');
    void save(contact);
  }

  return (
    <Dialog title={t('editName', { name: nameOf(of) })} onClose={onClose}>
      <form className={css['form']} onSubmit={submit} noValidate>
        <TextField {...field('name')} hint={t('nameHint')} autoFocus />
        <TextField {...field('phone')} type="tel" />
        <TextField {...field('email')} type="email" />
        <TextField {...field('hours')} hint={t('hoursHint')} />
        <TextField {...field('web')} type="url" />
        <p role="alert" className={css['error']}>
          {error}
        </p>
        <DialogActions>
          {of.own && of.unitId !== '' && <Button onPress={() => void save(null)}>{t('inherit')}</Button>}
          <Button onPress={onClose}>{common('cancel')}</Button>
          <Button type="submit" tone="primary">
            {t('save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
