/** How much room is left, in words and as a bar. Nothing is shown where no quota is set. */
import { useRecords } from '#web/app/SyncContext.tsx';
import { sizeText } from '#web/words/dates.ts';
import { t } from '#web/words/words.ts';
import css from './quota.module.css';

export function QuotaGauge() {
  const quota = useRecords('Quota').find((it) => it.resourceType === 'octets' && it.hardLimit > 0);
  if (!quota) return null;
  const text = t('quota.used', { used: sizeText(quota.used), limit: sizeText(quota.hardLimit) });
  const isHigh = quota.used / quota.hardLimit > 0.9;
  return (
    <div className={css['quota']} data-high={isHigh || undefined}>
      <meter min={0} max={quota.hardLimit} value={Math.min(quota.used, quota.hardLimit)} aria-label={t('quota.label')}>
        {text}
      </meter>
      <p>{text}</p>
    </div>
  );
}
