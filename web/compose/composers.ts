/**
 * The composers of the page: opened, closed, sent, called back. One list for the page, outside React; ComposeHost draws
 * it. A message that is closed or sent leaves the list only once the server has it.
 */
import type { AccountId } from '#web/sync/records.ts';
import { isObject, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { dropToast, showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/compose.ts';
import { createComposer } from './composer.ts';
import type { Composer, ComposerStart } from './composer.ts';
import type { Attachment, Draft } from './draft.ts';
import { forgetLocally } from './local.ts';
import type { LocalCopy } from './local.ts';
import { openDraft } from './openDraft.ts';
import type { DraftRequest } from './openDraft.ts';
import { claimDraft, releaseDraft } from './otherTabs.ts';
import { refusalWords } from './refusals.ts';
import { callBack, holdSeconds, markRelated, sendDraft } from './send.ts';
import type { Sent } from './send.ts';

/** A message on its way out, as the bar shows it. */
export interface Sending {
  readonly composer: Composer;
  readonly stage:
    | { readonly kind: 'sending' }
    /** No connection: it leaves by itself when that is back. */
    | { readonly kind: 'waiting' }
    | { readonly kind: 'held'; readonly sent: Sent; readonly untilMs: number }
    | { readonly kind: 'callingBack' };
}

export interface ComposersView {
  /** In the order in which they were opened; those being sent are not among them. */
  readonly open: readonly Composer[];
  /** The one that should have the focus, when it has changed. */
  readonly activeId: string | undefined;
  readonly sendings: readonly Sending[];
}

let view: ComposersView = { open: [], activeId: undefined, sendings: [] };
const listeners = new Set<() => void>();
const aborts = new Map<string, AbortController>();

export const composersView = (): ComposersView => view;

export function subscribeComposers(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function become(change: Partial<ComposersView>): void {
  view = { ...view, ...change };
  for (const listener of listeners) listener();
}

function putSending(composer: Composer, stage: Sending['stage'] | undefined): void {
  const others = view.sendings.filter((it) => it.composer !== composer);
  become({ sendings: stage ? [...others, { composer, stage }] : others });
}

export function activate(id: string | undefined): void {
  if (id !== undefined) view.open.find((it) => it.id === id)?.show({ isMinimised: false });
  if (view.activeId !== id) become({ activeId: id });
}

export async function openComposer(sync: Sync, accountId: AccountId, request: DraftRequest): Promise<void> {
  const same = view.open.find((it) => request.kind === 'draft' && it.storedId() === request.emailId);
  if (same) return activate(same.id);
  try {
    const opened = await openDraft(sync, accountId, request);
    if (opened) add({ sync, accountId, ...opened });
    else showToast(t('gone'), { tone: 'danger' });
  } catch {
    showToast(t('openFailed'), { tone: 'danger' });
  }
}

export function resumeCopy(sync: Sync, { accountId, draft, storedId, messageId, id }: LocalCopy): void {
  add({ sync, accountId, draft, storedId, messageId, id, isChanged: true });
}

function add(start: ComposerStart): Composer {
  const composer = createComposer(start);
  claimDraft(composer);
  if (start.isChanged) {
    composer.keep();
    void composer.saveNow();
  }
  become({ open: [...view.open, composer], activeId: composer.id });
  return composer;
}

function remove(composer: Composer): void {
  const open = view.open.filter((it) => it !== composer);
  releaseDraft(composer);
  become({
    open,
    activeId: view.activeId === composer.id ? open.findLast((it) => !it.view().isMinimised)?.id : view.activeId,
  });
}

/** Saves and closes. What nobody touched leaves nothing behind. */
export function closeComposer(composer: Composer): void {
  remove(composer);
  if (composer.isPristine()) return composer.close('forget');
  composer.keep();
  void finishClosing(composer);
}

async function finishClosing(composer: Composer): Promise<void> {
  await composer.saveNow();
  // A change made while the last save was under way.
  if (composer.hasUnsaved()) await composer.saveNow();
  const { save } = composer.view();
  if (save.activity.kind === 'offline') {
    showToast(t('close.offline'));
    await composer.sync.connection.whenOnline();
    return finishClosing(composer);
  }
  if (save.activity.kind === 'refused') {
    become({ open: [...view.open, composer], activeId: composer.id });
    return;
  }
  composer.close('forget');
  showToast(t('close.saved'), { action: { label: t('close.reopen'), run: () => reopen(composer) } });
}

/** Draws a closed message anew, from its last version. */
function reopen(composer: Composer): void {
  const { sync, accountId, messageId } = composer;
  add({ sync, accountId, draft: composer.view().draft, storedId: composer.storedId(), messageId });
}

export function discardComposer(composer: Composer): void {
  remove(composer);
  const { sync, accountId, messageId } = composer;
  const { draft } = composer.view();
  const wasPristine = composer.isPristine();
  composer.close('forget');
  void composer.discard();
  if (wasPristine) return;
  const undo = () => {
    dropToast(toastId);
    add({ sync, accountId, draft, messageId, isChanged: true });
  };
  const toastId = showToast(t('discarded'), { action: { label: t('undo'), run: undo } });
}

/**
 * Goes on with a message in another account: from there it will leave, and there its draft and its copy are kept.
 * @param sign puts the signature of that account's identity into a text.
 */
export async function moveComposer(
  composer: Composer,
  accountId: AccountId,
  identityId: string,
  sign: (body: Draft['body']) => Draft['body'],
): Promise<void> {
  const { sync } = composer;
  const files = composer.view().draft.attachments;
  if (composer.view().uploads.length > 0) return void showToast(t('move.uploading'));
  const attachments = await copyFiles(sync, composer.accountId, accountId, files).catch(() => undefined);
  if (!attachments) return void showToast(t('move.failed'), { tone: 'danger' });
  // What was typed meanwhile goes along; a file that was attached meanwhile is not copied yet.
  const { draft } = composer.view();
  if (draft.attachments !== files || composer.view().uploads.length > 0) return void showToast(t('move.uploading'));
  const isChanged = !composer.isPristine();
  remove(composer);
  composer.close('forget');
  void composer.discard();
  add({ sync, accountId, draft: { ...draft, identityId, body: sign(draft.body), attachments }, isChanged });
}

/** The same files as blobs of another account (RFC 8620 §6.3); undefined when one of them cannot be. */
async function copyFiles(
  sync: Sync,
  fromAccountId: AccountId,
  accountId: AccountId,
  files: readonly Attachment[],
): Promise<readonly Attachment[] | undefined> {
  if (files.length === 0) return files;
  const blobIds = files.map(({ blobId }) => blobId);
  const answers = await sync.client.request([['Blob/copy', { fromAccountId, accountId, blobIds }, 'copy']]);
  const { copied } = answers.of('copy');
  const moved = files.map((file) => ({ ...file, blobId: isObject(copied) ? textOr(copied[file.blobId], '') : '' }));
  return moved.every(({ blobId }) => blobId !== '') ? moved : undefined;
}

/** Sends; the composer is hidden until it is known to have left, and comes back as it was when it has not. */
export async function sendComposer(composer: Composer): Promise<void> {
  const abort = new AbortController();
  aborts.set(composer.id, abort);
  composer.show({ isSending: true, problem: undefined });
  composer.keep();
  remove(composer);
  putSending(composer, { kind: 'sending' });
  await composer.settled();
  const outcome = await sendDraft(
    composer,
    (isWaiting) => putSending(composer, { kind: isWaiting ? 'waiting' : 'sending' }),
    abort.signal,
  ).catch(() => ({ kind: 'refused', type: 'serverFail', addresses: [] }) as const);
  aborts.delete(composer.id);
  if (outcome.kind === 'sent') {
    markRelated(composer, true);
    hold(composer, outcome);
    return;
  }
  putSending(composer, undefined);
  bringBack(composer, outcome.kind === 'cancelled' ? undefined : refusalWords(outcome.type, outcome.addresses));
}

function hold(composer: Composer, sent: Sent): void {
  putSending(composer, { kind: 'held', sent, untilMs: performance.now() + holdSeconds * 1000 });
  void forgetLocally(composer.id);
  setTimeout(() => {
    const now = view.sendings.find((it) => it.composer === composer);
    if (now?.stage.kind !== 'held') return;
    composer.close('forget');
    putSending(composer, undefined);
  }, holdSeconds * 1000);
}

/** "Cancel" on a message on its way: it is called back, and its composer opens as it was. */
export async function cancelSending({ composer, stage }: Sending): Promise<void> {
  if (stage.kind === 'sending' || stage.kind === 'waiting') return aborts.get(composer.id)?.abort();
  if (stage.kind !== 'held') return;
  putSending(composer, { kind: 'callingBack' });
  let isBack: boolean;
  try {
    isBack = await composer.sync.connection.persist(() => callBack(composer.sync, composer.accountId, stage.sent));
  } catch {
    isBack = false;
  }
  putSending(composer, undefined);
  if (!isBack) return void showToast(t('send.tooLate'), { tone: 'danger' });
  markRelated(composer, false);
  bringBack(composer, undefined);
}

function bringBack(composer: Composer, problem: string | undefined): void {
  composer.show({ isSending: false, problem });
  composer.keep();
  claimDraft(composer);
  become({ open: [...view.open, composer], activeId: composer.id });
}

/** Whether leaving the page now would lose time or words. */
export function hasUnsavedWork(): boolean {
  const isOnItsWay = view.sendings.some(({ stage }) => stage.kind === 'sending' || stage.kind === 'waiting');
  return isOnItsWay || view.open.some((it) => !it.isPristine() && it.hasUnsaved());
}
