/** Our own place in the browser's address bar, and where a provider sends it and us back to. */
import type { ProviderKey } from './under-way.ts';
import type { ProviderKind } from './settings.ts';

export interface Site {
  /** `https://mail.example.org`, without a slash at the end. */
  readonly baseUrl: string;
  /** Asks a page of this very server, without leaving it. */
  readonly askOwn: (path: string) => Promise<Response>;
}

/** One for each provider, so that none can pass for another (RFC 9700 §4.4.2.2). */
export function placeOf(
  { baseUrl }: Pick<Site, 'baseUrl'>,
  kind: ProviderKind,
  { tenantId, id }: ProviderKey,
  page: 'callback' | 'metadata' | 'logout',
): string {
  return `${baseUrl}/auth/federation/${kind}/${tenantId}.${id}/${page}`;
}
