/**
 * The Received fields of mail that begins here. The writer's own address stays with us, in the trace: it would tell every
 * recipient where somebody works from (RFC 5321 §7.6 and §4.4 leave the rest of the field).
 */
import { printDate } from '#formats/message/date.ts';

/** A message written by a JMAP client: HTTP brought it. */
export function printOwnHop(hostName: string, hop: { readonly id: string; readonly atMs: number }): string {
  return printBy(hostName, 'HTTP', hop);
}

/** One that a mail program handed in. @param protocol as printTransmission says it. */
export function printBy(
  hostName: string,
  protocol: string,
  { id, atMs }: { readonly id: string; readonly atMs: number },
): string {
  return `Received: by ${hostName} (Pli) with ${protocol} id ${id};\r\n\t${printDate(new Date(atMs).toISOString())}\r\n`;
}
