/** Actions on many people: the list of them, and one with its progress and the lines that were not done. */
import { ArrowLeft, CircleOff, Download, Square, UsersRound } from 'lucide-react';
import { useCallback, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console.ts';
import { t as say } from '#web/words/console-acts.ts';
import { t as menu } from '#web/words/console-menu.ts';
import { mediumDate } from '#web/words/dates.ts';
import { fetchBulk, fetchBulks, fetchLines, lookEveryMs, stopBulk } from './bulk.ts';
import type { Bulk, BulkLine } from './bulk.ts';
import css from './console.module.css';
import { refusalText } from './refusals.ts';

export function BulkScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchBulks(sync, accountId), [sync, accountId]));
  const { value: bulks } = fetched;
  return (
    <section className={css['page']} aria-labelledby="bulk-title">
      <h2 id="bulk-title">{menu('bulk')}</h2>
      <p>{say('bulkIntro')}</p>
      {bulks === undefined && (
        <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />
      )}
      {bulks?.length === 0 && <EmptyState icon={UsersRound} title={say('bulkNone')} text={say('bulkNoneText')} />}
      {bulks !== undefined && bulks.length > 0 && (
        <ul className={css['list']}>
          {bulks.map((bulk) => (
            <li key={bulk.id} className={css['item']}>
              <div className={css['about']}>
                <strong>
                  <Link href={`/console/bulk/${encodeURIComponent(bulk.id)}`}>{titleOf(bulk)}</Link>
                </strong>
                <span>{byText(bulk)}</span>
                <span>{standText(bulk)}</span>
                <span>{t('why', { reason: bulk.reason })}</span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function titleOf({ action, total }: Bulk): string {
  return say('bulkLine', { action: t(`act.${action}`), count: total });
}

function byText({ authorName, createdAt }: Bulk): string {
  const date = mediumDate(createdAt);
  return authorName === '' ? say('bulkByOperator', { date }) : say('bulkBy', { author: authorName, date });
}

function standText(bulk: Bulk): string {
  const { finishedAt, isStopped, next, total } = bulk;
  if (finishedAt === '') return say('bulkRunning', { next, total });
  const date = mediumDate(finishedAt);
  return isStopped ? say('bulkStopped', { date, next, total }) : say('bulkOver', { date });
}

export function BulkPage({ id }: { readonly id: string }) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const heading = useRef<HTMLHeadingElement>(null);
  const fetched = useFetched(
    useCallback(() => fetchBulk(sync, accountId, id).then((found) => ({ found })), [sync, accountId, id]),
  );
  const { value, load } = fetched;
  const found = value?.found;
  const isRunning = found !== undefined && found.bulk.finishedAt === '';
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => void load(), lookEveryMs);
    return () => clearInterval(timer);
  }, [isRunning, load]);
  // The dialog one comes from has gone: the keyboard goes on here.
  const isThere = found !== undefined;
  useEffect(() => {
    if (isThere) heading.current?.focus();
  }, [isThere]);

  async function stop(): Promise<void> {
    const refused = await stopBulk(sync, accountId, id);
    if (refused !== undefined) showToast(refusalText(refused), { tone: 'danger' });
    await load();
    heading.current?.focus();
  }

  return (
    <section className={css['page']} aria-labelledby="bulk-one">
      <Link href="/console/bulk" className={css['back'] ?? ''}>
        <ArrowLeft aria-hidden size={18} />
        {say('bulkBack')}
      </Link>
      {value === undefined && (
        <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />
      )}
      {value !== undefined && !found && <EmptyState icon={CircleOff} title={say('bulkGone')} />}
      {found && (
        <>
          <h2 id="bulk-one" ref={heading} tabIndex={-1}>
            {titleOf(found.bulk)}
          </h2>
          <p>{byText(found.bulk)}</p>
          <p>{t('why', { reason: found.bulk.reason })}</p>
          <Progress bulk={found.bulk} />
          <div className={css['acts']}>
            {isRunning && (
              <Button icon={Square} onPress={() => void stop()}>
                {say('bulkStop')}
              </Button>
            )}
            <Button icon={Download} onPress={() => void download(id)}>
              {say('bulkDownload')}
            </Button>
          </div>
          {(found.bulk.action === 'resetPassword' || found.bulk.action === 'resendActivation') && (
            <p className={css['warning']}>{say('bulkPasswords')}</p>
          )}
          <NotDone lines={found.lines} isRunning={isRunning} />
        </>
      )}
    </section>
  );
}

function Progress({ bulk }: { readonly bulk: Bulk }) {
  const { done, refused, unknown, next, total } = bulk;
  return (
    <>
      <progress className={css['meter']} max={total} value={next} aria-label={say('bulkProgress')} />
      <p role="status">
        {standText(bulk)}
        <br />
        {say('bulkCounts', { done, refused, unknown })}
      </p>
    </>
  );
}

async function download(id: string): Promise<void> {
  const file = await fetchLines(id);
  if (!file) {
    showToast(say('bulkDownloadFailed'), { tone: 'danger' });
    return;
  }
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = `${id}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}

interface NotDoneProps {
  readonly lines: readonly BulkLine[];
  readonly isRunning: boolean;
}

function NotDone({ lines, isRunning }: NotDoneProps) {
  if (lines.length === 0) return isRunning ? null : <p>{say('bulkAllDone')}</p>;
  return (
    <table className={css['table']}>
      <caption className={css['caption']}>{say('bulkLines')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('bulkGiven')}</th>
          <th scope="col">{say('bulkOutcome')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.n}>
            <td>{[line.text, line.name].filter((part) => part !== '').join(', ')}</td>
            <td>{whyText(line)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function whyText({ outcome, why }: BulkLine): string {
  if (outcome === 'unknown') return say('unknownPerson');
  switch (why) {
    case 'twice':
    case 'state':
    case 'compromised':
    case 'mayNot':
      return say(`why.${why}`);
    default:
      return say('why.other', { why });
  }
}
