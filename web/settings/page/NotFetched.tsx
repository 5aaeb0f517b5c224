/** What stands in place of what has not been fetched: it is on its way, it failed, or there is no line. */
import { CloudOff } from 'lucide-react';
import { Button } from '#web/ui/Button.tsx';
import { EmptyState } from '#web/ui/EmptyState.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { t } from '#web/words/settings.ts';
import type { Fetched } from './useFetched.ts';

export interface NotFetchedProps {
  readonly of: Fetched<unknown>;
  readonly loading: string;
  readonly failed: string;
  readonly offline: string;
}

export function NotFetched({ of: { hasFailed, line, load }, loading, failed, offline }: NotFetchedProps) {
  const isOnline = line === 'online';
  if (!hasFailed && isOnline) return <Spinner label={loading} />;
  return (
    <EmptyState icon={CloudOff} title={failed} text={isOnline ? undefined : offline}>
      {isOnline && <Button onPress={() => void load()}>{t('retry')}</Button>}
    </EmptyState>
  );
}
