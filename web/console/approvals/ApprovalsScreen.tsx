/** What waits for a second administrator: what is to be done, to whom, by whom and why; and one's own that wait. */
import { UserCheck } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useScope } from '#web/app/SyncContext.tsx';
import css from '#web/console/console.module.css';
import { GivenPassword } from '#web/console/GivenPassword.tsx';
import { refusalText } from '#web/console/refusals.ts';
import { NotFetched } from '#web/settings/page/NotFetched.tsx';
import { useFetched } from '#web/settings/page/useFetched.ts';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { ChoiceField } from '#web/ui/TextField.tsx';
import { showToast } from '#web/ui/toasts.ts';
import { answerText, actText, t } from '#web/words/approvals.ts';
import { dayName } from '#web/words/dates.ts';
import { pairText } from '#web/words/lists.ts';
import { ApprovalDialog } from './ApprovalDialog.tsx';
import { fetchApprovals, fetchOutcome, shownViews } from './approvals.ts';
import type { ApprovalRow, ShownView, Word } from './approvals.ts';
import { setWaitingCount } from './count.ts';
import { aboutText } from './words.ts';

export interface Asked {
  readonly approval: ApprovalRow;
  readonly action: Word['action'];
}

/** @param view asked for by a link; what one may decide, without. */
export function ApprovalsScreen({ view: wanted }: { readonly view: string | undefined }) {
  const { sync, session } = useScope();
  const accountId = session.primaryAccountId;
  const [view, setView] = useState<ShownView>(shownViews.find((one) => one === wanted) ?? 'toDecide');
  const fetched = useFetched(useCallback(() => fetchApprovals(sync, accountId, view), [sync, accountId, view]));
  const [asked, ask] = useState<Asked | undefined>(undefined);
  const [secret, setSecret] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const { value: approvals, load } = fetched;
  const rows = Array.isArray(approvals) ? approvals : undefined;
  useEffect(() => {
    if (view === 'toDecide' && rows) setWaitingCount(rows.length);
  }, [view, rows]);
  useEffect(() => {
    // The message that held the link is gone.
    if (wanted !== undefined) heading.current?.focus();
  }, [wanted]);

  async function show(id: string): Promise<void> {
    const found = await fetchOutcome(sync, accountId, id);
    if (typeof found === 'string') showToast(refusalText(found), { tone: 'danger' });
    else setSecret(found.secret);
  }

  return (
    <section className={css['page']} aria-labelledby="approvals-title">
      <h2 id="approvals-title" ref={heading} tabIndex={-1}>
        {t('title')}
      </h2>
      <p>{t('intro')}</p>
      <ChoiceField
        label={t('show')}
        value={view}
        onChange={setView}
        choices={shownViews.map((value) => ({ value, label: t(`show.${value}`) }))}
      />
      {approvals === undefined && (
        <NotFetched of={fetched} loading={t('loading')} failed={t('failed')} offline={t('offline')} />
      )}
      {typeof approvals === 'string' && (
        <EmptyState icon={UserCheck} title={t('forbidden')} text={refusalText(approvals)} />
      )}
      {rows?.length === 0 && <EmptyState icon={UserCheck} title={t('none')} text={t(`none.${view}`)} />}
      {rows && (
        <ul className={css['list']}>
          {rows.map((approval: ApprovalRow) => (
            <li key={approval.id} className={css['item']}>
              <Approval approval={approval} />
              <Acts approval={approval} onAsk={(action) => ask({ approval, action })} onShow={(id) => void show(id)} />
            </li>
          ))}
        </ul>
      )}
      {asked && (
        <ApprovalDialog
          asked={asked}
          onClose={() => ask(undefined)}
          onDone={() => {
            // The button that was pressed goes with its row.
            heading.current?.focus();
            void load();
          }}
        />
      )}
      {secret !== '' && (
        <GivenPassword
          title={t('secret')}
          password={secret}
          next={t('secretNext')}
          isKept
          onClose={() => setSecret('')}
        />
      )}
    </section>
  );
}

function Approval({ approval }: { readonly approval: ApprovalRow }) {
  const { personId, personName, unitName, authorName, reason, createdAt, until, isOwn, state } = approval;
  const date = dayName(new Date(createdAt));
  return (
    <div className={css['about']}>
      <strong>{actText(approval.details)}</strong>
      {personId !== '' && (
        <span>
          <Link href={`/console/people/${encodeURIComponent(personId)}`}>{personName}</Link>
          {unitName !== '' && ` · ${unitName}`}
        </span>
      )}
      {aboutText(approval) !== '' && <span>{aboutText(approval)}</span>}
      <span>{isOwn ? t('askedByYou', { date }) : t('askedBy', { name: authorName, date })}</span>
      {reason !== '' && <span>{t('reason', { reason })}</span>}
      {state === 'waiting' ? (
        <span>{t('until', { date: dayName(new Date(until)) })}</span>
      ) : (
        <Ended approval={approval} />
      )}
    </div>
  );
}

function Ended({ approval: { state, deciderName, decidedAt, answer } }: { readonly approval: ApprovalRow }) {
  if (state === 'waiting') return undefined;
  const date = dayName(new Date(decidedAt));
  return (
    <>
      <span>
        {t(`state.${state}`)} · {deciderName === '' ? date : t('by', { name: deciderName, date })}
      </span>
      {answer !== '' && <span>{answerText(state, answer)}</span>}
    </>
  );
}

interface ActsProps {
  readonly approval: ApprovalRow;
  readonly onAsk: (action: Word['action']) => void;
  readonly onShow: (id: string) => void;
}

function Acts({ approval, onAsk, onShow }: ActsProps) {
  const { id, isOwn, state, hasOutcome } = approval;
  const what = `${actText(approval.details)} ${approval.personName}`.trim();
  if (hasOutcome)
    return (
      <div className={css['acts']}>
        <Button aria-label={t('secretName', { what })} onPress={() => onShow(id)}>
          {t('secretShow')}
        </Button>
      </div>
    );
  if (state !== 'waiting') return undefined;
  const actions = isOwn ? (['withdraw'] as const) : (['approve', 'refuse'] as const);
  return (
    <div className={css['acts']}>
      {actions.map((action) => (
        <Button key={action} aria-label={pairText(t(action), what)} onPress={() => onAsk(action)}>
          {t(action)}
        </Button>
      ))}
    </div>
  );
}
