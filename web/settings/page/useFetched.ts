/** What a page of the settings asks of the server beside the synchronised records: fetched as soon as there is a line. */
import { useEffect, useMemo, useState } from 'react';
import { useLine, useScope } from '#web/app/SyncContext.tsx';
import type { Line } from '#web/sync/connection.ts';

export interface Fetched<T> {
  /** What came last; undefined before anything did. */
  readonly value: T | undefined;
  /** Whether the last attempt failed; what came before is kept. */
  readonly hasFailed: boolean;
  readonly line: Line;
  /** Fetches again, or once more after the fetch that is under way, so that what came last is the latest; never rejects. */
  readonly load: () => Promise<void>;
}

/** @param fetch the same function as long as it asks for the same: another one is called at once. */
export function useFetched<T>(fetch: () => Promise<T>): Fetched<T> {
  const { sync } = useScope();
  const line = useLine(sync);
  const [value, setValue] = useState<T | undefined>(undefined);
  const [hasFailed, setFailed] = useState(false);
  const load = useMemo(
    () =>
      oneByOne(() =>
        fetch().then(
          (fetched) => {
            setValue(() => fetched);
            setFailed(false);
          },
          (error: unknown) => {
            sync.connection.report(error);
            setFailed(true);
          },
        ),
      ),
    [sync, fetch],
  );
  useEffect(() => {
    if (line === 'online') void load();
  }, [line, load]);
  return { value, hasFailed, line, load };
}

/** However often it is called meanwhile, `work` runs once more after the run under way. @param work never rejects. */
function oneByOne(work: () => Promise<void>): () => Promise<void> {
  let now: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => {
    now = work().finally(() => {
      now = undefined;
    });
    return now;
  };
  return () => {
    if (!now) return run();
    next ??= now.then(() => {
      next = undefined;
      return run();
    });
    return next;
  };
}
