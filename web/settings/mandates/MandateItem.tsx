/** One mandate in a list: who, what, until when, how it stands, and what can be done about it. */
import type { ReactNode } from 'react';
import { Avatar } from '#web/ui/Avatar.tsx';
import { dayName } from '#web/words/dates.ts';
import { t } from '#web/words/mandates.ts';
import type { Mandate } from './mandates.ts';
import css from './mandates.module.css';
import { rightsText } from './rightsText.ts';

export interface MandateItemProps {
  readonly mandate: Mandate;
  readonly children?: ReactNode;
}

export function MandateItem({ mandate, children }: MandateItemProps) {
  const { isHeld, accountName, holderName, rights, reason, authorName, endedReason } = mandate;
  const name = isHeld ? accountName : holderName;
  const said = rightsText(rights);
  return (
    <li className={css['item']}>
      <Avatar name={name} />
      <div className={css['about']}>
        <strong>{name}</strong>
        <span className={css['state']} data-state={mandate.state}>
          {mandate.state === 'asked' && isHeld ? t('state.askedMe') : t(`state.${mandate.state}`)}
        </span>
        <span>
          {isHeld ? t('mayI', { rights: said }) : t('may', { rights: said })} {datesText(mandate)}
        </span>
        {isHeld && authorName !== undefined && <span>{t('by', { name: authorName })}</span>}
        {reason !== undefined && <span>{t('reasonSaid', { reason })}</span>}
        {endedReason !== undefined && <span>{t('endedSaid', { reason: endedReason })}</span>}
      </div>
      {children !== undefined && <div className={css['verbs']}>{children}</div>}
    </li>
  );
}

const dayMs = 86_400_000;

function datesText({ startsAt, endsAt, state }: Mandate): string {
  const from = state === 'future' ? [t('fromDay', { date: dayName(new Date(startsAt)) })] : [];
  // The end is the midnight after the last day.
  const last = endsAt === undefined ? undefined : new Date(new Date(endsAt).getTime() - 1);
  const until = last === undefined ? t('always') : t('untilDay', { date: dayName(last) });
  return [...from, until].join(' ');
}

/** The midnight after the day a field of dates names; undefined for none. */
export function endOfDay(value: string): Date | undefined {
  const at = startOfDay(value);
  return at && new Date(at.getTime() + dayMs);
}

export function startOfDay(value: string): Date | undefined {
  const [year, month, day] = value.split('-').map(Number);
  return year && month && day ? new Date(year, month - 1, day) : undefined;
}
