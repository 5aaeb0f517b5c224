/**
 * All files of one email as a ZIP, made while it is sent: one file in memory at a time. Names come from strangers, so
 * they are made safe for every system that may unpack them, and unique.
 */
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

import { bodyLists } from '#formats/message/bodies.ts';
import { readStructure } from '#formats/message/pack.ts';
import { readStoredEnvelope } from '#formats/message/packenvelope.ts';
import { findPart } from '#formats/message/slices.ts';
import type { MessagePart } from '#formats/message/types.ts';
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { AccountId, EmailId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { type OpenMessage, openMessage } from './content.ts';
import { readEmails } from './read.ts';

export interface Zip {
  /** A name for the whole, without a path: the subject, or `message`. */
  readonly name: string;
  readonly stream: Readable;
}

/**
 * @param partIds only these, in any order; all attachments without (RFC 8621 §4.1.4).
 * @throws {Refusal} `noSuchAccount`, `noSuchEmail`, `noSuchBlob` where it has no such files.
 */
export async function zipAttachments(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  emailId: EmailId,
  partIds?: readonly string[],
): Promise<Zip> {
  const { emails, tenantId } = await readEmails(store, actor, accountId, [emailId]);
  const [email] = emails;
  if (!email) throw new Refusal('noSuchEmail');
  const root = readStructure(email.structure);
  const parts = partIds ? partIds.map((id) => findPart(root, id)) : bodyLists(root).attachments;
  const files = parts.filter((part) => part !== null);
  if (files.length === 0 || files.length < parts.length) throw new Refusal('noSuchBlob');
  const message = await openMessage(store, tenantId, email.hash);
  const subject = safeName(readStoredEnvelope(JSON.parse(email.envelope)).subject ?? '');
  return { name: `${subject || 'message'}.zip`, stream: zipOf(message, files, new Date(email.receivedAt)) };
}

function zipOf(message: OpenMessage, files: readonly MessagePart[], mtime: Date): Readable {
  const zip = new ZipFile();
  const taken = new Set<string>();
  for (const [index, part] of files.entries()) {
    const name = uniqueName(fileName(part, index), taken);
    zip.addReadStreamLazy(name, { mtime, mode: 0o100644, compress: !isCompressed(part) }, (give) => {
      message.decoded(part).then(
        (bytes) => give(null, Readable.from([Buffer.from(bytes)], { objectMode: false })),
        (error: unknown) => give(error, Readable.from([])),
      );
    });
  }
  zip.end();
  const stream = Readable.from(zip.outputStream, { objectMode: false });
  zip.on('error', (error) => stream.destroy(error instanceof Error ? error : undefined));
  return stream;
}

/** What would only grow. */
function isCompressed({ type, subtype }: MessagePart): boolean {
  if (type === 'video' || type === 'audio') return true;
  return /^(?:jpeg|png|gif|webp|avif|heic|zip|gzip|pdf|x-7z-compressed)$|officedocument|opendocument/.test(subtype);
}

function fileName(part: MessagePart, index: number): string {
  const given = safeName(part.name ?? '');
  if (given !== '') return given;
  return part.message === null
    ? `fichier-${index + 1}`
    : `${safeName(part.message.envelope.subject ?? '') || 'message'}.eml`;
}

const maxNameCharacters = 120;

/** No path, no control, nothing Windows refuses, no hidden file; the ending stays when the name is cut. */
export function safeName(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]+/gu, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  if (plain.length <= maxNameCharacters) return plain;
  const ending = /\.[^.\s]{1,10}$/.exec(plain)?.[0] ?? '';
  return plain.slice(0, maxNameCharacters - ending.length).toWellFormed() + ending;
}

function uniqueName(name: string, taken: Set<string>): string {
  const [, base = name, ending = ''] = /^(.*?)(\.[^.]*)?$/s.exec(name) ?? [];
  let unique = name;
  for (let n = 2; taken.has(unique.toLowerCase()); n += 1) unique = `${base} (${n})${ending}`;
  taken.add(unique.toLowerCase());
  return unique;
}
