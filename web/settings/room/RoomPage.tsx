/** One's own room: how much of it is used, what one asked for and what became of it, and asking for more. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { endOfDay } from '#web/console/console.ts';
import consoleCss from '#web/console/console.module.css';
import { octetsPerGb, readQuota } from '#web/console/quota.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { Part, Remark, SettingsPage } from '#web/settings/page/SettingsPage.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { dayName, sizeText } from '#web/words/dates.ts';
import { t } from '#web/words/room.ts';
import { changeRoom, fetchRoom } from './room.ts';
import type { OwnRequest, OwnRoom } from './room.ts';

const dayMs = 86_400_000;

export function RoomPage() {
  return (
    <SettingsPage title={t('title')} intro={<p>{t('intro')}</p>} backTo="~/">
      <Content />
    </SettingsPage>
  );
}

function Content() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchRoom(sync, accountId), [sync, accountId]));
  const { value: room, load } = fetched;
  const heading = useRef<HTMLHeadingElement>(null);
  // What an administrator decided is seen here at once.
  useEffect(() => sync.onAccount(() => void load()), [sync, load]);
  useEffect(() => sync.onPushed(accountId, 'Quota', () => void load()), [sync, accountId, load]);
  if (room === undefined)
    return <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />;
  const { quotaOctets, usedOctets, requests } = room;

  async function withdraw(): Promise<void> {
    const refused = await changeRoom(sync, 'OwnQuota/withdraw', { accountId });
    showToast(refused === undefined ? t('withdrawn') : t('refused', { type: refused }));
    await load();
    heading.current?.focus();
  }

  const isWaiting = requests[0]?.state === 'waiting';
  return (
    <>
      <Part id="room-used" title={t('used')}>
        <p>
          {quotaOctets === undefined
            ? t('usedFree', { used: sizeText(usedOctets) })
            : t('usedOf', { used: sizeText(usedOctets), quota: sizeText(quotaOctets) })}
        </p>
        {quotaOctets !== undefined && (
          <meter
            className={consoleCss['meter']}
            min={0}
            max={quotaOctets}
            high={quotaOctets * 0.9}
            value={usedOctets}
            aria-label={t('used')}
          />
        )}
      </Part>
      {requests.length > 0 && (
        <Part id="room-requests" title={t('requests')} heading={heading}>
          <ul className={consoleCss['list']}>
            {requests.map((request) => (
              <li key={request.createdAt} className={consoleCss['item']}>
                <Wish request={request} />
                {request.state === 'waiting' && <Button onPress={() => void withdraw()}>{t('withdraw')}</Button>}
              </li>
            ))}
          </ul>
        </Part>
      )}
      {!room.mayAsk && quotaOctets !== undefined && <Remark>{t('closed')}</Remark>}
      {room.mayAsk && !isWaiting && (
        <Part id="room-more" title={t('more')}>
          <p>{t('moreText')}</p>
          <AskForm room={room} onSent={() => void load()} />
        </Part>
      )}
    </>
  );
}

/** A term is kept to the end of its last day. */
const lastDay = (at: string): string => dayName(new Date(Date.parse(at) - 1));

function Wish({ request }: { readonly request: OwnRequest }) {
  const { state, askedOctets, reason, until, createdAt, answer, grantedOctets, endsAt } = request;
  const size = sizeText(askedOctets);
  const date = dayName(new Date(createdAt));
  const granted = grantedOctets === undefined ? undefined : sizeText(grantedOctets);
  return (
    <div className={consoleCss['about']}>
      <strong>{t(`state.${state}`)}</strong>
      <span>{until === '' ? t('asked', { size, date }) : t('askedUntil', { size, date, until: lastDay(until) })}</span>
      <span>{t('reason', { reason })}</span>
      {granted !== undefined && (
        <span>
          {endsAt === ''
            ? t('grantedFor', { size: granted })
            : t('grantedUntil', { size: granted, until: lastDay(endsAt) })}
        </span>
      )}
      {answer !== '' && <span>{t('answer', { answer })}</span>}
    </div>
  );
}

function AskForm({ room, onSent }: { readonly room: OwnRoom; readonly onSent: () => void }) {
  const { sync, session } = useScope();
  const [size, setSize] = useState('');
  const [why, setWhy] = useState('');
  const [until, setUntil] = useState('');
  const [isTried, setTried] = useState(false);
  const [error, setError] = useState('');
  const [now] = useState(() => Date.now());
  const form = useRef<HTMLFormElement>(null);
  const { quotaOctets = 0, mostGb, longestDays } = room;
  const asked = readQuota(size);
  const isSizeRight =
    typeof asked === 'number' && asked > quotaOctets && (mostGb === undefined || asked <= mostGb * octetsPerGb);
  const ends = endOfDay(until);
  const isTermRight =
    ends === null
      ? longestDays === undefined
      : Date.parse(ends) > now && (longestDays === undefined || Date.parse(ends) <= now + (longestDays + 1) * dayMs);
  const quota = sizeText(quotaOctets);

  async function send(): Promise<void> {
    const refused = await changeRoom(sync, 'OwnQuota/ask', {
      accountId: session.primaryAccountId,
      askedOctets: asked ?? 0,
      reason: why.trim(),
      until: ends,
    });
    if (refused !== undefined) {
      setError(t('refused', { type: refused }));
      return;
    }
    showToast(t('sent'));
    onSent();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    setError('');
    if (isSizeRight && isTermRight && why.trim() !== '') void send();
    // Once each field says what is wrong.
    else setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  }

  return (
    <form ref={form} className={consoleCss['form']} onSubmit={submit} noValidate>
      <TextField
        label={t('size')}
        hint={
          mostGb === undefined
            ? t('sizeHint', { quota })
            : t('sizeHintMost', { quota, most: sizeText(mostGb * octetsPerGb) })
        }
        inputMode="decimal"
        value={size}
        onChange={setSize}
        required
        error={isTried && !isSizeRight ? t('sizeWrong') : undefined}
      />
      <TextField
        label={t('why')}
        hint={t('whyHint')}
        value={why}
        onChange={setWhy}
        maxLength={1000}
        required
        error={isTried && why.trim() === '' ? t('whyMissing') : undefined}
      />
      <TextField
        label={t(longestDays === undefined ? 'until' : 'untilMust')}
        hint={longestDays === undefined ? t('untilHint') : t('untilHintMust', { days: longestDays })}
        type="date"
        value={until}
        onChange={setUntil}
        required={longestDays !== undefined}
        error={isTried && !isTermRight ? t('untilWrong') : undefined}
      />
      <p role="alert" className={consoleCss['error']}>
        {error}
      </p>
      <div>
        <Button type="submit" tone="primary">
          {t('send')}
        </Button>
      </div>
    </form>
  );
}
