/** The envelope and the ids of a submission as JMAP writes them (RFC 8621 §7). */
import { aString, listOf, mapOf, nullable } from '#formats/jmap/arguments.ts';
import { isObject, type Json, type JsonObject } from '#formats/jmap/json.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';
import type { SubmissionId } from '#server/store/ids.ts';
import type { EnvelopeAddress, SubmissionEnvelope } from '#server/submission/envelope.ts';

export const submissionIds = numberedIds<SubmissionId>('s');

/** By its shape only: what SMTP can say is for the verb to judge. */
export function anEnvelope(value: Json): SubmissionEnvelope | undefined {
  if (!isObject(value)) return undefined;
  const { mailFrom = null, rcptTo = null, ...rest } = value;
  const from = anAddress(mailFrom);
  const to = listOf(anAddress)(rcptTo);
  return from && to && Object.keys(rest).length === 0 ? { mailFrom: from, rcptTo: to } : undefined;
}

function anAddress(value: Json): EnvelopeAddress | undefined {
  if (!isObject(value)) return undefined;
  const { email, parameters = null, ...rest } = value;
  const read = nullable(mapOf(nullable(aString)))(parameters);
  if (typeof email !== 'string' || read === undefined || Object.keys(rest).length > 0) return undefined;
  return { email, parameters: read && Object.fromEntries(read) };
}

export function printEnvelope({ mailFrom, rcptTo }: SubmissionEnvelope): JsonObject {
  return { mailFrom: printAddress(mailFrom), rcptTo: rcptTo.map(printAddress) };
}

function printAddress({ email, parameters }: EnvelopeAddress): JsonObject {
  return { email, parameters };
}
