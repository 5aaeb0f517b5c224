/** Whom to call: by phone, by mail, when. */
import { t } from '#web/words/entry.ts';
import css from './entry.module.css';
import type { SupportContact } from './readContact.ts';

export function Contact({ contact }: { readonly contact: SupportContact | undefined }) {
  return (
    <div className={css['contact']}>
      <p className={css['contactName']}>{contact?.name || t('contact')}</p>
      {contact ? (
        <>
          {contact.phone !== '' && (
            <p>
              <a href={`tel:${contact.phone.replaceAll(/[^+\d]/g, '')}`}>
                {t('contactPhone', { phone: contact.phone })}
              </a>
            </p>
          )}
          {contact.email !== '' && (
            <p>
              <a href={`mailto:${contact.email}`}>{t('contactEmail', { email: contact.email })}</a>
            </p>
          )}
          {contact.web !== '' && (
            <p>
              <a href={contact.web}>{t('contactWeb')}</a>
            </p>
          )}
          {contact.hours !== '' && <p>{t('contactHours', { hours: contact.hours })}</p>}
        </>
      ) : (
        <p>{t('noContact')}</p>
      )}
      <p>{t('neverAsks')}</p>
      <p>
        <a href="/aide">{t('help')}</a>
      </p>
    </div>
  );
}
