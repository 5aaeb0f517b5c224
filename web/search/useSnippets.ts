/** The snippets of the rows in sight, asked in one call after the rows are shown. */
import { useEffect, useState } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { isObject, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import { readMarked } from './snippets.ts';
import type { Piece } from './snippets.ts';

export interface Snippet {
  readonly subject: readonly Piece[] | undefined;
  readonly preview: readonly Piece[] | undefined;
}

/** @param filter null where nothing is searched. */
export function useSnippets(filter: JsonObject | null, emailIds: readonly string[]): ReadonlyMap<string, Snippet> {
  const { sync, accountId } = useScope();
  const [known, setKnown] = useState<{
    readonly filter: JsonObject | null;
    readonly snippets: ReadonlyMap<string, Snippet>;
  }>({
    filter,
    snippets: new Map(),
  });
  const current = known.filter === filter ? known.snippets : empty;
  const missing = filter === null ? '' : emailIds.filter((id) => !current.has(id)).join(' ');

  useEffect(() => {
    if (missing === '') return;
    let isLeft = false;
    const ids = missing.split(' ');
    sync.client
      .request([['SearchSnippet/get', { accountId, filter, emailIds: ids }, 'snippets']])
      .then((answers) => {
        if (isLeft) return;
        const found = readSnippets(answers.of('snippets')['list']);
        // What has no snippet is remembered as such, or it would be asked for at every row.
        const asked = ids.map((id) => [id, found.get(id) ?? { subject: undefined, preview: undefined }] as const);
        setKnown((before) => ({
          filter,
          snippets: new Map([...(before.filter === filter ? before.snippets : []), ...asked]),
        }));
      })
      .catch(() => undefined);
    return () => {
      isLeft = true;
    };
  }, [sync, accountId, filter, missing]);

  return current;
}

const empty: ReadonlyMap<string, Snippet> = new Map();

function readSnippets(value: unknown): ReadonlyMap<string, Snippet> {
  const snippets = new Map<string, Snippet>();
  for (const item of Array.isArray(value) ? value : []) {
    if (!isObject(item)) continue;
    const { emailId, subject, preview } = item;
    snippets.set(textOr(emailId, ''), {
      subject: typeof subject === 'string' ? readMarked(subject) : undefined,
      preview: typeof preview === 'string' ? readMarked(preview) : undefined,
    });
  }
  return snippets;
}
