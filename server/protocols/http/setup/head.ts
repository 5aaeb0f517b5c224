/**
 * Set-up without a guide: what mail programs ask before they know anything but an address (Thunderbird's autoconfig,
 * Outlook's autodiscover), Apple's profile, and the same in JSON for the page that people read. What needs no login
 * answers alike for every local part of a domain: it never tells whether an account exists.
 */
import type { HttpHead } from '#server/protocols/web.ts';
import type { PublicPorts } from '#server/setup/services.ts';
import type { Signer } from '#server/setup/sign.ts';

import { appleRoutes } from './apple.ts';
import { autoconfigRoutes } from './autoconfig.ts';
import { autodiscoverRoutes } from './autodiscover.ts';
import { programsRoute } from './programs.ts';
import type { ReachOf } from './request.ts';

export interface SetupOptions {
  /** Where mail programs connect to. */
  readonly hostName: string;
  readonly ports: PublicPorts;
  /** What Apple profiles are signed with; without it they go unsigned, and devices say so. */
  readonly signer?: Signer;
}

export function setupHead({ hostName, ports, signer }: SetupOptions): HttpHead {
  return (web) => {
    const reachOf: ReachOf = (request) => ({ hostName, ports, webUrl: web.baseUrl(request).replace(/\/+$/, '') });
    autoconfigRoutes(web, reachOf);
    autodiscoverRoutes(web, reachOf);
    appleRoutes(web, reachOf, signer);
    programsRoute(web, reachOf);
  };
}
