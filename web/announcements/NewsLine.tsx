/** One announcement as people see it, and the line about maintenance: level by colour, sign and word. */
import { Construction, Info, Siren, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { mediumDate } from '#web/words/dates.ts';
import { t } from '#web/words/announcements.ts';
import { toldText } from './announcements.ts';
import type { DoorAnnouncement, HouseState, Level, Maintenance } from './announcements.ts';
import css from './news.module.css';

const icons = { info: Info, warning: TriangleAlert, urgent: Siren } as const;

export interface NewsLineProps {
  readonly of: DoorAnnouncement;
  readonly children?: ReactNode;
}

export function NewsLine({ of, children }: NewsLineProps) {
  const Icon = icons[of.level];
  const { words, language } = toldText(of);
  return (
    <Line level={of.level} icon={<Icon role="img" aria-label={t(`level.${of.level}`)} size={18} />}>
      <span className={css['words']} lang={language}>
        {words}
      </span>
      {children}
    </Line>
  );
}

export function MaintenanceLine({ of: { state, maintenance } }: { readonly of: HouseState }) {
  if (!maintenance) return null;
  const own = toldText(maintenance);
  return (
    <Line level="warning" icon={<Construction aria-hidden size={18} />}>
      <span className={css['words']}>
        {state === 'open' ? plannedWords(maintenance) : nowWords(maintenance)}
        {own.words !== '' && <span lang={own.language}> {own.words}</span>} <a href="/status">{t('status')}</a>
      </span>
    </Line>
  );
}

function plannedWords({ mode, startsAt, endsAt }: Maintenance): string {
  const from = mediumDate(startsAt);
  if (endsAt === '') return t(mode === 'closed' ? 'plannedClosed' : 'plannedReadOnly', { from });
  const until = mediumDate(endsAt);
  return t(mode === 'closed' ? 'plannedClosedUntil' : 'plannedReadOnlyUntil', { from, until });
}

function nowWords({ mode, endsAt }: Maintenance): string {
  const words = t(mode === 'closed' ? 'closedNow' : 'readOnlyNow');
  return endsAt === '' ? words : `${words} ${t('expectedEnd', { until: mediumDate(endsAt) })}`;
}

interface LineProps {
  readonly level: Level;
  readonly icon: ReactNode;
  readonly children: ReactNode;
}

function Line({ level, icon, children }: LineProps) {
  return (
    <div role={level === 'urgent' ? 'alert' : 'status'} data-level={level} className={css['news']}>
      {icon}
      {children}
    </div>
  );
}
