/** The month at a glance: a grid one walks by arrows (ARIA APG, date grid). Choosing a day shows that day's mail. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { IconButton } from '#web/ui/Button.tsx';
import { dayFromKey, dayKey, dayName, isSameDay, monthName, weekdayNames } from '#web/words/dates.ts';
import { t } from '#web/words/words.ts';
import css from './calendar.module.css';

export interface MonthCalendarProps {
  /** The chosen day as `2026-11-22`. */
  readonly chosen: string | undefined;
  readonly onChoose: (day: string | undefined) => void;
}

export function MonthCalendar({ chosen, onChoose }: MonthCalendarProps) {
  const [today] = useState(() => new Date());
  const chosenDay = chosen === undefined ? undefined : dayFromKey(chosen);
  const [focused, setFocused] = useState(chosenDay ?? today);
  const grid = useRef<HTMLTableElement>(null);
  const moveFocus = useRef(false);

  useEffect(() => {
    if (!moveFocus.current) return;
    moveFocus.current = false;
    grid.current?.querySelector<HTMLElement>(`[data-day="${dayKey(focused)}"]`)?.focus();
  }, [focused]);

  function onKeyDown(event: KeyboardEvent): void {
    const next = dayByKey(focused, event.key, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    moveFocus.current = true;
    setFocused(next);
  }

  return (
    <section className={css['calendar']} aria-label={t('calendar.label')}>
      <header className={css['head']}>
        <h2 aria-live="polite" className={css['month']}>
          {monthName(focused)}
        </h2>
        <IconButton
          className={css['step']}
          icon={ChevronLeft}
          label={t('calendar.previous')}
          onPress={() => setFocused(shiftMonth(focused, -1))}
        />
        <IconButton
          className={css['step']}
          icon={ChevronRight}
          label={t('calendar.next')}
          onPress={() => setFocused(shiftMonth(focused, 1))}
        />
      </header>
      <table ref={grid} role="grid" className={css['grid']} aria-label={monthName(focused)}>
        <thead>
          <tr>
            {weekdayNames('narrow').map((name, day) => (
              <th key={weekdayNames('long')[day]} scope="col" abbr={weekdayNames('long')[day]}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(focused).map((week) => (
            <tr key={dayKey(week[0] ?? focused)}>
              {week.map((day) => {
                const isChosen = chosenDay !== undefined && isSameDay(day, chosenDay);
                return (
                  <td key={dayKey(day)} aria-selected={isChosen}>
                    <button
                      type="button"
                      tabIndex={isSameDay(day, focused) ? 0 : -1}
                      aria-label={dayName(day)}
                      aria-pressed={isChosen}
                      aria-current={isSameDay(day, today) ? 'date' : undefined}
                      data-day={dayKey(day)}
                      data-outside={day.getMonth() !== focused.getMonth() || undefined}
                      className={css['day']}
                      onKeyDown={onKeyDown}
                      onClick={() => {
                        setFocused(day);
                        onChoose(isChosen ? undefined : dayKey(day));
                      }}
                    >
                      {day.getDate()}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The weeks, from Monday, that hold a day of the month. */
function weeksOf(day: Date): readonly (readonly Date[])[] {
  const first = new Date(day.getFullYear(), day.getMonth(), 1);
  const lead = (first.getDay() + 6) % 7;
  const length = new Date(day.getFullYear(), day.getMonth() + 1, 0).getDate();
  return Array.from({ length: Math.ceil((lead + length) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, n) => new Date(day.getFullYear(), day.getMonth(), 1 - lead + week * 7 + n)),
  );
}

function dayByKey(day: Date, key: string, isShifted: boolean): Date | undefined {
  const by = (days: number) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
  const weekday = (day.getDay() + 6) % 7;
  switch (key) {
    case 'ArrowLeft':
      return by(-1);
    case 'ArrowRight':
      return by(1);
    case 'ArrowUp':
      return by(-7);
    case 'ArrowDown':
      return by(7);
    case 'Home':
      return by(-weekday);
    case 'End':
      return by(6 - weekday);
    case 'PageUp':
      return shiftMonth(day, isShifted ? -12 : -1);
    case 'PageDown':
      return shiftMonth(day, isShifted ? 12 : 1);
    default:
      return undefined;
  }
}

/** The same day of another month, or its last where it has no such day. */
function shiftMonth(day: Date, months: number): Date {
  const last = new Date(day.getFullYear(), day.getMonth() + months + 1, 0).getDate();
  return new Date(day.getFullYear(), day.getMonth() + months, Math.min(day.getDate(), last));
}
