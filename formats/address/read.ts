/**
 * Address lists of header fields (RFC 5322 §3.4, obsolete forms of §4.4), leniently: whatever stands there comes out as names and addresses
 * that can be shown, in order, and nothing throws. One pass, no backtracking. SMTP paths are read elsewhere, strictly.
 */
import { unfold } from '#formats/message/fields.ts';
import { decodeWords, encodedWordEnd } from '#formats/message/words.ts';
import type { AddressGroup, EmailAddress } from './types.ts';

/** Addresses kept of one field. */
export const MAX_ADDRESSES = 10_000;

/** Words of one mailbox that are looked at for an address without brackets. */
const MAX_WORDS = 64;

/** What has been read of the mailbox that is not finished. */
interface Pending {
  /** As a phrase: quotes taken off. */
  phrase: string;
  /** As an addr-spec: quotes kept, white space dropped later. */
  spec: string;
  angle: string | null;
  comment: string;
  hasQuoted: boolean;
}

interface Run {
  readonly name: string | null;
  readonly addresses: EmailAddress[];
}

interface List {
  readonly runs: Run[];
  /** Where the next address goes; null where a new run begins. */
  run: Run | null;
  count: number;
}

/** Reads a raw or unfolded field value. Mailboxes outside a group come in runs with `name: null` (RFC 8621 §4.1.2.4). */
export function readAddressGroups(raw: string): AddressGroup[] {
  const text = unfold(raw);
  const list: List = { runs: [], run: null, count: 0 };
  const finder = { next: -1 };
  let isInGroup = false;
  let pending = emptyPending();
  let mayQuote = true;
  let at = 0;
  while (at < text.length && list.count < MAX_ADDRESSES) {
    const character = text.charAt(at);
    switch (character) {
      case ',':
        addAddress(list, pending);
        pending = emptyPending();
        at++;
        break;
      case ';':
        addAddress(list, pending);
        pending = emptyPending();
        if (isInGroup) list.run = null;
        isInGroup = false;
        at++;
        break;
      case ':':
        if (!isInGroup && pending.angle === null && pending.phrase.trim() !== '' && !pending.spec.includes('@')) {
          const name = decodePhrase(pending.phrase);
          pending = emptyPending();
          // `mailto:` pasted from a link is no group.
          if (name.toLowerCase() !== 'mailto') {
            openRun(list, name);
            isInGroup = true;
          }
        } else addText(pending, character);
        at++;
        break;
      case '(': {
        const end = endOfComment(text, at);
        pending.comment = text.slice(at + 1, end - 1);
        addText(pending, ' ');
        at = end;
        break;
      }
      case '"': {
        const end = mayQuote ? endOfQuoted(text, at) : -1;
        if (end < 0) {
          // One that never closes makes every later one literal too, else each would be searched to the end.
          mayQuote = false;
          at++;
        } else {
          pending.phrase += unquote(text.slice(at + 1, end - 1));
          pending.spec += text.slice(at, end);
          pending.hasQuoted = true;
          at = end;
        }
        break;
      }
      case '<': {
        const end = endOfAngle(text, at);
        const angle = text.slice(at + 1, text.charAt(end - 1) === '>' ? end - 1 : end);
        if (pending.angle === null || pending.angle === '') pending.angle = angle;
        at = end;
        break;
      }
      default: {
        const wordEnd = character === '=' && text.charAt(at + 1) === '?' ? encodedWordEnd(text, at, finder) : -1;
        const end = wordEnd > at ? wordEnd : endOfText(text, at);
        addText(pending, text.slice(at, end));
        at = end;
      }
    }
  }
  addAddress(list, pending);
  return list.runs;
}

/** The addresses of every group and run, in order (RFC 8621 §4.1.2.3). */
export function flattenGroups(groups: readonly AddressGroup[]): EmailAddress[] {
  return groups.flatMap((group) => group.addresses);
}

function addAddress(list: List, pending: Pending): void {
  const address = list.count < MAX_ADDRESSES ? finishAddress(pending) : null;
  if (address === null) return;
  list.count++;
  const run = list.run ?? openRun(list, null);
  run.addresses.push(address);
}

