/**
 * Delivery reports (RFC 3464, RFC 6522): a text people can read, French and English, then the status for programs, then the
 * message it is about or its header. Goes out from <> so that no report is ever answered by one (RFC 3461 §6.1).
 */
import { encodeQuotedPrintable } from '#formats/message/encode.ts';
import { type FieldSpec, printField } from '#formats/message/printfield.ts';
import { joinOctets } from '#formats/octets/join.ts';
import { type OriginalRecipient } from '#formats/smtp/parameters.ts';
import { type Action, type Language, causeOf, words } from './bounce-words.ts';

export interface RecipientReport {
  readonly finalRecipient: string;
  readonly originalRecipient: OriginalRecipient | undefined;
  /** `class.subject.detail` (RFC 3463). */
  readonly status: string;
  /** The host that said it; undefined when none was reached. */
  readonly remoteMta: string | undefined;
  /** As printDiagnostic makes it. */
  readonly diagnostic: string | undefined;
  readonly lastAttemptAtMs: number;
}

export interface Report {
  /** One for all: recipients that fared differently get reports of their own. */
  readonly action: Action;
  readonly recipients: readonly RecipientReport[];
  /** To whom: the sender of the message, never null. */
  readonly sender: string;
  /** Our name, and the address the report is from. */
  readonly reportingMta: string;
  readonly from: string;
  readonly messageId: string;
  readonly atMs: number;
  readonly arrivedAtMs: number;
  /** delayed: until when we try. */
  readonly willRetryUntilMs: number | undefined;
  readonly envid: string | undefined;
  readonly ret: 'FULL' | 'HDRS' | undefined;
  readonly original: Original;
  /** Comes first; the other language follows. */
  readonly language: Language;
  readonly timeZone: string;
  /** Must not occur in the original; random. */
  readonly boundarySeed: string;
}

export interface Original {
  readonly octets: Uint8Array;
  readonly subject: string;
  /** Without angle brackets. */
  readonly messageId: string | undefined;
}

/** Beyond this a failed message is returned as its header where the sender did not ask (RFC 3461 §4.3 leaves it to us). */
const MAX_UNASKED_OCTETS = 100_000;
const encoder = new TextEncoder();

/** Prints the whole report, CRLF throughout. @throws {BadField} when an address cannot stand in a header. */
export function printReport(report: Report): Uint8Array {
  const returned = planReturn(report.action, report.ret, report.original.octets);
  const isEightBit = returned.octets.some((octet) => octet > 127) || hasInternational(report);
  const boundary = `=_pli-${report.boundarySeed}`;
  const other: Language = report.language === 'fr' ? 'en' : 'fr';
  const { messageId } = report.original;
  const fields: readonly FieldSpec[] = [
    { name: 'From', form: 'Addresses', value: [{ name: 'Pli', email: report.from }] },
    { name: 'To', form: 'Addresses', value: [{ name: null, email: report.sender }] },
    { name: 'Subject', form: 'Text', value: `${subjectIn(report, report.language)} / ${subjectIn(report, other)}` },
    { name: 'Date', form: 'Date', value: new Date(report.atMs).toISOString() },
    { name: 'Message-ID', form: 'MessageIds', value: [report.messageId] },
    ...(messageId === undefined
      ? []
      : ([
          { name: 'In-Reply-To', form: 'MessageIds', value: [messageId] },
          { name: 'References', form: 'MessageIds', value: [messageId] },
        ] as const)),
    { name: 'Auto-Submitted', form: 'Raw', value: ' auto-replied' }, // RFC 3834 §2, RFC 3464 §2
    { name: 'MIME-Version', form: 'Raw', value: ' 1.0' },
    {
      name: 'Content-Type',
      form: 'Raw',
      value: ` multipart/report; report-type=delivery-status;\r\n boundary="${boundary}"`,
    },
    { name: 'Content-Transfer-Encoding', form: 'Raw', value: isEightBit ? ' 8bit' : ' 7bit' },
  ];
  const text = `${printText(report, report.language)}\r\n-- \r\n\r\n${printText(report, other)}`;
  // Addresses beyond ASCII have a type of their own for the status (RFC 6533 §4).
  const statusType = hasInternational(report) ? 'message/global-delivery-status' : 'message/delivery-status';
  return concat([
    fields.map(printField).join(''),
    `\r\n--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`,
    encodeQuotedPrintable(encoder.encode(text)),
    `\r\n--${boundary}\r\nContent-Type: ${statusType}\r\nContent-Transfer-Encoding: ${hasInternational(report) ? '8bit' : '7bit'}\r\n\r\n`,
    printStatus(report),
    `\r\n--${boundary}\r\nContent-Type: ${returned.type}\r\nContent-Transfer-Encoding: ${isEightBit ? '8bit' : '7bit'}\r\n\r\n`,
    returned.octets,
    `\r\n--${boundary}--\r\n`,
  ]);
}

