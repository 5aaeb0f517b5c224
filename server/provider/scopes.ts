/**
 * What a client may ask for. Those of mail programs have the names and the meaning of the scopes of app passwords: `mail`
 * reads and changes mail by IMAP, JMAP and ManageSieve, `submission` sends; none brings the other with it.
 */
import type { Scope } from '#server/access/actor.ts';

export const allClientScopes = [
  'openid',
  'profile',
  'email',
  'affiliation',
  'offline_access',
  'mail',
  'submission',
] as const;

export type ClientScope = (typeof allClientScopes)[number];

/** Which claims a scope brings (OpenID Connect Core §5.4); `affiliation` is ours. */
export const claimsOfScope = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale'],
  email: ['email', 'email_verified'],
  affiliation: ['unit', 'unit_name', 'population'],
} as const satisfies Partial<Record<ClientScope, readonly string[]>>;

/** Those by which a program reaches the house itself. */
export function programScopes(scopes: readonly string[]): readonly Scope[] {
  return (['mail', 'submission'] as const).filter((scope) => scopes.includes(scope));
}

/** Those we know, each once, in our order. */
export function readScopes(names: readonly unknown[]): readonly ClientScope[] {
  return allClientScopes.filter((scope) => names.includes(scope));
}
