/** Other directories that keep ours up to date: what they are told of us, and the token of each. */
import { Waypoints } from 'lucide-react';
import { useCallback, useId, useRef, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { refusalText, toastRefusal } from '#web/console/refusals.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Copyable } from '#web/settings/programs/Copyable.tsx';
import { Button } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { t as word } from '#web/words/console.ts';
import { dayName, mediumDate } from '#web/words/dates.ts';
import { t } from '#web/words/directories.ts';
import { TokenDialog } from './TokenDialog.tsx';
import { fetchTokens, revokeToken } from './tokens.ts';
import type { TokenRow } from './tokens.ts';

export function DirectoriesScreen() {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const fetched = useFetched(useCallback(() => fetchTokens(sync, accountId), [sync, accountId]));
  const [isAdding, add] = useState(false);
  const [asked, ask] = useState<TokenRow | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: tokens, load } = fetched;

  async function revoke({ id, name }: TokenRow): Promise<void> {
    const refused = await revokeToken(sync, accountId, id);
    if (refused === undefined) showToast(t('revoked', { name }));
    else toastRefusal(refused);
    await load();
    // The button that was pressed goes with its row.
    heading.current?.focus();
  }

  return (
    <section className={css['page']} aria-labelledby="directories-title">
      <h2 id="directories-title" ref={heading} tabIndex={-1}>
        {t('title')}
      </h2>
      <p>{t('intro')}</p>
      {tokens === undefined && (
        <NotFetched of={fetched} loading={word('loading')} failed={word('failed')} offline={word('offline')} />
      )}
      {typeof tokens === 'string' && <EmptyState icon={Waypoints} title={t('forbidden')} text={refusalText(tokens)} />}
      {Array.isArray(tokens) && (
        <>
          <Settings />
          <div>
            <Button tone="primary" onPress={() => add(true)}>
              {t('add')}
            </Button>
          </div>
          {tokens.length === 0 && <EmptyState icon={Waypoints} title={t('empty')} text={t('emptyText')} />}
          {tokens.length > 0 && <Tokens tokens={tokens} onRevoke={ask} />}
        </>
      )}
      {isAdding && <TokenDialog onClose={() => add(false)} onMade={() => void load()} />}
      {asked && (
        <Confirm
          title={t('revokeTitle', { name: asked.name })}
          text={t('revokeText')}
          action={t('revoke')}
          onConfirm={() => void revoke(asked)}
          onClose={() => ask(undefined)}
        />
      )}
    </section>
  );
}

/** What is the same for each of them. */
function Settings() {
  const id = useId();
  return (
    <section className={css['part']} aria-labelledby={id}>
      <h3 id={id}>{t('settings')}</h3>
      <dl className={css['facts']}>
        <div>
          <dt>{t('base')}</dt>
          <dd>
            <Copyable name={t('base')} value={`${globalThis.location.origin}/scim/v2`} />
          </dd>
        </div>
        <div>
          <dt>{t('key')}</dt>
          <dd>{t('keyText')}</dd>
        </div>
        <div>
          <dt>{t('match')}</dt>
          <dd>{t('matchText')}</dd>
        </div>
        <div>
          <dt>{t('guide')}</dt>
          <dd>{t('guideText')}</dd>
        </div>
      </dl>
    </section>
  );
}

interface TokensProps {
  readonly tokens: readonly TokenRow[];
  readonly onRevoke: (token: TokenRow) => void;
}

function Tokens({ tokens, onRevoke }: TokensProps) {
  return (
    <ul className={css['list']} aria-label={t('tokens')}>
      {tokens.map((token) => (
        <li key={token.id} className={css['item']}>
          <div className={css['about']}>
            <strong>{token.name}</strong>
            <span>{token.unitName === '' ? t('whole') : t('scope', { unit: token.unitName })}</span>
            <span>
              {[t('made', { date: dayName(new Date(token.createdAt)) }), endText(token)].filter(Boolean).join(', ')}
            </span>
            <span>
              {token.lastUsedAt === ''
                ? t('neverUsed')
                : t('used', { date: mediumDate(token.lastUsedAt), from: token.lastUsedFrom })}
            </span>
          </div>
          <Button tone="danger" aria-label={t('revokeName', { name: token.name })} onPress={() => onRevoke(token)}>
            {t('revoke')}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function endText({ expiresAt }: TokenRow): string {
  if (expiresAt === '') return '';
  // Its end is the first moment after the last day.
  const date = dayName(new Date(Date.parse(expiresAt) - 1));
  return t(Date.parse(expiresAt) <= Date.now() ? 'expired' : 'until', { date });
}
