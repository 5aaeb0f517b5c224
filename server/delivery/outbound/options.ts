/** How mail leaves the house: what the operator decided, and the parts a test replaces by its own. */
import { domainToASCII } from 'node:url';

import { isOwnAddress } from './own-address.ts';
import { publishedPolicies, type TlsPolicy } from './mta-sts.ts';
import { type MailResolver, systemMailResolver } from './resolve.ts';
import type { Target } from './route.ts';
import type { Timeouts } from './session.ts';

export interface Outbound {
  /** Our name in EHLO, Received and reports. */
  readonly hostName: string;
  readonly road: Road;
  readonly resolver: MailResolver;
  readonly tlsPolicy: TlsPolicy;
  /** Connections to one host at once. */
  readonly connectionsPerHost: number;
  readonly isOwnAddress: (address: string) => boolean;
  readonly portOf: (target: Target) => number;
  /** Further authorities to believe, PEM. */
  readonly ca: string | undefined;
  readonly timeouts: Timeouts;
}

export type Road =
  /** Nothing leaves the house: laboratory mode. */
  { readonly kind: 'none' } | { readonly kind: 'mx' } | ({ readonly kind: 'smarthost' } & Smarthost);

export interface Smarthost {
  readonly host: string;
  readonly port: number;
  readonly isTlsImplicit: boolean;
  readonly login: { readonly userName: string; readonly password: string } | undefined;
}

export interface OutboundSettings {
  readonly hostName: string;
  readonly isLab: boolean;
  /** As in the option `delivery.smarthost`; empty: by MX. */
  readonly smarthost: string;
  readonly connectionsPerHost: number;
  readonly ca: string | undefined;
}

const timeouts: Timeouts = { connectMs: 30_000, commandMs: 120_000, endOfDataMs: 600_000 };

/** @throws {RangeError} when the smarthost is no `smtp://` or `smtps://` URL. */
export function planOutbound(settings: OutboundSettings): Outbound {
  const { hostName, isLab, smarthost, connectionsPerHost, ca } = settings;
  const resolver = systemMailResolver();
  const byDefault: Road = { kind: isLab ? 'none' : 'mx' };
  return {
    hostName,
    road: smarthost === '' ? byDefault : { kind: 'smarthost', ...readSmarthost(smarthost) },
    resolver,
    tlsPolicy: publishedPolicies(resolver),
    connectionsPerHost,
    isOwnAddress,
    portOf: () => 25,
    ca,
    timeouts,
  };
}

/** `smtp://USER:PASSWORD@HOST:PORT`. @throws {RangeError} without the password in its words. */
export function readSmarthost(text: string): Smarthost {
  const url = URL.parse(text);
  const isTlsImplicit = url?.protocol === 'smtps:';
  if (!url || (!isTlsImplicit && url.protocol !== 'smtp:') || url.hostname === '')
    throw new RangeError('the smarthost is not smtp://HOST or smtps://HOST');
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : domainToASCII(url.hostname) || url.hostname;
  const userName = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  return {
    host,
    port: url.port === '' ? (isTlsImplicit ? 465 : 25) : Number(url.port),
    isTlsImplicit,
    login: userName === '' ? undefined : { userName, password },
  };
}
