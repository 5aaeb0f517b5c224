/** Takes the requests for a composer. */
import { useEffect } from 'react';
import { takeComposeRequests } from '#web/app/composeRequests.ts';
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/compose.ts';

export function ComposeHost() {
  useEffect(() => takeComposeRequests(() => showToast(t('unavailable'))), []);
  return null;
}
