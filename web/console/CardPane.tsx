/** The card of one account: its state and why, what may be done, and what tells how its holder gets in. */
import { ArrowLeft, CircleOff, ScrollText } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { deviceName } from '#web/settings/security/deviceName.ts';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { t } from '#web/words/console.ts';
import { t as diagnosis } from '#web/words/diagnosis.ts';
import { t as say } from '#web/words/console-acts.ts';
import { dayName, mediumDate, sizeText } from '#web/words/dates.ts';
import { listText, pairText } from '#web/words/lists.ts';
import { ActDialog } from './ActDialog.tsx';
import { CompromiseDialog } from './CompromiseDialog.tsx';
import { fetchPerson } from './console.ts';
import type { ActName, PersonCard } from './console.ts';
import { PlacesPart } from './places/PlacesPart.tsx';
import { DiagnosisPart } from './public/DiagnosisPart.tsx';
import css from './console.module.css';
import { GrantDialog } from './GrantDialog.tsx';
import { StateBadge } from './StateBadge.tsx';

export interface CardPaneProps {
  readonly personId: string;
  /** Whether the list has gone for it. */
  readonly isAlone: boolean;
  readonly onChanged: () => void;
}

export function CardPane({ personId, isAlone, onChanged }: CardPaneProps) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(
    useCallback(() => fetchPerson(sync, accountId, personId).then((card) => ({ card })), [sync, accountId, personId]),
  );
  const { value, load } = fetched;
  const changed = () => {
    void load();
    onChanged();
  };
  return (
    <section className={css['pane']} aria-labelledby="card-name">
      {isAlone && (
        <Link href="/console" className={css['back'] ?? ''}>
          <ArrowLeft aria-hidden size={18} />
          {t('backToList')}
        </Link>
      )}
      {value === undefined && (
        <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />
      )}
      {value !== undefined && !value.card && <EmptyState icon={CircleOff} title={t('refused.gone')} />}
      {value?.card && <Card card={value.card} onChanged={changed} />}
    </section>
  );
}

type Opened = ActName | 'grantRole' | 'compromise';

interface CardProps {
  readonly card: PersonCard;
  readonly onChanged: () => void;
}

function Card({ card, onChanged }: CardProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [act, setAct] = useState<Opened | undefined>(undefined);
  // One comes by a link of the list: the card is read out from its title.
  useEffect(() => heading.current?.focus(), []);
  // Of somebody who is not locked it only matters once they were mistaken.
  const acts = card.acts.filter((name) => name !== 'unlock' || card.state === 'locked' || card.failures > 0);
  return (
    <>
      <header className={css['cardHead']}>
        <h2 id="card-name" ref={heading} tabIndex={-1}>
          {card.name}
        </h2>
        <StateBadge state={card.state} />
      </header>
      <StateText card={card} />
      {card.compromisedAt !== '' && (
        <p className={css['warning']}>{say('caseOpen', { date: mediumDate(card.compromisedAt) })}</p>
      )}
      <Acts card={card} acts={acts} onAct={setAct} />
      <div className={css['parts']}>
        <Identity card={card} />
        <PlacesPart card={card} onChanged={onChanged} />
        <Room card={card} />
        <Entry card={card} />
        <Around card={card} />
        <Traffic card={card} />
      </div>
      {card.powers.includes('help') && (
        <details className={css['step']}>
          <summary>{diagnosis('title')}</summary>
          <DiagnosisPart />
        </details>
      )}
      {act === 'grantRole' && <GrantDialog card={card} onClose={() => setAct(undefined)} onDone={onChanged} />}
      {act === 'compromise' && <CompromiseDialog card={card} onClose={() => setAct(undefined)} onDone={onChanged} />}
      {act !== undefined && act !== 'grantRole' && act !== 'compromise' && (
        <ActDialog card={card} action={act} onClose={() => setAct(undefined)} onDone={onChanged} />
      )}
    </>
  );
}

function StateText({ card }: { readonly card: PersonCard }) {
  if (card.state === 'active' || card.state === 'provisioned') return null;
  const reason = card.stateReason || card.lastChange?.reason;
  return (
    <p className={css['warning']}>
      {card.lastChange && <span>{t('changedAt', { date: mediumDate(card.lastChange.at) })}</span>}
      {reason && <span>{t('why', { reason })}</span>}
    </p>
  );
}

interface ActsProps {
  readonly card: PersonCard;
  readonly acts: readonly ActName[];
  readonly onAct: (act: Opened) => void;
}

function Acts({ card, acts, onAct }: ActsProps) {
  const mayGrant = card.powers.includes('grant');
  if (acts.length === 0 && !mayGrant && !card.powers.includes('audit')) return null;
  return (
    <div role="group" aria-label={t('acts')} className={css['acts']}>
      {acts.map((name) => (
        <Button key={name} onPress={() => onAct(name)}>
          {t(`act.${name}`)}
        </Button>
      ))}
      {card.powers.includes('help') && card.state !== 'closed' && (
        <Button onPress={() => onAct('compromise')}>
          {card.compromisedAt === '' ? say('act.compromised') : say('act.case')}
        </Button>
      )}
      {mayGrant && <Button onPress={() => onAct('grantRole')}>{t('act.grantRole')}</Button>}
      {card.powers.includes('audit') && (
        <Link
          href={`/console/audit?${new URLSearchParams({ person: card.id, name: card.name }).toString()}`}
          className={css['link'] ?? ''}
        >
          <ScrollText aria-hidden size={18} />
          {t('journalOf')}
        </Link>
      )}
    </div>
  );
}

