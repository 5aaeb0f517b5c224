/** The identity providers that know one, and as whom; and an end to that. Nothing where there are none. */
import { Link2 } from 'lucide-react';
import { useRef } from 'react';
import { Item } from '#web/settings/page/Item.tsx';
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { Button } from '#web/ui/Button.tsx';
import { dayName } from '#web/words/dates.ts';
import { t } from '#web/words/federation.ts';
import type { OwnLink } from './security.ts';
import { useEnd } from './useEnd.ts';

export function LinksPart({
  links,
  onChanged,
}: {
  readonly links: readonly OwnLink[];
  readonly onChanged: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const end = useEnd('IdentityLink', onChanged);

  const undo = async ({ id, providerName: name }: OwnLink) => {
    await end([id], () => t('unlinked', { name }));
    // The button that was pressed goes with its row.
    heading.current?.focus();
  };

  return (
    <Part id="security-links" title={t('linksTitle')} heading={heading}>
      <p>{t('linksText')}</p>
      <ul className={page['list']}>
        {links.map((link) => (
          <Item
            key={link.id}
            icon={Link2}
            name={link.providerName}
            facts={[t('knownAs', { subject: link.subject }), t('linkUsed', { date: dayName(new Date(link.usedAt)) })]}
          >
            <Button aria-label={t('unlinkName', { name: link.providerName })} onPress={() => void undo(link)}>
              {t('unlink')}
            </Button>
          </Item>
        ))}
      </ul>
    </Part>
  );
}
