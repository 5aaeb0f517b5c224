/**
 * Addresses for header fields (RFC 5322 §3.4): quoted where ASCII needs it, encoded-words where it is not ASCII (RFC 2047 §5). Given as tokens that
 * stand with one space between them, so that the caller can fold there. Nothing in a name or address can end the field.
 */
import { encodeWords } from '#formats/message/words.ts';
import type { AddressGroup, EmailAddress } from './types.ts';

const ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/;

/** `Jean Dupont <jean@example.org>, marie@example.org` as tokens. */
export function addressTokens(addresses: readonly EmailAddress[]): string[] {
  return withCommas(addresses.map(mailboxTokens));
}

/** As `addressTokens`; a group prints as `Name: a@example.org;` (RFC 5322 §3.4). */
export function groupTokens(groups: readonly AddressGroup[]): string[] {
  const lists = groups.flatMap((group): string[][] => {
    if (group.name === null) return group.addresses.map(mailboxTokens);
    const tokens = [...phraseTokens(group.name)];
    append(tokens, ':');
    tokens.push(...addressTokens(group.addresses));
    append(tokens, ';');
    return [tokens];
  });
  return withCommas(lists);
}

function mailboxTokens(address: EmailAddress): string[] {
  const email = withoutControls(address.email).replace(/[<>]/g, '').trim();
  const phrase = address.name === null ? [] : phraseTokens(address.name);
  // Without a name an address that is none would be read as a name: brackets tell.
  if (phrase.length === 0 && /^[^\s@,;:"()]+@[^\s@,;:"()]+$/.test(email)) return [email];
  return [...phrase, `<${email}>`];
}

function phraseTokens(name: string): string[] {
  const phrase = withoutControls(name).replace(/\s+/g, ' ').trim();
  if (phrase === '') return [];
  const isAscii = /^[ -~]*$/.test(phrase);
  if (!isAscii || phrase.includes('=?')) return encodeWords(phrase);
  const words = phrase.split(' ');
  if (words.every((word) => ATOM.test(word))) return words;
  if (phrase.length > 900) return encodeWords(phrase);
  return `"${phrase.replace(/["\\]/g, '\\$&')}"`.split(' ');
}

function withCommas(lists: readonly string[][]): string[] {
  const tokens: string[] = [];
  for (const [index, list] of lists.entries()) {
    if (index > 0) append(tokens, ',');
    tokens.push(...list);
  }
  return tokens;
}

function append(tokens: string[], mark: string): void {
  const last = tokens.pop() ?? '';
  tokens.push(last + mark);
}

function withoutControls(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
