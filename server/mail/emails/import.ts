/** Importing messages (RFC 8621 §4.8): octets a client uploaded, or that stand in another message, become an email. */
import type { BlobName } from '#formats/jmap/id.ts';
import { readDate } from '#formats/message/date.ts';
import { unfold } from '#formats/message/fields.ts';
import { parseMessage } from '#formats/message/parse.ts';
import type { HeaderField } from '#formats/message/types.ts';
import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { openBlobOf } from '#server/blobs/open.ts';
import { stageBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asMilliseconds, type Milliseconds } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { readyToFile } from '#server/mail/reading/read.ts';
import { type SavedEmail, saveEmail, type Saving } from './save.ts';

export interface Import extends Omit<Saving, 'receivedAt'> {
  readonly blob: BlobName;
  /** Null: when the last server that passed it on had it, else now (RFC 8621 §4.8). */
  readonly receivedAt: Milliseconds | null;
}

/** @throws {Refusal} `noSuchBlob`, `invalidEmail` for what is no message, and those of saveEmail. */
export async function importEmail(
  store: Store,
  actor: PersonActor,
  accountId: AccountId,
  given: Import,
): Promise<SavedEmail> {
  const octets = await (await openBlobOf(store, actor, accountId, given.blob)).bytes();
  const parsed = parseMessage(octets);
  if (parsed.headers.length === 0) throw new Refusal('invalidEmail', { description: 'no header field' });
  const message = readyToFile(octets, parsed, await stageBlob(store, octets));
  const receivedAt = given.receivedAt ?? receivedAtOf(parsed.headers) ?? asMilliseconds(store.now());
  return saveEmail(store, actor, accountId, message, { ...given, receivedAt });
}

/** The date of the uppermost Received field, which comes after its last semicolon (RFC 5321 §4.4). */
function receivedAtOf(headers: readonly HeaderField[]): Milliseconds | undefined {
  const field = headers.find((header) => header.name.toLowerCase() === 'received');
  const date = field && readDate(unfold(field.raw.slice(field.raw.lastIndexOf(';') + 1)));
  return date ? asMilliseconds(Date.parse(date)) : undefined;
}
