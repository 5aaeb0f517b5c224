/** Why a browser did not come in by a provider, told to that browser alone: an address could be made up by anybody. */
import { hashToken, readSessionToken } from '#server/access/token.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectUnderWay } from './queries.ts';

/** What `arrive` kept (`Refused`, as JSON); undefined for anybody else's state, and after ten minutes. */
export async function readRefused(store: Store, state: string, browser: string): Promise<unknown> {
  const key = readSessionToken(state);
  const login = key && (await read(store, (tx) => selectUnderWay(tx, key)));
  if (!login || login.browserHash !== hashToken(browser) || login.expiresAt <= store.now()) return undefined;
  return login.outcome === null ? undefined : JSON.parse(login.outcome);
}
