/**
 * Writing mbox (mboxrd): a From_ line with the date of arrival, four fields of ours that say the flags and how long the
 * message is, then its octets with `From ` quoted. A reader that knows X-Pli-Length gives back exactly these octets,
 * whatever they end in; all others see a usual mbox.
 */
import { quoteFrom } from './quote.ts';
import { printStatus } from './status.ts';

export interface MboxEntry {
  readonly octets: Uint8Array;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly keywords: readonly string[];
}

const utf8 = new TextEncoder();
const lineEnd = utf8.encode('\n\n');

/** The pieces of one message, to be written one after another. */
export function printMboxMessage({ octets, receivedAt, keywords }: MboxEntry): readonly Uint8Array[] {
  const quoted = quoteFrom(octets);
  const head = `From MAILER-DAEMON ${printAsctime(receivedAt)}\n${printStatus(keywords)}X-Pli-Length: ${quoted.length}\n`;
  return [utf8.encode(head), quoted, lineEnd];
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sun Nov 22 04:20:57 2026`, UTC: what the From_ line of every mbox holds. */
function printAsctime(at: number): string {
  const date = new Date(at);
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const time = date.toISOString().slice(11, 19);
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${time} ${date.getUTCFullYear()}`;
}
