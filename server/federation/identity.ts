/** Who somebody is in a provider's words, once its proof was verified: the one form that all three protocols end in. */

export interface Identity {
  /** What the provider calls the person, for ever. */
  readonly subject: string;
  /** What it says of them: claims or attributes, each with its values. */
  readonly claims: Claims;
  /** The provider's own name of its session; undefined where it says none. */
  readonly sid: string | undefined;
  /** How well it knows them (acr), as it says. */
  readonly level: string | undefined;
  /** What it wants to hear when they leave. */
  readonly farewell: Farewell;
}

export type Claims = ReadonlyMap<string, readonly string[]>;

export type Farewell =
  | { readonly kind: 'oidc'; readonly idToken: string }
  | { readonly kind: 'cas' }
  | {
      readonly kind: 'saml';
      readonly nameId: string;
      readonly nameIdFormat: string;
      readonly sessionIndex: string | undefined;
    };

const mostClaims = 200;
const claimCharacters = 2_000;
export const subjectCharacters = 500;

/** Texts, numbers and truth values, alone or listed; anything else is left out. */
export function readClaims(values: Readonly<Record<string, unknown>>): Claims {
  const entries = Object.entries(values).slice(0, mostClaims);
  return new Map(
    entries.map(([name, value]) => [
      name,
      (Array.isArray(value) ? value.slice(0, mostClaims) : [value]).flatMap(textOf),
    ]),
  );
}

function textOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length <= claimCharacters ? [value] : [];
  return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
}
