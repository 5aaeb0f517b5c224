/** Addresses as people type and paste them, and whether one can be written to. */
import { readAddressGroups, flattenGroups } from '#formats/address/read.ts';
import type { EmailAddress } from '#web/sync/records.ts';

/** More than this in one paste is a mistake, or work for a list. */
const maxPasted = 2000;

/** Reads addresses with or without names, parted by commas, semicolons, tabs or lines; groups give their members. */
export function readRecipients(text: string): readonly EmailAddress[] {
  const line = text
    .replaceAll(/mailto:/gi, '')
    // A semicolon ends a group in a header; people type it where a comma belongs.
    .replaceAll(/[\r\n\t]+/g, ',');
  const parts = hasGroup(line) ? [line] : splitOutside(line);
  return parts
    .flatMap((part) => flattenGroups(readAddressGroups(part)))
    .map(({ name, email }) => tidy(name, email))
    .filter(({ name, email }) => email !== '' || name !== null)
    .slice(0, maxPasted);
}

/** What was typed without an address stays as it is, to be marked and mended. */
function tidy(name: string | null, email: string): EmailAddress {
  const address = email.trim();
  if (address === '') return { name: null, email: (name ?? '').trim() };
  const plain = name?.trim().replaceAll(/^['"]|['"]$/g, '') ?? '';
  return { name: plain === '' || plain.toLowerCase() === address.toLowerCase() ? null : plain, email: address };
}

function hasGroup(text: string): boolean {
  return /^[^"<@,;]+:[^;]*;?/.test(text.trim());
}

/** Cuts at commas and semicolons outside quotes and brackets. "Dupont, Jean <j@x>" is one person though nobody quoted it. */
function splitOutside(text: string): readonly string[] {
  const parts: string[] = [];
  let isQuoted = false;
  let isInAngle = false;
  let part = '';
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '<') isInAngle = true;
    else if (character === '>') isInAngle = false;
    const isCut = (character === ';' || character === ',') && !isQuoted && !isInAngle;
    if (!isCut) {
      part += character;
      continue;
    }
    const isFamilyName = character === ',' && /^\s*[\p{L}' -]{2,40}$/u.test(part) && !part.includes('@');
    if (isFamilyName && followsNamed(text, parts, part)) {
      part += '\u0000';
      continue;
    }
    parts.push(part);
    part = '';
  }
  parts.push(part);
  return parts.map((it) => (it.includes('\u0000') ? quoted(it) : it)).filter((it) => it.trim() !== '');
}

function followsNamed(text: string, before: readonly string[], part: string): boolean {
  const from = before.reduce((sum, it) => sum + it.length + 1, 0) + part.length + 1;
  return /^\s*[\p{L}' -]{1,40}<[^<>@\s]+@[^<>\s]+>/u.test(text.slice(from));
}

function quoted(part: string): string {
  const [, name = '', rest = ''] = /^([^<]*)(<.*)?$/s.exec(part.replaceAll('\u0000', ',')) ?? [];
  return `"${name.trim()}" ${rest}`;
}

const domainForm = /^(?:[\p{L}\d](?:[\p{L}\d-]{0,61}[\p{L}\d])?\.)+[\p{L}][\p{L}\d-]{1,62}$/u;

/** Whether an address can be written to: a local part, and a domain with a dot (RFC 5321 §4.1.2, RFC 6531). */
export function isAddress(email: string): boolean {
  const at = email.lastIndexOf('@');
  if (at < 1 || email.length > 254) return false;
  const local = email.slice(0, at);
  const isDotAtom = local.length <= 64 && /^[^\s"(),:;<>@[\\\].]+(?:\.[^\s"(),:;<>@[\\\].]+)*$/u.test(local);
  const isQuoted = /^"(?:[^"\\]|\\.)+"$/.test(local);
  return (isDotAtom || isQuoted) && domainForm.test(email.slice(at + 1));
}

/** Adds those that are not there yet. */
export function withRecipients(
  present: readonly EmailAddress[],
  added: readonly EmailAddress[],
): readonly EmailAddress[] {
  const known = new Set(present.map(({ email }) => email.toLowerCase()));
  const fresh = added.filter(({ email }) => {
    if (known.has(email.toLowerCase())) return false;
    known.add(email.toLowerCase());
    return true;
  });
  return [...present, ...fresh];
}
