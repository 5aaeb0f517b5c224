/** What everybody is told at the door: maintenance, then announcements that are for everybody. */
import type { DoorAnnouncement, HouseState } from './announcements.ts';
import css from './news.module.css';
import { MaintenanceLine, NewsLine } from './NewsLine.tsx';

export interface DoorNewsProps {
  readonly house: HouseState;
  readonly announcements: readonly DoorAnnouncement[];
}

export function DoorNews({ house, announcements }: DoorNewsProps) {
  return (
    <div className={css['door']}>
      <MaintenanceLine of={house} />
      {announcements.map((one) => (
        <NewsLine key={`${one.level} ${one.textFr}`} of={one} />
      ))}
    </div>
  );
}
