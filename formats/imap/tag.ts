/** The tag a command begins with (RFC 9051 §2.2.1), for answers given before or instead of reading the rest. */

/** RFC 9051 sets no bound; a tag comes back in every answer, so we set one. */
const MAX_TAG = 128;
/** 1*<any ASTRING-CHAR except "+">. */
const TAG = /^[\x21\x23\x24\x26\x27\x2c-\x5b\x5d-\x7a\x7c-\x7e]{1,128}(?= |$)/;

/** The tag of the line, or undefined where there is none: the answer is then untagged. */
export function readTag(line: string): string | undefined {
  return TAG.exec(line.slice(0, MAX_TAG + 1))?.[0];
}

/** Where the command's name begins; undefined without a tag and a space. */
export function commandStart(line: string): number | undefined {
  const tag = readTag(line);
  return tag !== undefined && line.charAt(tag.length) === ' ' ? tag.length + 1 : undefined;
}
