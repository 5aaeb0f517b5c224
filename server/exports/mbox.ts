/** A mailbox as an mbox, email after email. */
import { printMboxMessage } from '#formats/mbox/print.ts';
import type { Actor } from '#server/access/actor.ts';
import type { Store } from '#server/store/store.ts';

import { type ExportFolder, exportEmails, type ExportPlan } from './emails.ts';

/** The octets of the file. @param onEmail after each. */
export async function* printMbox(
  store: Store,
  actor: Actor,
  plan: ExportPlan,
  folder: ExportFolder,
  onEmail: () => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  for await (const email of exportEmails(store, actor, plan, folder)) {
    yield* printMboxMessage(email);
    onEmail();
  }
}
