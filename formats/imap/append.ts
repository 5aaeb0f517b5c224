/** What APPEND brings (RFC 9051 §6.3.12, RFC 3502, RFC 4469, RFC 6855 §4). */
import type { LiteralOctets } from './literal.ts';

export interface AppendMessage {
  readonly flags: readonly string[];
  /** Since 1970; undefined: now. */
  readonly internalDateMs: number | undefined;
  readonly data: AppendData;
}

export type AppendData =
  | AppendLiteral
  /** CATENATE (RFC 4469): the parts one after the other. */
  | { readonly kind: 'catenate'; readonly parts: readonly CatenatePart[] };

export interface AppendLiteral {
  readonly kind: 'literal';
  readonly octets: LiteralOctets;
  /** `~{n}`: may hold NUL and 8-bit lines (RFC 3516). */
  readonly isBinary: boolean;
  /** `UTF8 (~{n})`: the header may hold UTF-8 (RFC 6855 §4). */
  readonly isUtf8: boolean;
}

export type CatenatePart = AppendLiteral | { readonly kind: 'url'; readonly url: string };
