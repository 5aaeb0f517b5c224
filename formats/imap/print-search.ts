/** What SEARCH, SORT and THREAD answer (RFC 9051 §7.3.4, RFC 4731 §3, RFC 5256 §4, RFC 7377 §2.1, RFC 9394 §3.1), a line each with its CRLF. */
import { printDecimals } from './decimals.ts';
import { printMailbox } from './mailbox.ts';
import { type PartialRange, printPartialRange } from './partial.ts';
import { printString } from './string.ts';

/** Only what was asked for is given; undefined is left out. */
export interface Esearch {
  readonly tag: string;
  readonly byUid: boolean;
  /** ESEARCH tells which mailbox it speaks of (RFC 7377 §2.1). */
  readonly mailbox?: { readonly name: string; readonly uidValidity: number } | undefined;
  /** Undefined where nothing was found. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Printed already: ascending for SEARCH, in order for SORT; '' is left out. */
  readonly all?: string | undefined;
  readonly count?: number | undefined;
  /** '' prints NIL. */
  readonly partial?: { readonly range: PartialRange; readonly found: string } | undefined;
  /** RFC 7162 §3.1.5 */
  readonly modseq?: number | undefined;
}

export function printEsearch(found: Esearch, isUtf8 = false): string {
  const { mailbox, partial } = found;
  // RFC 7377 §2.1: the correlator names the mailbox too
  const where =
    mailbox === undefined ? '' : ` MAILBOX ${printMailbox(mailbox.name, isUtf8)} UIDVALIDITY ${mailbox.uidValidity}`;
  let printed = `* ESEARCH (TAG ${printString(found.tag)}${where})`;
  if (found.byUid) printed += ' UID';
  if (found.min !== undefined) printed += ` MIN ${found.min}`;
  if (found.max !== undefined) printed += ` MAX ${found.max}`;
  if (found.all !== undefined && found.all !== '') printed += ` ALL ${found.all}`;
  if (found.count !== undefined) printed += ` COUNT ${found.count}`;
  if (partial !== undefined)
    printed += ` PARTIAL (${printPartialRange(partial.range)} ${partial.found === '' ? 'NIL' : partial.found})`;
  if (found.modseq !== undefined) printed += ` MODSEQ ${found.modseq}`;
  return `${printed}\r\n`;
}

/** `* SEARCH` and `* SORT` of IMAP4rev1. */
export function printNumbers(name: 'SEARCH' | 'SORT', numbers: Uint32Array, modseq?: number): string {
  const printed = `* ${name}${printDecimals(numbers)}`;
  return modseq === undefined ? `${printed}\r\n` : `${printed} (MODSEQ ${modseq})\r\n`;
}

/** A thread: an email and what answers it; null is a parent that was not found, with several answers (RFC 5256 §3). */
export interface ThreadNode {
  readonly place: number | null;
  readonly children: readonly ThreadNode[];
}

/**
 * `* THREAD (1 2)(3)`. Chains of answers are walked without recursion: they may be long.
 *
 * @param numberOf a place's sequence number or UID.
 */
export function printThreads(threads: readonly ThreadNode[], numberOf: (place: number) => number): string {
  const parts: string[] = ['* THREAD'];
  if (threads.length > 0) parts.push(' ');
  // What is still to print: nodes, and marks between them. The last is the next.
  const rest: (ThreadNode | string)[] = [];
  const push = (nodes: readonly ThreadNode[]): void => {
    for (const node of nodes.toReversed()) rest.push(')', node, '(');
  };
  push(threads);
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (typeof next === 'string') {
      parts.push(next);
      continue;
    }
    const { place, children } = next;
    if (place !== null) parts.push(`${numberOf(place)}`);
    const [only] = children;
    if (place !== null && children.length > 0) parts.push(' ');
    if (place !== null && children.length === 1 && only !== undefined) rest.push(only);
    else push(children);
  }
  parts.push('\r\n');
  return parts.join('');
}