/** What goes back: only a failure returns the whole, and only where asked or small (RFC 3461 §4.3). */
export function planReturn(
  action: Action,
  ret: 'FULL' | 'HDRS' | undefined,
  octets: Uint8Array,
): { readonly type: 'message/rfc822' | 'text/rfc822-headers'; readonly octets: Uint8Array } {
  const isFull = action === 'failed' && (ret === 'FULL' || (ret === undefined && octets.length <= MAX_UNASKED_OCTETS));
  if (isFull) return { type: 'message/rfc822', octets };
  return { type: 'text/rfc822-headers', octets: octets.subarray(0, headerLength(octets)) };
}

function headerLength(octets: Uint8Array): number {
  for (let at = octets.indexOf(10); at >= 0; at = octets.indexOf(10, at + 1)) {
    if (octets[at + 1] === 13 && octets[at + 2] === 10) return at + 1;
  }
  return Math.min(octets.length, MAX_UNASKED_OCTETS);
}

function subjectIn({ action, original }: Report, language: Language): string {
  const subject = original.subject.slice(0, 80);
  return subject === '' ? words[language].subject[action] : `${words[language].subject[action]} (${subject})`;
}

function printText(report: Report, language: Language): string {
  const said = words[language];
  const date = (ms: number) =>
    new Date(ms).toLocaleString(language === 'fr' ? 'fr-FR' : 'en-GB', {
      dateStyle: 'full',
      timeStyle: 'short',
      timeZone: report.timeZone,
    });
  const lines = [said.opening[report.action], ''];
  for (const { finalRecipient, status, diagnostic } of report.recipients) {
    lines.push(`    ${oneLine(finalRecipient)}`);
    if (report.action === 'failed' || report.action === 'delayed') lines.push(`    ${said.cause[causeOf(status)]}`);
    if (diagnostic !== undefined) lines.push(`    ${said.serverSaid} ${oneLine(diagnostic.replace(/^smtp; /, ''))}`);
    lines.push('');
  }
  if (report.willRetryUntilMs !== undefined) lines.push(said.willRetryUntil(date(report.willRetryUntilMs)), '');
  lines.push(said.aboutSubject(oneLine(report.original.subject), date(report.arrivedAtMs)), said.closing, '');
  return lines.join('\r\n');
}

/** The fields for programs: of the message, then of each recipient (RFC 3464 §2.2, §2.3). */
function printStatus(report: Report): string {
  const rfcDate = (ms: number) =>
    printField({ name: 'D', form: 'Date', value: new Date(ms).toISOString() }).slice(3, -2);
  const groups = [
    [
      `Reporting-MTA: dns; ${oneLine(report.reportingMta)}`,
      ...(report.envid === undefined ? [] : [`Original-Envelope-Id: ${oneLine(report.envid)}`]),
      `Arrival-Date: ${rfcDate(report.arrivedAtMs)}`,
    ],
    ...report.recipients.map((recipient) => [
      ...(recipient.originalRecipient === undefined
        ? []
        : [
            `Original-Recipient: ${recipient.originalRecipient.addressType}; ${oneLine(recipient.originalRecipient.address)}`,
          ]),
      `Final-Recipient: ${isAscii(recipient.finalRecipient) ? 'rfc822' : 'utf-8'}; ${oneLine(recipient.finalRecipient)}`,
      `Action: ${report.action}`,
      `Status: ${recipient.status}`,
      ...(recipient.remoteMta === undefined ? [] : [`Remote-MTA: dns; ${oneLine(recipient.remoteMta)}`]),
      ...(recipient.diagnostic === undefined ? [] : [`Diagnostic-Code: ${oneLine(recipient.diagnostic)}`]),
      `Last-Attempt-Date: ${rfcDate(recipient.lastAttemptAtMs)}`,
      ...(report.willRetryUntilMs === undefined ? [] : [`Will-Retry-Until: ${rfcDate(report.willRetryUntilMs)}`]),
    ]),
  ];
  return groups.map((lines) => `${lines.join('\r\n')}\r\n`).join('\r\n');
}

function hasInternational({ recipients }: Report): boolean {
  return recipients.some(
    ({ finalRecipient, originalRecipient }) => !isAscii(finalRecipient) || !isAscii(originalRecipient?.address ?? ''),
  );
}

function isAscii(text: string): boolean {
  return !/[\u0080-\u{10ffff}]/u.test(text);
}

/** What others wrote must not begin a line of its own. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

function concat(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  return joinOctets(pieces.map((piece) => (typeof piece === 'string' ? encoder.encode(piece) : piece)));
}
