/**
 * What the operator decided about imports, and the key under which passwords rest. One per open store; the composition
 * hands it over once, before the first request. Without, nobody imports anything.
 */
import type { Store } from '#server/store/store.ts';

import type { SourceOptions } from './source.ts';

export interface ImportPolicy extends SourceOptions {
  /** Of the installation (secret.ts). */
  readonly key: Buffer;
  /** Imports at work at once in this process. */
  readonly atOnce: number;
  /** Whether people may begin imports themselves. */
  readonly isOpen: boolean;
  /** Hosts whose certificate is taken whatever it says; lower case. */
  readonly anyCertificateHosts: readonly string[];
}

const keptFor = new WeakMap<Store, ImportPolicy>();

export function setImportPolicy(store: Store, policy: ImportPolicy): void {
  keptFor.set(store, policy);
}

export function importPolicy(store: Store): ImportPolicy | undefined {
  return keptFor.get(store);
}
