/**
 * The base subject as SORT and THREAD compare it (RFC 5256 §2.1), and nothing more: the marks of other languages that formats/message/subject.ts
 * takes off too would give an order and threads that programs which sort by themselves do not have. Linear but for nested `[fwd: …]`.
 */

/** Characters of a subject that are looked at. */
const MAX_SUBJECT = 1_024;
const BLOB = /\[[^[\]]*\] */y;
const REFWD = /(?:re|fwd?) *(?:\[[^[\]]*\] *)?:/iy;

export interface BaseSubject {
  readonly base: string;
  /** Something that replies or forwards add was taken off. */
  readonly isReplyOrForward: boolean;
}

/** @param subject decoded. */
export function readBaseSubject(subject: string): BaseSubject {
  let rest = subject.slice(0, MAX_SUBJECT).replace(/\s+/g, ' ').trim();
  let isReplyOrForward = false;
  for (;;) {
    while (/\(fwd\)$/i.test(rest)) {
      rest = rest.slice(0, -5).trimEnd();
      isReplyOrForward = true;
    }
    const leader = leaderOf(rest);
    rest = rest.slice(leader.end);
    isReplyOrForward ||= leader.hasMark;
    if (!/^\[fwd:[^]*\]$/i.test(rest)) return { base: rest, isReplyOrForward };
    rest = rest.slice(5, -1).trim();
    isReplyOrForward = true;
  }
}

/** What precedes the base: marks and labels, but a label that is all there is (RFC 5256 §2.1 steps 3 to 5). */
function leaderOf(subject: string): { readonly end: number; readonly hasMark: boolean } {
  let end = 0;
  let hasMark = false;
  for (;;) {
    while (subject.charAt(end) === ' ') end += 1;
    let last = end;
    let after = end;
    for (let next = match(BLOB, subject, after); next > 0; next = match(BLOB, subject, after)) {
      last = after;
      after = next;
    }
    const marked = match(REFWD, subject, after);
    if (marked < 0) return { end: after < subject.length ? after : last, hasMark };
    end = marked;
    hasMark = true;
  }
}

/** The offset after what stands at `at`, or -1. */
function match(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : -1;
}
