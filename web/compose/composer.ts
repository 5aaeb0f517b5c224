/**
 * One message being written, apart from any screen: it lives in the page, so that changing mailbox, account or layout
 * does not touch it. It keeps the local copy and the server's draft in step with what is typed, carries uploads, and is
 * drawn by ComposeWindow from `view()`, a value that becomes another object whenever anything changes.
 */
import type { AccountId, Identity } from '#web/sync/records.ts';
import type { Sync } from '#web/sync/sync.ts';
import { packDraft } from './draft.ts';
import type { Attachment, Draft } from './draft.ts';
import { forgetLocally, keepLocally } from './local.ts';
import { initialSaveState, isUnsaved, nextSaveIn, nextSaveState } from './plan/saveState.ts';
import type { SaveEvent, SaveState } from './plan/saveState.ts';
import { destroyDraft, saveDraft } from './save.ts';
import { LoggedOut, NotNow, Unreachable } from '#web/sync/errors.ts';
import { uploadFile, UploadFailed } from './upload.ts';
import type { UploadFailure } from './upload.ts';
import { isUntouched } from './plan/begin.ts';

/** A file on its way. */
export interface Upload {
  readonly id: string;
  readonly file: File;
  readonly cid: string | null;
  /** 0 to 1. */
  readonly part: number;
  readonly failure: UploadFailure | undefined;
}

export interface ComposerView {
  readonly draft: Draft;
  readonly save: SaveState;
  readonly uploads: readonly Upload[];
  /** Changed whenever the body was replaced from outside the editor: it begins anew from the draft. */
  readonly bodyEdition: number;
  readonly isMinimised: boolean;
  readonly isWide: boolean;
  /** Hidden while it is being sent. */
  readonly isSending: boolean;
  /** Why sending failed, in words. */
  readonly problem: string | undefined;
  /** Another tab writes on the same draft. */
  readonly isElsewhere: boolean;
}

export interface Composer {
  readonly id: string;
  readonly sync: Sync;
  readonly accountId: AccountId;
  readonly messageId: string;
  view(): ComposerView;
  subscribe(listener: () => void): () => void;
  /** Something typed or chosen. */
  change(change: Partial<Draft>): void;
  /** Replaces the body from outside the editor. */
  replaceBody(body: Draft['body']): void;
  show(change: Partial<Pick<ComposerView, 'isMinimised' | 'isWide' | 'isSending' | 'problem' | 'isElsewhere'>>): void;
  heedConflict(): void;
  identity(): Identity | undefined;
  /** @returns the uploads begun; files over the limit are refused in the view. */
  attach(files: readonly File[], cid?: string): void;
  retry(uploadId: string): void;
  cancel(uploadId: string): void;
  /** The address at which a picture of the text can be seen; undefined when there is none. */
  pictureUrl(cid: string): string | undefined;
  storedId(): string | undefined;
  /** Another email stands for this draft from now on. */
  setStoredId(emailId: string | undefined): void;
  /** Saves what is not saved, now. Resolves when the server answered, or when it cannot be reached. */
  saveNow(): Promise<void>;
  /** Resolves when no save is under way. */
  settled(): Promise<void>;
  /** Nothing was ever typed, and the server has no draft. */
  isPristine(): boolean;
  hasUnsaved(): boolean;
  /** Writes the present state to the local copy. */
  keep(): void;
  /** Stops all clocks; with `forget` the local copy goes too. */
  close(end: 'forget' | 'keep'): void;
  /** Removes the server's draft and the local copy. */
  discard(): Promise<void>;
}

export interface ComposerStart {
  readonly sync: Sync;
  readonly accountId: AccountId;
  readonly draft: Draft;
  readonly storedId?: string | undefined;
  readonly messageId?: string | undefined;
  /** A copy taken up, or a discard undone: differs from what the server has. */
  readonly isChanged?: boolean;
  readonly id?: string;
}

const keepAfterMs = 300;

