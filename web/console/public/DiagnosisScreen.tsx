/** The check of somebody's browser, by itself; it stands on the card of each person too. */
import css from '#web/console/console.module.css';
import { t } from '#web/words/diagnosis.ts';
import { DiagnosisPart } from './DiagnosisPart.tsx';

export function DiagnosisScreen() {
  return (
    <section className={css['page']} aria-labelledby="diagnosis-title">
      <h2 id="diagnosis-title">{t('title')}</h2>
      <p>{t('intro')}</p>
      <DiagnosisPart />
    </section>
  );
}
