/** Where a message comes from: its passport (how it arrived, what was checked, what was decided) and its header fields. */
import { useEffect, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { isObject, listOr, object, textOr } from '#web/sync/shape.ts';
import { Dialog } from '#web/ui/Dialog.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { longDate } from '#web/words/dates.ts';
import { t } from '#web/words/read.ts';
import { readFilterStops } from './filterStops.ts';
import css from './reader.module.css';

interface Facts {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly passport: readonly (readonly [name: string, value: string])[];
}

export function Details({ emailId, onClose }: { readonly emailId: string; readonly onClose: () => void }) {
  const { sync, accountId } = useScope();
  const [facts, setFacts] = useState<Facts | 'failed' | undefined>(undefined);
  useEffect(() => {
    let isLeft = false;
    const calls = [
      ['Email/get', { accountId, ids: [emailId], properties: ['headers'] }, 'headers'],
      ['EmailPassport/get', { accountId, ids: [emailId] }, 'passport'],
    ] as const;
    sync.client
      .request(calls)
      .then((answers): Facts => {
        const [email] = listOr(answers.of('headers')['list'], object);
        const [passport] = listOr(answers.of('passport')['list'], object);
        return { headers: readHeaders(email?.['headers']), passport: readPassport(passport) };
      })
      .then(
        (read) => !isLeft && setFacts(read),
        () => !isLeft && setFacts('failed'),
      );
    return () => {
      isLeft = true;
    };
  }, [sync, accountId, emailId]);
  return (
    <Dialog title={t('detailsTitle')} onClose={onClose} isWide>
      {facts === undefined && <Spinner label={t('loading')} />}
      {facts === 'failed' && <p>{t('failed')}</p>}
      {typeof facts === 'object' && (
        // What scrolls must be reached by keys (WCAG 2.1.1).
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className={css['details']} role="region" aria-label={t('detailsTitle')} tabIndex={0}>
          <h3>{t('passport')}</h3>
          {facts.passport.length === 0 ? <p>{t('passportNone')}</p> : <Pairs pairs={facts.passport} />}
          <h3>{t('headers')}</h3>
          <Pairs pairs={facts.headers} />
        </div>
      )}
    </Dialog>
  );
}

function Pairs({ pairs }: { readonly pairs: Facts['headers'] }) {
  return (
    <dl className={css['pairs']}>
      {pairs.map(([name, value], index) => (
        // A field may stand twice; the list never changes.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function readHeaders(value: unknown): Facts['headers'] {
  return listOr(value, object).map((field) => [
    textOr(field['name'], ''),
    textOr(field['value'], '').replaceAll(/\s+/g, ' ').trim(),
  ]);
}

/** By which door; said when asked, as the language of the screen may change. */
function sayWay(by: string): string {
  if (by === 'mx') return t('by_mx');
  if (by === 'lmtp') return t('by_lmtp');
  return by === 'submission' ? t('by_submission') : by;
}

function readPassport(passport: Readonly<Record<string, unknown>> | undefined): Facts['passport'] {
  const arrival = passport?.['arrival'];
  const filtered = readFilterStops(passport);
  if (!isObject(arrival)) return filtered;
  const arrivedAt = textOr(arrival['at'], '');
  const details = isObject(arrival['details']) ? arrival['details'] : {};
  const text = (name: string) => textOr(details[name], '');
  const checks = isObject(details['authentication']) ? details['authentication'] : {};
  const checked = ['spf', 'dkim', 'dmarc', 'arc'].map((name) => `${name.toUpperCase()} ${textOr(checks[name], '')}`);
  const verdicts = listOr(details['verdicts'], object).map((each) => {
    const verdict = textOr(each['verdict'], '');
    // What is accepted needs no reason; the others give the name of a check.
    return verdict === 'accept' ? sayVerdict(verdict) : `${sayVerdict(verdict)} (${textOr(each['because'], '')})`;
  });
  const rows: readonly (readonly [string, string])[] = [
    [t('arrivedAt'), arrivedAt === '' ? '' : longDate(arrivedAt)],
    [t('arrivedBy'), sayWay(text('by'))],
    [t('arrivedFrom'), `${text('helloName')} [${text('remoteAddress')}]`],
    [t('envelopeFrom'), text('mailFrom') || t('nullSender')],
    [t('encrypted'), text('tls') || t('encryptedNo')],
    [t('checks'), Object.keys(checks).length > 0 ? checked.join(', ') : ''],
    [t('verdict'), verdicts.join(' ; ')],
  ];
  return [...rows.filter(([, value]) => value !== ''), ...filtered];
}

function sayVerdict(verdict: string): string {
  if (verdict === 'accept') return t('verdict_accept');
  if (verdict === 'junk') return t('verdict_junk');
  return verdict === 'refuse' ? t('verdict_refuse') : verdict;
}
