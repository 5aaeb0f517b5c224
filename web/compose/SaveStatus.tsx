/** Where the draft stands, in words. Only what matters is read out: trouble at once, a save not at all. */
import type { SaveState } from './plan/saveState.ts';
import { isUnsaved } from './plan/saveState.ts';
import { localeTag } from '#web/words/language.ts';
import { t } from '#web/words/compose.ts';
import { refusalWords } from './refusals.ts';
import css from './window.module.css';

export function SaveStatus({ save, isPristine }: { readonly save: SaveState; readonly isPristine: boolean }) {
  const isTrouble = save.activity.kind === 'offline' || save.activity.kind === 'refused';
  return (
    <p className={css['status']} role={isTrouble ? 'status' : undefined} data-trouble={isTrouble || undefined}>
      {isPristine ? '' : words(save)}
    </p>
  );
}

function words(save: SaveState): string {
  switch (save.activity.kind) {
    case 'saving':
      return t('save.saving');
    case 'offline':
      return t('save.offline');
    case 'refused':
      return t('save.refused', { why: refusalWords(save.activity.type) });
    case 'idle':
      break;
  }
  if (save.savedAtMs === undefined || isUnsaved(save))
    return save.savedAtMs === undefined && !isUnsaved(save) ? '' : t('save.waiting');
  const time = new Intl.DateTimeFormat(localeTag(), { hour: '2-digit', minute: '2-digit' }).format(save.savedAtMs);
  return t('save.saved', { time });
}