function openRun(list: List, name: string | null): Run {
  const run: Run = { name, addresses: [] };
  list.runs.push(run);
  list.run = run;
  return run;
}

function emptyPending(): Pending {
  return { phrase: '', spec: '', angle: null, comment: '', hasQuoted: false };
}

function addText(pending: Pending, text: string): void {
  pending.phrase += text;
  pending.spec += text;
}

function endOfText(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
      case 0x28: // (
      case 0x2c: // ,
      case 0x3a: // :
      case 0x3b: // ;
      case 0x3c: // <
        return at;
      case 0x3d: // an encoded-word may begin
        if (text.charCodeAt(at + 1) === 0x3f) return at;
    }
    at++;
  }
  return at;
}

/** After the comment that opens at `from`, nested ones counted; one never closed ends with the text. */
function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return at + 1;
  }
  return text.length + 1;
}

function endOfQuoted(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === '"') return at + 1;
  }
  return -1;
}

/** After the `>`; where it is missing, at the next comma, semicolon or the end. */
function endOfAngle(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '>') {
      while (text.charAt(at + 1) === '>') at++;
      return at + 1;
    }
    if (character === ';' || (character === ',' && text.charAt(from + 1) !== '@')) return at;
    if (character === '"') {
      const end = endOfQuoted(text, at);
      if (end < 0) return text.length;
      at = end - 1;
    }
  }
  return text.length;
}

function unquote(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\s\S])/g, '$1') : text;
}

function decodePhrase(phrase: string): string {
  return decodeWords(phrase).replace(/\s+/g, ' ').trim();
}

function finishAddress(pending: Pending): EmailAddress | null {
  if (pending.angle !== null) {
    const name = decodePhrase(pending.phrase) || decodePhrase(unquote(pending.comment));
    const email = cleanSpec(pending.angle);
    return name === '' && email === '' ? null : { name: name === '' ? null : name, email };
  }
  const spec = pending.spec.trim();
  if (spec === '') return null;
  const comment = decodePhrase(unquote(pending.comment));
  if (pending.hasQuoted && spec.includes('@')) return { name: comment === '' ? null : comment, email: cleanSpec(spec) };
  const words = spec.split(/\s+/);
  if (words.length > MAX_WORDS) return { name: decodePhrase(pending.phrase), email: '' };
  if (words.length > 1) {
    // "Jean Dupont jean@example.org", and obsolete white space around dots and the at sign.
    const joined = joinAroundDots(words);
    const index = joined.findLastIndex((word) => word.includes('@'));
    if (index < 0) return { name: decodePhrase(pending.phrase), email: '' };
    const name = decodePhrase(joined.toSpliced(index, 1).join(' ')) || comment;
    return { name: name === '' ? null : name, email: joined[index] ?? '' };
  }
  if (!spec.includes('@') && (pending.hasQuoted || spec.startsWith('=?')))
    return { name: decodePhrase(pending.phrase), email: '' };
  return { name: comment === '' ? null : comment, email: spec };
}

function joinAroundDots(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1) ?? '';
    const isJoined = /[.@]$/.test(before) ? before.includes('@') || /^[^\s]*@|^[^.@]+$/.test(word) : /^[.@]/.test(word);
    if (joined.length > 0 && isJoined) joined[joined.length - 1] = before + word;
    else joined.push(word);
  }
  return joined;
}

/** Takes off comments' places, white space, a doubled bracket and an obsolete route (RFC 5322 §4.4). */
function cleanSpec(angle: string): string {
  let end = angle.length;
  while (angle.charAt(end - 1) === '>') end--;
  const inner = angle.slice(0, end);
  let spec = inner.includes('"') ? inner.trim() : inner.replace(/\s+/g, '');
  spec = spec.replace(/^<+/, '');
  if (spec.startsWith('@')) {
    const colon = spec.indexOf(':');
    if (colon > 0) spec = spec.slice(colon + 1);
  }
  return /^mailto:/i.test(spec) ? spec.slice(7) : spec;
}
