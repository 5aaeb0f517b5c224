/** On top of the page at work: maintenance, then what one is told, until it is put away or said to be read. */
import { useCallback, useEffect, useState } from 'react';
import { useLine, useScope } from '#web/app/SyncContext.tsx';
import { Button } from '#web/ui/Button.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/announcements.ts';
import { acknowledge, fetchNews } from './announcements.ts';
import type { Announcement, News } from './announcements.ts';
import { dismiss, isDismissed } from './dismissed.ts';
import { MaintenanceLine, NewsLine } from './NewsLine.tsx';

/** The screen comes first. */
const patienceMs = 500;
/** As long as a timer of the browser can wait. */
const longestMs = 2 ** 31 - 1;

export function NewsBanners() {
  const { sync, session } = useScope();
  const line = useLine(sync);
  const [news, setNews] = useState<News | undefined>(undefined);
  const accountId = session.primaryAccountId;
  const look = useCallback(
    () =>
      fetchNews(sync, accountId).then(
        (told) => {
          setNews(told);
          // What waited for the end of a maintenance goes at once.
          if (told.state === 'open') sync.connection.hint();
        },
        () => {
          // What stands there stays: the line has its own sign, and comes back.
        },
      ),
    [sync, accountId],
  );
  useEffect(() => {
    if (line !== 'online') return;
    const timer = setTimeout(() => void look(), patienceMs);
    return () => clearTimeout(timer);
  }, [line, look]);
  useEffect(() => sync.onPushed(accountId, 'Announcement', () => void look()), [sync, accountId, look]);
  const changesAt = news?.changesAt;
  useEffect(() => {
    if (changesAt === undefined) return;
    const timer = setTimeout(() => void look(), Math.min(longestMs, Math.max(1_000, changesAt - Date.now())));
    return () => clearTimeout(timer);
  }, [changesAt, look]);
  if (!news) return null;

  const take = (announcement: Announcement) =>
    setNews({ ...news, announcements: news.announcements.filter(({ id }) => id !== announcement.id) });
  const close = (announcement: Announcement) => {
    dismiss(announcement);
    take(announcement);
  };
  const read = (announcement: Announcement) =>
    acknowledge(sync, accountId, announcement.id).then(
      () => take(announcement),
      () => showToast(t('notNoted'), { tone: 'danger' }),
    );
  return (
    <>
      <MaintenanceLine of={news} />
      {news.announcements
        .filter((one) => one.mustAcknowledge || !isDismissed(one))
        .map((one) => (
          <NewsLine key={one.id} of={one}>
            {one.mustAcknowledge ? (
              <Button onPress={() => void read(one)}>{t('acknowledge')}</Button>
            ) : (
              <Button tone="quiet" onPress={() => close(one)}>
                {t('dismiss')}
              </Button>
            )}
          </NewsLine>
        ))}
    </>
  );
}