export function createComposer(start: ComposerStart): Composer {
  const { sync, accountId } = start;
  const id = start.id ?? crypto.randomUUID();
  const begun = start.draft;
  const listeners = new Set<() => void>();
  const aborts = new Map<string, AbortController>();
  const pictures = new Map<string, string>();
  let storedId = start.storedId;
  let isUncertain = false;
  let isClosed = false;
  let firstMs = 0;
  let lastMs = 0;
  let saveTimer: ReturnType<typeof setTimeout> | undefined;
  let keepTimer: ReturnType<typeof setTimeout> | undefined;
  let saving: Promise<void> | undefined;
  let view: ComposerView = {
    draft: start.draft,
    save: start.isChanged ? nextSaveState(initialSaveState, { kind: 'typed' }) : initialSaveState,
    uploads: [],
    bodyEdition: 0,
    isMinimised: false,
    isWide: false,
    isSending: false,
    problem: undefined,
    isElsewhere: false,
  };
  const messageId = start.messageId ?? `${crypto.randomUUID()}@${identity()?.email.split('@')[1] ?? 'localhost'}`;

  function become(change: Partial<ComposerView>): void {
    view = { ...view, ...change };
    for (const listener of listeners) listener();
  }

  function step(event: SaveEvent): void {
    become({ save: nextSaveState(view.save, event) });
  }

  function identity(): Identity | undefined {
    const identities = sync.store.all(accountId, 'Identity');
    return identities.find((it) => it.id === view.draft.identityId) ?? identities[0];
  }

  function changed(change: Partial<Draft>, further: Partial<ComposerView> = {}): void {
    const now = performance.now();
    if (!isUnsaved(view.save)) firstMs = now;
    lastMs = now;
    become({
      ...further,
      draft: { ...view.draft, ...change },
      save: nextSaveState(view.save, { kind: 'typed' }),
      problem: undefined,
    });
    clearTimeout(keepTimer);
    keepTimer = setTimeout(keep, keepAfterMs);
    schedule();
  }

  function keep(): void {
    clearTimeout(keepTimer);
    keepTimer = undefined;
    const { userName } = sync.session() ?? { userName: '' };
    void keepLocally(userName, {
      id,
      accountId,
      storedId,
      messageId,
      isSaved: !isUnsaved(view.save),
      packed: packDraft(view.draft),
    });
  }

  function schedule(): void {
    clearTimeout(saveTimer);
    if (isClosed || view.isSending) return;
    const wait = nextSaveIn(view.save, { nowMs: performance.now(), firstMs, lastMs });
    if (wait !== undefined && view.save.activity.kind !== 'offline') saveTimer = setTimeout(() => void saveNow(), wait);
  }

  function saveNow(): Promise<void> {
    clearTimeout(saveTimer);
    saving ??= save().finally(() => {
      saving = undefined;
      schedule();
    });
    return saving;
  }

  async function save(): Promise<void> {
    if (!isUnsaved(view.save) || isClosed || view.isSending) return;
    step({ kind: 'sent' });
    firstMs = performance.now();
    try {
      const saved = await saveDraft({
        sync,
        accountId,
        draft: view.draft,
        identity: identity(),
        messageId,
        storedId,
        isUncertain,
      });
      isUncertain = false;
      if (saved.kind === 'saved') {
        storedId = saved.emailId;
        step({ kind: 'saved', atMs: Date.now(), wasReplaced: saved.wasReplaced });
        if (!isClosed) keep();
      } else step({ kind: 'refused', type: saved.type });
    } catch (error) {
      if (error instanceof NotNow) {
        step({ kind: 'unreachable' });
        void sync.connection.later().then(() => saveNow());
        return;
      }
      if (!(error instanceof Unreachable || error instanceof LoggedOut)) throw error;
      // The request may have been carried out all the same: the next one looks for what it left.
      isUncertain = true;
      sync.connection.report(error);
      step({ kind: 'unreachable' });
      void sync.connection.whenOnline().then(() => saveNow());
    }
  }

  async function upload(entry: Upload): Promise<void> {
    const abort = new AbortController();
    aborts.set(entry.id, abort);
    const put = (change: Partial<Upload>) =>
      become({ uploads: view.uploads.map((it) => (it.id === entry.id ? { ...it, ...change } : it)) });
    try {
      const url = sync.uploadUrl(accountId);
      const { blobId, sizeOctets } = await uploadFile(url, entry.file, (part) => put({ part }), abort.signal);
      const type = entry.file.type || 'application/octet-stream';
      const attachment: Attachment = {
        blobId,
        name: entry.file.name,
        type,
        sizeOctets: sizeOctets || entry.file.size,
        cid: entry.cid,
      };
      changed(
        { attachments: [...view.draft.attachments, attachment] },
        { uploads: view.uploads.filter((it) => it.id !== entry.id) },
      );
    } catch (error) {
      if (error instanceof UploadFailed) put({ failure: error.reason });
      else become({ uploads: view.uploads.filter((it) => it.id !== entry.id) });
    } finally {
      aborts.delete(entry.id);
    }
  }

  return {
    id,
    sync,
    accountId,
    messageId,
    view: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change: (change) => changed(change),
    replaceBody: (body) => changed({ body }, { bodyEdition: view.bodyEdition + 1 }),
    show(change) {
      become(change);
      if (change.isSending === false) schedule();
    },
    heedConflict: () => step({ kind: 'heeded' }),
    identity,
    attach(files, cid) {
      const limit = sync.session()?.limits.maxSizeUploadOctets ?? Number.POSITIVE_INFINITY;
      const entries = files.map((file): Upload => ({
        id: crypto.randomUUID(),
        file,
        cid: cid ?? null,
        part: 0,
        failure: file.size > limit ? 'tooLarge' : undefined,
      }));
      if (cid !== undefined) for (const { file } of entries) pictures.set(cid, URL.createObjectURL(file));
      become({ uploads: [...view.uploads, ...entries] });
      for (const entry of entries) if (entry.failure === undefined) void upload(entry);
    },
    retry(uploadId) {
      const entry = view.uploads.find((it) => it.id === uploadId);
      if (!entry) return;
      become({ uploads: view.uploads.map((it) => (it.id === uploadId ? { ...it, failure: undefined, part: 0 } : it)) });
      void upload(entry);
    },
    cancel(uploadId) {
      aborts.get(uploadId)?.abort();
      become({ uploads: view.uploads.filter((it) => it.id !== uploadId) });
    },
    pictureUrl(cid) {
      const local = pictures.get(cid);
      if (local !== undefined) return local;
      const found = view.draft.attachments.find((it) => it.cid === cid);
      return found && sync.downloadUrl(accountId, found.blobId, found.name || 'image', found.type);
    },
    storedId: () => storedId,
    setStoredId: (emailId) => (storedId = emailId),
    saveNow,
    settled: () => saving ?? Promise.resolve(),
    isPristine: () =>
      storedId === undefined &&
      view.uploads.length === 0 &&
      view.draft.subject === begun.subject &&
      view.draft.attachments.length === begun.attachments.length &&
      (['to', 'cc', 'bcc'] as const).every((field) => view.draft[field] === begun[field]) &&
      isUntouched(view.draft.body, begun.body),
    hasUnsaved: () => isUnsaved(view.save) || view.uploads.some((it) => it.failure === undefined),
    keep,
    close(end) {
      isClosed = true;
      clearTimeout(saveTimer);
      clearTimeout(keepTimer);
      for (const abort of aborts.values()) abort.abort();
      for (const url of pictures.values()) URL.revokeObjectURL(url);
      if (end === 'forget') void forgetLocally(id);
    },
    async discard() {
      await saving;
      const gone = storedId;
      storedId = undefined;
      if (gone !== undefined) await destroyDraft(sync, accountId, gone);
    },
  };
}
