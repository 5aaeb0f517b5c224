/** Loading the provider once it is needed, and again when its keys are others. */
import { hasClients } from '#server/provider/clients.ts';
import { keyNames, signingKeys } from '#server/provider/keys.ts';
import type { Store } from '#server/store/store.ts';

import type { Provider } from './provider.ts';

/** How soon keys that another process made are used. */
const lookEveryMs = 30_000;

interface Loaded {
  readonly provider: Provider;
  readonly keys: string;
  readonly issuer: string;
  lookedAt: number;
}

export interface Loader {
  /** @returns undefined where no client is registered: then there is no provider. */
  load(issuer: string): Promise<Provider | undefined>;
}

export function createLoader(store: Store): Loader {
  let loading: Promise<Loaded> | undefined;
  return {
    async load(issuer) {
      const known = await loading;
      const isFresh = known && known.lookedAt + lookEveryMs > store.now() && known.issuer === issuer;
      if (isFresh) return known.provider;
      if (!(await hasClients(store))) return undefined;
      if (known?.issuer === issuer && known.keys === (await keyNames(store))) {
        known.lookedAt = store.now();
        return known.provider;
      }
      loading = make(store, issuer);
      return (await loading).provider;
    },
  };
}

async function make(store: Store, issuer: string): Promise<Loaded> {
  const { createProvider } = await quietly(() => import('./provider.ts'));
  const keys = await signingKeys(store);
  const provider = createProvider(store, issuer, keys);
  return { provider, issuer, keys: await keyNames(store), lookedAt: store.now() };
}

/** The library says on the console that this build of Node names no long-term support, which is no matter. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('Unsupported runtime')) warn(...words);
  };
  try {
    return await work();
  } finally {
    console.warn = warn;
  }
}
