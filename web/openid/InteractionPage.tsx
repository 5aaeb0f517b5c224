/**
 * Between a service and the person it sent here. Whoever need not be asked goes on at once; others prove again that it is
 * them, or are told what the service will be able to do, and say yes or no. Who is not logged in was at the login before.
 */
import { useCallback, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { DoorPage } from '#web/app/DoorPage.tsx';
import { logOut } from '#web/app/login.ts';
import { useHouseInfo } from '#web/app/useHouseInfo.ts';
import { AnswerForm } from '#web/factors/AnswerForm.tsx';
import { read, readKinds } from '#web/factors/api.ts';
import type { ProofKind } from '#web/factors/api.ts';
import { Button } from '#web/ui/Button.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { t } from '#web/words/openid.ts';
import { answer, fetchAsked } from './interaction.ts';
import type { Asked } from './interaction.ts';
import css from './openid.module.css';
import { mayText } from './scopes.ts';

export interface InteractionPageProps {
  readonly uid: string;
  /** Who is logged in. */
  readonly userName: string;
}

export function InteractionPage({ uid, userName }: InteractionPageProps) {
  const house = useHouseInfo();
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const [isGoing, setGoing] = useState(false);

  const go = useCallback(
    async (word: 'yes' | 'no' | ''): Promise<void> => {
      setGoing(true);
      const location = await answer(uid, word);
      if (location !== undefined) {
        globalThis.location.assign(location);
        return;
      }
      setGoing(false);
      setAsked({ kind: 'unreachable' });
    },
    [uid],
  );
  const take = useCallback(
    (found: Asked): void => {
      setAsked(found);
      if (found.kind === 'ready') void go('');
      // The session ended a moment ago: a page loaded anew comes by the login.
      if (found.kind === 'login') globalThis.location.reload();
    },
    [go],
  );
  useEffect(() => void fetchAsked(uid).then(take), [uid, take]);
  const again = useCallback(() => void fetchAsked(uid).then(take), [uid, take]);

  return (
    <DoorPage title={titleOf(asked)} house={house}>
      <Body asked={asked} isGoing={isGoing} onAnswer={(word) => void go(word)} onAgain={again} />
      {(asked?.kind === 'consent' || asked?.kind === 'proof' || asked?.kind === 'foreign') && (
        <footer className={css['who']}>
          <p>{t('you', { name: userName })}</p>
          <Button
            tone="quiet"
            isDisabled={isGoing}
            onPress={() => void logOut().then(() => globalThis.location.reload())}
          >
            {t('other')}
          </Button>
        </footer>
      )}
    </DoorPage>
  );
}

function titleOf(asked: Asked | undefined): string {
  switch (asked?.kind) {
    case undefined:
    case 'login':
      return t('loading');
    case 'ready':
      return t('going', { name: asked.client });
    case 'proof':
      return t('proofTitle');
    case 'consent':
      return t('askTitle', { name: asked.client });
    case 'gone':
      return t('goneTitle');
    case 'foreign':
      return t('foreignTitle');
    case 'unreachable':
      return t('errorTitle');
  }
}

interface BodyProps {
  readonly asked: Asked | undefined;
  readonly isGoing: boolean;
  readonly onAnswer: (word: 'yes' | 'no') => void;
  readonly onAgain: () => void;
}

function Body({ asked, isGoing, onAnswer, onAgain }: BodyProps) {
  switch (asked?.kind) {
    case undefined:
    case 'login':
      return <Spinner label={t('loading')} />;
    case 'ready':
      return <Spinner label={t('going', { name: asked.client })} />;
    case 'proof':
      return <Proof asked={asked} onDone={onAgain} />;
    case 'consent':
      return <Consent asked={asked} isGoing={isGoing} onAnswer={onAnswer} />;
    case 'gone':
      return <Ended text={t('goneText')} />;
    case 'foreign':
      return <Ended text={t('foreignText')} />;
    case 'unreachable':
      return (
        <>
          <p role="alert">{t('unreachable')}</p>
          <Button onPress={onAgain}>{t('retry')}</Button>
        </>
      );
  }
}

function Ended({ text }: { readonly text: string }) {
  return (
    <>
      <p>{text}</p>
      <p>
        <Link href="/">{t('toMail')}</Link>
      </p>
    </>
  );
}

interface ConsentProps {
  readonly asked: Extract<Asked, { readonly kind: 'consent' }>;
  readonly isGoing: boolean;
  readonly onAnswer: (word: 'yes' | 'no') => void;
}

function Consent({ asked: { client, site, scopes }, isGoing, onAnswer }: ConsentProps) {
  return (
    <>
      <p>
        {t('askText', { name: client })} {site !== '' && t('askFrom', { site })}
      </p>
      <div>
        <p id="openid-may">{t('askMay')}</p>
        <ul className={css['may']} aria-labelledby="openid-may">
          {scopes.map((scope) => (
            <li key={scope}>{mayText(scope)}</li>
          ))}
        </ul>
      </div>
      <p>
        {t('askPassword')} {t('askLater')}
      </p>
      <div className={css['answers']}>
        <Button tone="primary" isDisabled={isGoing} onPress={() => onAnswer('yes')}>
          {t('accept')}
        </Button>
        <Button isDisabled={isGoing} onPress={() => onAnswer('no')}>
          {t('refuse')}
        </Button>
      </div>
    </>
  );
}

interface ProofProps {
  readonly asked: Extract<Asked, { readonly kind: 'proof' }>;
  readonly onDone: () => void;
}

function Proof({ asked: { client, twoFactors }, onDone }: ProofProps) {
  const [kinds, setKinds] = useState<readonly ProofKind[] | undefined>(undefined);
  useEffect(
    () =>
      void read('/auth/prove').then((reply) => {
        if (reply.kind === 'done') setKinds(readKinds(reply.answer));
        else onDone();
      }),
    [onDone],
  );
  return (
    <>
      <p>{t(twoFactors ? 'proofTwoText' : 'proofText', { name: client })}</p>
      {!kinds && <Spinner label={t('loading')} />}
      {kinds && <AnswerForm kinds={kinds} path="/auth/prove" onDone={onDone} onTooLate={onDone} />}
    </>
  );
}
