/** What this provider is called (RFC 8414 §2): one name a house, said once by the composition. */
import type { Store } from '#server/store/store.ts';

const issuers = new WeakMap<Store, () => string>();

/** @param issuer asked for at each use: without a public address it holds the port, which is known once the server listens. */
export function setIssuer(store: Store, issuer: () => string): void {
  issuers.set(store, issuer);
}

/** undefined of a store that is served by nobody. */
export function issuerOf(store: Store): string | undefined {
  return issuers.get(store)?.();
}
