/** Verifying the trace: every seal is made again from its lines, one after the other. */
import type { TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { type Seal, selectSealed, selectSeals, selectStray, selectTenantIds } from './queries/seals.ts';
import { firstHash, hashLines } from './seal.ts';

export interface TraceFinding {
  readonly kind: 'problem' | 'note';
  readonly sentence: string;
}

const sealsPerPage = 200;

/** `hear` is told of how many tenants the trace is verified. */
export async function* verifyTrace(
  store: Store,
  hear: (done: number, total: number) => void = () => undefined,
): AsyncGenerator<TraceFinding> {
  const tenants = await read(store, selectTenantIds);
  for (const [index, tenantId] of tenants.entries()) {
    yield* verifyChain(store, tenantId);
    hear(index + 1, tenants.length);
  }
}

async function* verifyChain(store: Store, tenantId: TenantId): AsyncGenerator<TraceFinding> {
  const problem = (sentence: string): TraceFinding => ({
    kind: 'problem',
    sentence: `tenant ${tenantId}: ${sentence}`,
  });
  let before: Pick<Seal, 'n' | 'hash'> = { n: 0, hash: firstHash };
  for (;;) {
    const page = await read(store, (tx) => selectSeals(tx, tenantId, before.n, sealsPerPage));
    for (const seal of page) {
      if (seal.n !== before.n + 1) yield problem(`seals ${before.n + 1} to ${seal.n - 1} of the trace are gone`);
      else if (seal.previousHash !== before.hash) yield problem(`seal ${seal.n} does not continue the one before`);
      const lines = await read(store, (tx) => selectSealed(tx, tenantId, seal.n));
      if (lines.length !== seal.count)
        yield problem(`seal ${seal.n} covers ${seal.count} lines of the trace, there are ${lines.length}`);
      else if (hashLines(seal.previousHash, lines) !== seal.hash)
        yield problem(`lines of the trace under seal ${seal.n} (${rangeOf(lines)}) are not what was sealed`);
      before = seal;
    }
    if (page.length < sealsPerPage) break;
  }
  const stray = await read(store, (tx) => selectStray(tx, tenantId, before.n));
  if (stray.count > 0)
    yield problem(
      `${stray.count} lines of the trace are under seals up to ${stray.highest}, and the last one is ${before.n}`,
    );
}

function rangeOf(lines: readonly { readonly at: number }[]): string {
  const day = (at: number | undefined): string => new Date(at ?? 0).toISOString().slice(0, 16);
  return `${day(lines[0]?.at)} to ${day(lines.at(-1)?.at)}`;
}
