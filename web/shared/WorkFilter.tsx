/** Above the list of a shared mailbox: which conversations it shows. The choice stands in the address of the page. */
import { useLocation } from 'wouter';
import type { View } from '#web/mail/view.ts';
import { viewPath } from '#web/mail/view.ts';
import { t } from '#web/words/shared.ts';
import css from './shared.module.css';
import { useMembers } from './useConversation.ts';

export function WorkFilter({ view }: { readonly view: Extract<View, { readonly kind: 'mailbox' }> }) {
  const [, navigate] = useLocation();
  const self = useMembers().find(({ isSelf }) => isSelf)?.id;
  const choices = [
    { work: undefined, label: t('filter.all') },
    { work: self ?? '', label: t('filter.mine') },
    { work: 'nobody', label: t('filter.nobody') },
    { work: 'open', label: t('filter.open') },
    { work: 'closed', label: t('filter.closed') },
  ];
  return (
    <div role="group" aria-label={t('filter.label')} className={css['filter']}>
      {choices.map(({ work, label }) => (
        <button
          key={label}
          type="button"
          className={css['choice']}
          aria-pressed={view.work === work}
          disabled={work === ''}
          onClick={() => navigate(viewPath({ ...view, work }))}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
