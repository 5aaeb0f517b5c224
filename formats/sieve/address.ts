/** Addresses that a script sends to (RFC 5228 §2.4.2.3): a mailbox alone, or with a name that is not used. */
import { flattenGroups, readAddressGroups } from '#formats/address/read.ts';
import { BadSyntax } from '#formats/smtp/bad-syntax.ts';
import { isAtEnd, openCursor } from '#formats/smtp/cursor.ts';
import { readMailbox } from '#formats/smtp/path.ts';

/** Whether `text` is one address that SMTP takes (RFC 5321 §4.1.2), with a domain that is a name. */
export function isMailAddress(text: string): boolean {
  try {
    const cursor = openCursor(text);
    const { domain } = readMailbox(cursor);
    return isAtEnd(cursor) && !domain.startsWith('[');
  } catch (error) {
    if (error instanceof BadSyntax) return false;
    throw error;
  }
}

/** The address of `Name <local@domain>` or `local@domain`; null where there is none or more than one. */
export function readSieveAddress(text: string): string | null {
  const trimmed = text.trim();
  if (isMailAddress(trimmed)) return trimmed;
  if (/[\r\n\0]/.test(trimmed)) return null;
  const [only, ...others] = flattenGroups(readAddressGroups(trimmed));
  return only !== undefined && others.length === 0 && /[<>]/.test(trimmed) && isMailAddress(only.email)
    ? only.email
    : null;
}
