/**
 * An account's emails as columns in memory, oldest first: what filters and sorts ask of an email, without its texts.
 * With them a list of any filter over 100,000 emails takes a millisecond or two and no SQL. A value never changes: what
 * changed since makes new columns of the old ones and the changed rows.
 */

/** Rows ascend by `receivedAt`, then by `ids`. Every array has a place a row. */
export interface EmailColumns {
  readonly ids: Uint32Array;
  readonly threadIds: Uint32Array;
  readonly receivedAt: Float64Array;
  readonly sentAt: Float64Array;
  readonly sizes: Uint32Array;
  readonly flags: Uint32Array;
  /** The one mailbox an email is in, `inNone`, or `inSeveral`. */
  readonly mailboxIds: Uint32Array;
  /** Mailboxes of each email that is in more than one. */
  readonly several: ReadonlyMap<number, readonly number[]>;
  /** No id of an email or a thread is larger. */
  readonly maxId: number;
}

/** What columns are made from: a row a place of an email in a mailbox, in the order of the columns. */
export const rowNames = ['id', 'thread_id', 'received_at', 'sent_at', 'size_octets', 'flags', 'mailbox_id'] as const;
export type EmailRows = Readonly<Record<(typeof rowNames)[number], ArrayLike<number>>>;

export const inNone = 0;
export const inSeveral = 0xffff_ffff;

/** @param rows mailbox_id is 0 for an email that is in no mailbox. */
export function columnsOf(rows: EmailRows): EmailColumns {
  const draft = newDraft(rows.id.length);
  draft.take(rows, new Set(), noColumns);
  return draft.finish();
}

export const noColumns: EmailColumns = {
  ids: new Uint32Array(),
  threadIds: new Uint32Array(),
  receivedAt: new Float64Array(),
  sentAt: new Float64Array(),
  sizes: new Uint32Array(),
  flags: new Uint32Array(),
  mailboxIds: new Uint32Array(),
  several: new Map(),
  maxId: 0,
};

/** @param changed the emails that are new or have changed, as they are now. @param gone emails that are no more. */
export function advanceColumns(old: EmailColumns, changed: EmailRows, gone: Iterable<number>): EmailColumns {
  const leaving = new Set(gone);
  for (let row = 0; row < changed.id.length; row += 1) leaving.add(changed.id[row] ?? 0);
  const draft = newDraft(old.ids.length + changed.id.length);
  draft.take(changed, leaving, old);
  return draft.finish();
}

function newDraft(room: number) {
  const ids = new Uint32Array(room);
  const threadIds = new Uint32Array(room);
  const receivedAt = new Float64Array(room);
  const sentAt = new Float64Array(room);
  const sizes = new Uint32Array(room);
  const flags = new Uint32Array(room);
  const mailboxIds = new Uint32Array(room);
  const several = new Map<number, readonly number[]>();
  let length = 0;
  let maxId = 0;

  const keep = (old: EmailColumns, row: number): void => {
    const id = old.ids[row] ?? 0;
    ids[length] = id;
    threadIds[length] = old.threadIds[row] ?? 0;
    receivedAt[length] = old.receivedAt[row] ?? 0;
    sentAt[length] = old.sentAt[row] ?? 0;
    sizes[length] = old.sizes[row] ?? 0;
    flags[length] = old.flags[row] ?? 0;
    mailboxIds[length] = old.mailboxIds[row] ?? 0;
    if (mailboxIds[length] === inSeveral) several.set(id, old.several.get(id) ?? []);
    length += 1;
  };
  const add = (rows: EmailRows, row: number): void => {
    const id = rows.id[row] ?? 0;
    const mailboxId = rows.mailbox_id[row] ?? 0;
    if (length > 0 && ids[length - 1] === id) {
      // Another mailbox of the email before.
      const others = several.get(id) ?? [mailboxIds[length - 1] ?? 0];
      several.set(id, [...others, mailboxId]);
      mailboxIds[length - 1] = inSeveral;
      return;
    }
    ids[length] = id;
    threadIds[length] = rows.thread_id[row] ?? 0;
    receivedAt[length] = rows.received_at[row] ?? 0;
    sentAt[length] = rows.sent_at[row] ?? 0;
    sizes[length] = rows.size_octets[row] ?? 0;
    flags[length] = rows.flags[row] ?? 0;
    mailboxIds[length] = mailboxId;
    maxId = Math.max(maxId, id, threadIds[length] ?? 0);
    length += 1;
  };
  return {
    /** Merges the old columns, less those leaving, with the rows. */
    take(rows: EmailRows, leaving: ReadonlySet<number>, old: EmailColumns): void {
      maxId = old.maxId;
      let next = 0;
      for (let row = 0; row < old.ids.length; row += 1) {
        const id = old.ids[row] ?? 0;
        if (leaving.size > 0 && leaving.has(id)) continue;
        const at = old.receivedAt[row] ?? 0;
        for (; next < rows.id.length && isBefore(rows, next, at, id); next += 1) add(rows, next);
        keep(old, row);
      }
      for (; next < rows.id.length; next += 1) add(rows, next);
    },
    finish: (): EmailColumns => ({
      ids: ids.subarray(0, length),
      threadIds: threadIds.subarray(0, length),
      receivedAt: receivedAt.subarray(0, length),
      sentAt: sentAt.subarray(0, length),
      sizes: sizes.subarray(0, length),
      flags: flags.subarray(0, length),
      mailboxIds: mailboxIds.subarray(0, length),
      several,
      maxId,
    }),
  };
}

function isBefore(rows: EmailRows, row: number, at: number, id: number): boolean {
  const received = rows.received_at[row] ?? 0;
  return received < at || (received === at && (rows.id[row] ?? 0) < id);
}
