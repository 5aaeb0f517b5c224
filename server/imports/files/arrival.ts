/** When a message of a file arrived: as the file says, else as its own header does, else now. */
import { readDate } from '#formats/message/date.ts';
import { readHeaderFields, unfold } from '#formats/message/fields.ts';
import { asMilliseconds, type Milliseconds } from '#server/store/ids.ts';

const headOctets = 64 * 1024;

/** The uppermost Received field's date (RFC 5321 §4.4), else Date (RFC 5322 §3.6.1). @param now milliseconds since 1970. */
export function arrivalOf(octets: Uint8Array, said: number | null, now: number): Milliseconds {
  if (said !== null) return asMilliseconds(said);
  const fields = readHeaderFields(octets, 0, Math.min(octets.length, headOctets));
  const received = fields.find(({ name }) => name.toLowerCase() === 'received');
  const date = fields.find(({ name }) => name.toLowerCase() === 'date');
  const texts = [received && received.raw.slice(received.raw.lastIndexOf(';') + 1), date?.raw];
  for (const text of texts) {
    const at = text === undefined ? Number.NaN : Date.parse(readDate(unfold(text)) ?? '');
    if (at >= 0) return asMilliseconds(at);
  }
  return asMilliseconds(now);
}
