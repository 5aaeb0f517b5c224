/** Asking the DNS where mail goes. Its answers are values (route.ts); a name server that does not answer is one of them. */
import { Resolver } from 'node:dns/promises';

import type { AddressLookup, MxLookup } from './route.ts';

export interface MailResolver {
  readonly mx: (domain: string) => Promise<MxLookup>;
  /** A and AAAA together. */
  readonly addresses: (name: string) => Promise<AddressLookup>;
  /** For MTA-STS (RFC 8461): TXT, A and AAAA as the DNS gives them; throws as node:dns does. */
  readonly resolve: (name: string, type: string) => Promise<string[][] | string[]>;
}

const timeoutMs = 5_000;

/** The system's name servers. */
export function systemMailResolver(): MailResolver {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 3 });
  return {
    async mx(domain) {
      try {
        return { kind: 'found', records: await resolver.resolveMx(domain) };
      } catch (error) {
        const code = codeOf(error);
        if (code === 'ENOTFOUND') return { kind: 'noDomain' };
        return { kind: code === 'ENODATA' ? 'noRecords' : 'failed' };
      }
    },
    async addresses(name) {
      const asked = await Promise.allSettled([resolver.resolve6(name), resolver.resolve4(name)]);
      const addresses = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      if (addresses.length > 0) return { kind: 'found', addresses };
      const saysNo = asked.every((one) => one.status === 'rejected' && isNo(codeOf(one.reason)));
      return { kind: saysNo ? 'none' : 'failed' };
    },
    // TXT, A and AAAA answer with text.
    resolve: (name, type) => resolver.resolve(name, type) as Promise<string[]>,
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isNo(code: string): boolean {
  return code === 'ENOTFOUND' || code === 'ENODATA';
}
