/**
 * An export into a folder of the operator's disk: an .mbox each mailbox, or a maildir as Dovecot keeps it (Maildir++).
 * The folder must be new or empty, and only its owner can read what is written.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { flagLetters, folderName, maildirMarker } from '#formats/maildir/names.ts';
import type { Actor } from '#server/access/actor.ts';
import type { Store } from '#server/store/store.ts';

import { type ExportedEmail, exportEmails, type ExportPlan } from './emails.ts';
import { printMbox } from './mbox.ts';

/** The folder holds something already. */
export class FolderNotEmpty extends Error {
  override readonly name = 'FolderNotEmpty';
}

const mode = { folder: 0o700, file: 0o600 };

/** @throws {FolderNotEmpty} */
export async function openEmptyFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: mode.folder });
  if ((await readdir(path)).length > 0) throw new FolderNotEmpty(`${path} is not empty`);
}

/** `Classes/4e B.mbox` */
export async function writeMboxes(
  store: Store,
  actor: Actor,
  plan: ExportPlan,
  path: string,
  onEmail: () => void,
): Promise<void> {
  for (const folder of plan.folders) {
    const file = `${join(path, ...folder.names)}.mbox`;
    await mkdir(dirname(file), { recursive: true, mode: mode.folder });
    const pieces = Readable.from(printMbox(store, actor, plan, folder, onEmail), { objectMode: false });
    await pipeline(pieces, createWriteStream(file, { mode: mode.file }));
  }
}

/** A maildir with a sub-folder each mailbox; dates of arrival are those of the files. */
export async function writeMaildir(
  store: Store,
  actor: Actor,
  plan: ExportPlan,
  path: string,
  onEmail: () => void,
): Promise<void> {
  await writeFile(join(path, maildirMarker), '', { mode: mode.file });
  for (const folder of plan.folders) {
    const isInbox = folder.names.length === 1 && folder.names[0] === 'INBOX';
    const maildir = isInbox ? path : join(path, folderName(folder.names));
    for (const part of ['cur', 'new', 'tmp']) await mkdir(join(maildir, part), { recursive: true, mode: mode.folder });
    const known: string[] = [];
    for await (const email of exportEmails(store, actor, plan, folder)) {
      await writeMessage(join(maildir, 'cur'), email, known);
      onEmail();
    }
    if (!isInbox) await writeFile(join(maildir, 'maildirfolder'), '', { mode: mode.file });
    if (known.length === 0) continue;
    const lines = known.map((word, index) => `${index} ${word}\n`).join('');
    await writeFile(join(maildir, 'dovecot-keywords'), lines, { mode: mode.file });
  }
}

/** @param known keywords of the folder so far; new ones are added. */
async function writeMessage(
  cur: string,
  { uid, octets, receivedAt, keywords }: ExportedEmail,
  known: string[],
): Promise<void> {
  const seconds = Math.floor(receivedAt / 1000);
  const name = `${seconds}.M${uid}P1.pli,S=${octets.length}:2,${flagLetters(keywords, known)}`;
  const path = join(cur, name);
  await writeFile(path, octets, { mode: mode.file, flag: 'wx' });
  await utimes(path, receivedAt / 1000, receivedAt / 1000);
}
