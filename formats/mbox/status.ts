/**
 * Flags as mail programs write them into the headers of an mbox: Status and X-Status (mutt, Dovecot, Apple), X-Keywords,
 * and Thunderbird's X-Mozilla-Status and X-Mozilla-Keys.
 */
import type { HeaderField } from '#formats/message/types.ts';

export interface MboxStatus {
  /** IMAP's names: `\Seen`, or any keyword. */
  readonly flags: readonly string[];
  /** Thunderbird marked it deleted; it goes when the file is compacted. */
  readonly isExpunged: boolean;
}

const letters: Readonly<Record<string, string>> = {
  R: '\\Seen',
  A: '\\Answered',
  F: '\\Flagged',
  T: '\\Draft',
  D: '\\Deleted',
};

const mozillaBits: readonly (readonly [bit: number, flag: string])[] = [
  [0x0001, '\\Seen'],
  [0x0002, '\\Answered'],
  [0x0004, '\\Flagged'],
  [0x1000, '$Forwarded'],
];
const mozillaExpunged = 0x0008;

export function readStatus(fields: readonly HeaderField[]): MboxStatus {
  const flags = new Set<string>();
  let isExpunged = false;
  for (const { name, raw } of fields) {
    const value = raw.trim();
    switch (name.toLowerCase()) {
      case 'status':
      case 'x-status':
        for (const letter of value) if (letters[letter] !== undefined) flags.add(letters[letter]);
        break;
      case 'x-keywords':
      case 'x-mozilla-keys':
        for (const word of value.split(/[\s,]+/)) if (word !== '') flags.add(word);
        break;
      case 'x-mozilla-status': {
        const bits = Number.parseInt(value, 16) || 0;
        for (const [bit, flag] of mozillaBits) if ((bits & bit) !== 0) flags.add(flag);
        if ((bits & mozillaExpunged) !== 0) isExpunged = true;
        break;
      }
    }
  }
  return { flags: [...flags], isExpunged };
}

/** The fields that say these keywords (RFC 8621 §4.1.1), always the same three, each with its line end. */
export function printStatus(keywords: readonly string[]): string {
  const known = new Map([
    ['$answered', 'A'],
    ['$flagged', 'F'],
    ['$draft', 'T'],
  ]);
  const marks = keywords.map((word) => known.get(word) ?? '').join('');
  const others = keywords.filter((word) => word !== '$seen' && !known.has(word));
  return `Status: ${keywords.includes('$seen') ? 'RO' : 'O'}\nX-Status: ${marks}\nX-Keywords: ${others.join(' ')}\n`;
}
