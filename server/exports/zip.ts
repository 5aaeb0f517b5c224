/**
 * An export as one ZIP, made while it is sent: a folder each mailbox with a file .eml each email, or a file .mbox each
 * mailbox. What an .eml cannot say (date of arrival, keywords) stands in a list at the end of the archive.
 */
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';

import { ZipFile } from 'yazl';

import { indexName, printIndexLine } from '#formats/mbox/index-file.ts';
import type { Actor } from '#server/access/actor.ts';
import { safeName } from '#server/mail/emails/zip.ts';
import type { Store } from '#server/store/store.ts';

import { type ExportedEmail, exportEmails, type ExportPlan } from './emails.ts';
import { printMbox } from './mbox.ts';

export type ZipContent = 'eml' | 'mbox';

/** @param onEmail after each. */
export function zipExport(
  store: Store,
  actor: Actor,
  plan: ExportPlan,
  content: ZipContent,
  onEmail: () => void = () => undefined,
): Readable {
  const zip = new ZipFile();
  const output = new PassThrough();
  zip.outputStream.pipe(output);
  const give = content === 'eml' ? giveMessages : giveMboxes;
  give({ store, actor, plan, zip, output, onEmail }).then(
    () => zip.end(),
    (error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  zip.on('error', (error) => output.destroy(error instanceof Error ? error : undefined));
  return output;
}

interface Giving {
  readonly store: Store;
  readonly actor: Actor;
  readonly plan: ExportPlan;
  readonly zip: ZipFile;
  readonly output: PassThrough;
  readonly onEmail: () => void;
}

const fileMode = 0o100600;
const folderMode = 0o40700;

async function giveMessages(giving: Giving): Promise<void> {
  const { store, actor, plan, zip, onEmail } = giving;
  const index: string[] = [];
  for (const folder of plan.folders) {
    const path = folder.names.join('/');
    zip.addEmptyDirectory(path, { mode: folderMode });
    for await (const email of exportEmails(store, actor, plan, folder)) {
      const name = `${path}/${nameOf(email)}`;
      await addEntry(giving, name, email.receivedAt, Readable.from([email.octets], { objectMode: false }));
      index.push(printIndexLine({ path: name, receivedAt: email.receivedAt, keywords: email.keywords }));
      onEmail();
    }
  }
  zip.addBuffer(Buffer.from(index.join('')), indexName, { mode: fileMode });
}

async function giveMboxes(giving: Giving): Promise<void> {
  const { store, actor, plan, onEmail } = giving;
  for (const folder of plan.folders) {
    const pieces = printMbox(store, actor, plan, folder, onEmail);
    await addEntry(giving, `${folder.names.join('/')}.mbox`, store.now(), Readable.from(pieces, { objectMode: false }));
  }
}

/** Adds one entry and waits until it is read: only one is ever in memory. @throws when whoever reads has gone. */
async function addEntry({ zip, output }: Giving, name: string, at: number, content: Readable): Promise<void> {
  if (output.destroyed) throw new Error('nobody reads any more');
  const stopping = new AbortController();
  const isRead = once(content, 'close', { signal: stopping.signal });
  const isGone = once(output, 'close', { signal: stopping.signal });
  zip.addReadStream(content, name, { mtime: new Date(at), mode: fileMode });
  try {
    await Promise.race([isRead, isGone]);
  } finally {
    stopping.abort();
    // The one that lost is told that nobody waits any more.
    await Promise.allSettled([isRead, isGone]);
  }
}

/** `2026-11-22 Conseil de classe 12.eml`: sorted by date, and by its uid like no other. */
function nameOf({ uid, receivedAt, subject }: ExportedEmail): string {
  const date = new Date(receivedAt).toISOString().slice(0, 10);
  return `${date} ${`${safeName(subject).slice(0, 80)} ${uid}`.trim()}.eml`.toWellFormed();
}
