/** How the configuration sets up the OpenID Connect provider: what it is called, and where it may tell clients anything. */
import { readFileSync } from 'node:fs';

import type { Config } from '#server/config/read.ts';
import type { LogoutOptions } from '#server/provider/logout.ts';
import { setIssuer } from '#server/provider/issuer.ts';
import type { Store } from '#server/store/store.ts';

export interface OpenidPlan extends LogoutOptions {
  /** Said once the server listens. */
  readonly listens: (url: string) => void;
}

/** Before the server listens nobody asks for the name. */
export function planOpenid(store: Store, { http, lab, openid, tls }: Config): OpenidPlan {
  let url = http.url.replace(/\/+$/, '');
  const issuer = (): string => url;
  setIssuer(store, issuer);
  return {
    issuer,
    mayReachInside: lab || openid.insideServices,
    ...(tls.extraCa !== '' && { extraCa: readFileSync(tls.extraCa, 'utf8') }),
    listens(own) {
      if (url === '') url = own;
    },
  };
}
