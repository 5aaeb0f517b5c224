/** Wishes for more room: who asks, how full they are and why; granted for a time or for good, or refused with a reason. */
import { HardDrive } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { ChoiceField } from '#web/ui/TextField.tsx';
import { dayName, sizeText } from '#web/words/dates.ts';
import { t } from '#web/words/room.ts';
import css from './console.module.css';
import { RequestDialog } from './RequestDialog.tsx';
import { refusalText } from './refusals.ts';
import { fetchRequests, shownStates } from './requests.ts';
import type { RequestRow, ShownState } from './requests.ts';

export interface Asked {
  readonly request: RequestRow;
  readonly action: 'grant' | 'refuse';
}

export function RequestsScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const [state, setState] = useState<ShownState>('waiting');
  const fetched = useFetched(useCallback(() => fetchRequests(sync, accountId, state), [sync, accountId, state]));
  const [asked, ask] = useState<Asked | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: requests, load } = fetched;
  return (
    <section className={css['page']} aria-labelledby="requests-title">
      <h2 id="requests-title" ref={heading} tabIndex={-1}>
        {t('consoleTitle')}
      </h2>
      <p>{t('consoleIntro')}</p>
      <ChoiceField
        label={t('show')}
        value={state}
        onChange={setState}
        choices={shownStates.map((value) => ({ value, label: t(`show.${value}`) }))}
      />
      {requests === undefined && (
        <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />
      )}
      {typeof requests === 'string' && (
        <EmptyState icon={HardDrive} title={t('forbidden')} text={refusalText(requests)} />
      )}
      {Array.isArray(requests) && requests.length === 0 && (
        <EmptyState icon={HardDrive} title={t('none')} text={state === 'waiting' ? t('noneText') : undefined} />
      )}
      {Array.isArray(requests) && (
        <ul className={css['list']}>
          {requests.map((request: RequestRow) => (
            <li key={request.id} className={css['item']}>
              <Request request={request} />
              {request.decidedAt === '' && (
                <div className={css['acts']}>
                  <Button
                    aria-label={t('grantName', { name: request.name })}
                    onPress={() => ask({ request, action: 'grant' })}
                  >
                    {t('grant')}
                  </Button>
                  <Button
                    aria-label={t('refuseName', { name: request.name })}
                    onPress={() => ask({ request, action: 'refuse' })}
                  >
                    {t('refuse')}
                  </Button>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {asked && (
        <RequestDialog
          asked={asked}
          onClose={() => ask(undefined)}
          onDone={() => {
            // The button that was pressed goes with its row.
            heading.current?.focus();
            void load();
          }}
        />
      )}
    </section>
  );
}

/** A term is kept to the end of its last day. */
const lastDay = (at: string): string => dayName(new Date(Date.parse(at) - 1));

function Request({ request }: { readonly request: RequestRow }) {
  const { name, email, unitName, askedOctets, quotaOctets, usedOctets, reason, until } = request;
  const size = sizeText(askedOctets);
  const used = sizeText(usedOctets);
  return (
    <div className={css['about']}>
      <strong>
        <Link href={`/console/people/${encodeURIComponent(request.personId)}`}>{name}</Link>
      </strong>
      <span>{[unitName, email].filter((part) => part !== '').join(' · ')}</span>
      {quotaOctets !== undefined && <span>{t('holds', { used, quota: sizeText(quotaOctets) })}</span>}
      <span>{until === '' ? t('asks', { size }) : t('asksUntil', { size, until: lastDay(until) })}</span>
      <span>{t('reason', { reason })}</span>
      <Decided request={request} />
    </div>
  );
}

function Decided({
  request: { grantedOctets, endsAt, deciderName, decidedAt, answer },
}: {
  readonly request: RequestRow;
}) {
  if (decidedAt === '') return undefined;
  const date = dayName(new Date(decidedAt));
  const granted = grantedOctets === undefined ? undefined : sizeText(grantedOctets);
  return (
    <>
      <span>{deciderName === '' ? t('decidedByOperator', { date }) : t('decidedBy', { name: deciderName, date })}</span>
      {granted !== undefined && (
        <span>
          {endsAt === ''
            ? t('grantedFor', { size: granted })
            : t('grantedUntil', { size: granted, until: lastDay(endsAt) })}
        </span>
      )}
      {answer !== '' && <span>{t('answer', { answer })}</span>}
    </>
  );
}
