/**
 * The base subject (RFC 5256 §2.1) for threads and sorting: without the marks that replies and forwards add, in the languages our people
 * and their correspondents write. Linear: each step takes something off one end.
 */

/** Characters of a subject that are looked at. */
const MAX_SUBJECT = 1_024;
/** Marks taken off; a subject of nothing but marks ends sooner by itself. */
const MAX_MARKS = 64;

/** Reply and forward marks: English, French (Réf, TR, RV), German (AW, WG), Spanish (RV), Italian (R, I), Nordic (SV, VS, VB). */
const MARK = /^(?:re|réf?|réponse|rép|fwd?|tr|rv|aw|wg|sv|vs|vb|antw?)\s*(?:\[[^[\]]{0,64}\]|\(\d{1,3}\))?\s*:\s*/i;
const BLOB = /^\[[^[\]]{0,128}\]\s*/;
const TRAILER = /\s*\((?:fwd|tr)\)$/i;
const FORWARDED = /^\[(?:fwd|tr)\s?:\s*([\s\S]*)\]$/i;

/** @param subject decoded. @returns the base subject, upper and lower case kept. */
export function baseSubject(subject: string): string {
  let base = subject.slice(0, MAX_SUBJECT).replace(/\s+/g, ' ').trim();
  for (let count = 0; count < MAX_MARKS; count++) {
    const shorter = takeOneOff(base);
    if (shorter === base) return base;
    base = shorter;
  }
  return base;
}

/** What two subjects of one thread have in common, for comparing. */
export function threadSubject(subject: string): string {
  return baseSubject(subject).normalize('NFKC').toLowerCase();
}

/** Whether the subject carries a mark of a reply or a forward (RFC 5256 §2.1). */
export function isReplyOrForward(subject: string): boolean {
  const line = subject.slice(0, MAX_SUBJECT).replace(/\s+/g, ' ').trim();
  return MARK.test(line.replace(BLOB, '')) || MARK.test(line) || TRAILER.test(line) || FORWARDED.test(line);
}

function takeOneOff(base: string): string {
  if (TRAILER.test(base)) return base.replace(TRAILER, '');
  if (MARK.test(base)) return base.replace(MARK, '');
  const forwarded = FORWARDED.exec(base);
  if (forwarded !== null) return (forwarded[1] ?? '').trim();
  // A list's label goes too, unless nothing else is left (RFC 5256 §2.1 step 4).
  const unlabelled = base.replace(BLOB, '');
  return unlabelled === '' ? base : unlabelled;
}