interface BlockProps {
  readonly title: string;
  readonly children: ReactNode;
}

function Block({ title, children }: BlockProps) {
  return (
    <div className={css['part']}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

interface LinesProps {
  readonly lines: readonly string[];
  readonly none: string;
}

function Lines({ lines, none }: LinesProps) {
  if (lines.length === 0) return <p className={css['soft']}>{none}</p>;
  return (
    <ul className={css['lines']}>
      {lines.map((line, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- lines of the server, of which two may be alike
        <li key={index}>{line}</li>
      ))}
    </ul>
  );
}

function Identity({ card }: { readonly card: PersonCard }) {
  const facts = [
    [t('userName'), card.userName],
    [t('email'), card.email],
    [t('unitPath'), card.unitNames.length > 0 ? card.unitNames.join(' › ') : t('noUnit')],
    [t('functionName'), card.functionName],
    [t('population'), card.population],
    [t('externalId'), card.externalId],
    [t('createdAt'), dayName(new Date(card.createdAt))],
  ].filter(([, value]) => value !== '');
  return (
    <Block title={t('identity')}>
      <dl className={css['facts']}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Block>
  );
}

function Room({ card }: { readonly card: PersonCard }) {
  const used = sizeText(card.usedOctets);
  const { quotaOctets } = card;
  const text =
    quotaOctets === undefined ? t('roomUsed', { used }) : t('roomOf', { used, quota: sizeText(quotaOctets) });
  return (
    <Block title={t('room')}>
      {quotaOctets !== undefined && quotaOctets > 0 && (
        <meter
          className={css['meter']}
          min={0}
          max={quotaOctets}
          high={quotaOctets * 0.9}
          value={Math.min(card.usedOctets, quotaOctets)}
          aria-label={t('room')}
        >
          {text}
        </meter>
      )}
      <p>{text}</p>
      <p className={css['soft']}>{t('emails', { count: card.emailCount })}</p>
    </Block>
  );
}

function passwordText(card: PersonCard): string {
  if (!card.hasPassword) return t('passwordNone');
  if (card.mustChangePassword || card.passwordChangedAt === '') return t('passwordMust');
  return t('passwordSet', { date: mediumDate(card.passwordChangedAt) });
}

function usedText(lastUsedAt: string): string {
  return lastUsedAt === '' ? t('neverUsed') : t('usedLine', { date: mediumDate(lastUsedAt) });
}

function Entry({ card }: { readonly card: PersonCard }) {
  return (
    <Block title={t('entry')}>
      <p>{pairText(t('password'), passwordText(card))}</p>
      {card.failures > 0 && <p className={css['warning']}>{t('failures', { count: card.failures })}</p>}
      {card.blockedUntil !== '' && (
        <p className={css['warning']}>{t('blockedUntil', { date: mediumDate(card.blockedUntil) })}</p>
      )}
      <h4>{t('lastLogins')}</h4>
      <Lines
        none={t('noneF')}
        lines={card.logins.map(({ at, from }) => t('loginLine', { date: mediumDate(at), from }))}
      />
      <h4>{t('sessions')}</h4>
      <Lines
        none={t('noneF')}
        lines={card.sessions.map(({ seenAt, from }) => t('sessionLine', { date: mediumDate(seenAt), from }))}
      />
      <h4>{t('factors')}</h4>
      <Lines
        none={t('factorsNone')}
        lines={[
          ...card.factors.map(({ kind, name, lastUsedAt }) =>
            t(kind === 'passkey' ? 'factor.passkey' : 'factor.totp', { name, used: usedText(lastUsedAt) }),
          ),
          ...(card.recoveryCodesLeft > 0 ? [t('recoveryCodes', { count: card.recoveryCodesLeft })] : []),
        ]}
      />
      <h4>{t('devices')}</h4>
      <Lines
        none={t('none')}
        lines={card.devices.map(({ userAgent, from, seenAt, trustedUntil }) =>
          t(trustedUntil === '' ? 'deviceLine' : 'deviceTrusted', {
            device: deviceName(userAgent),
            date: mediumDate(seenAt),
            from,
          }),
        )}
      />
      <h4>{t('appPasswords')}</h4>
      <Lines
        none={t('none')}
        lines={card.appPasswords.map(({ name, lastUsedAt }) => `${name}, ${usedText(lastUsedAt)}`)}
      />
    </Block>
  );
}

function Around({ card }: { readonly card: PersonCard }) {
  return (
    <Block title={t('mandates')}>
      <Lines none={t('noneF')} lines={card.mandates.map(({ kind, name }) => t(`mandate.${kind}`, { name }))} />
      {card.roles.length > 0 && (
        <>
          <h4>{t('rolesHeld')}</h4>
          <p>{listText(card.roles.map(({ kind }) => t(`role.${kind}`)))}</p>
        </>
      )}
    </Block>
  );
}

function Traffic({ card }: { readonly card: PersonCard }) {
  return (
    <Block title={t('deliveries')}>
      <Lines
        none={t('none')}
        lines={card.deliveries.map(({ at, from, sizeOctets }) =>
          t('deliveryLine', {
            date: mediumDate(at),
            from: from === '' ? t('deliveryNobody') : from,
            size: sizeText(sizeOctets),
          }),
        )}
      />
      <h4>{t('sent')}</h4>
      <Lines
        none={t('none')}
        lines={card.sent.map(({ at, recipients, sizeOctets }) =>
          t('sentLine', { date: mediumDate(at), count: recipients, size: sizeText(sizeOctets) }),
        )}
      />
      <p className={css['soft']}>{t('noContents')}</p>
    </Block>
  );
}
