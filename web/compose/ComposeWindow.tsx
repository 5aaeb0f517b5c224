/**
 * One composer on the screen: docked, wide or filling a phone. Head with its state, fields, text, files, tools, actions.
 * Keys typed here never reach the page's single-key shortcuts; Escape saves and closes, Ctrl+Enter sends.
 */
import { Maximize2, Minimize2, Minus, MoreVertical, Paperclip, SendHorizontal, Trash2, X } from 'lucide-react';
import { useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import type { DragEvent, KeyboardEvent } from 'react';
import type { AccountId } from '#web/sync/records.ts';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { Confirm } from '#web/ui/Dialog.tsx';
import { Menu } from '#web/ui/Menu.tsx';
import { t } from '#web/words/compose.ts';
import { Attachments } from './Attachments.tsx';
import { CheckDialog } from './CheckDialog.tsx';
import { hardProblems, softProblems } from './checks.ts';
import type { Composer, ComposerView } from './composer.ts';
import { closeComposer, discardComposer, moveComposer, sendComposer } from './composers.ts';
import type { Body } from './draft.ts';
import { altOf, Editor, isPicture } from './editor/Editor.tsx';
import type { EditorHandle } from './editor/Editor.tsx';
import { LinkDialog } from './editor/LinkDialog.tsx';
import { schema } from './editor/schema.ts';
import { TableDialog } from './editor/TableDialog.tsx';
import { Toolbar } from './editor/Toolbar.tsx';
import { FilePicker } from './FilePicker.tsx';
import { hasFormatting, printText, textDocument } from './html/text.ts';
import { IdentityField } from './IdentityField.tsx';
import { signatureOf } from './openDraft.ts';
import { replaceSignature, replaceTextSignature } from './plan/begin.ts';
import { OthersAnswer } from './OthersAnswer.tsx';
import { RecipientField } from './RecipientField.tsx';
import { SaveStatus } from './SaveStatus.tsx';
import css from './window.module.css';

export interface ComposeWindowProps {
  readonly composer: Composer;
  readonly isActive: boolean;
  /** Fills the screen: nothing behind it can be used. */
  readonly isFull: boolean;
  readonly onMinimise: () => void;
}

type Asking =
  | { readonly kind: 'link' | 'table' | 'plain' }
  /** What is to be looked at again before sending; `mayGoOn` where it is only advice. */
  | { readonly kind: 'check'; readonly says: readonly string[]; readonly mayGoOn: boolean };

export function ComposeWindow({ composer, isActive, isFull, onMinimise }: ComposeWindowProps) {
  const view = useSyncExternalStore(composer.subscribe, composer.view);
  const { draft } = view;
  const titleId = useId();
  const frame = useRef<HTMLElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const picturePicker = useRef<HTMLInputElement>(null);
  const [editor, setEditor] = useState<EditorHandle | undefined>(undefined);
  const [asking, ask] = useState<Asking | undefined>(undefined);
  const [hasCopies, showCopies] = useState(draft.cc.length > 0 || draft.bcc.length > 0);
  const [isDropping, setDropping] = useState(false);
  const [startsInText] = useState(draft.to.length > 0);
  const subject = draft.subject.trim() || t('newMessage');

  useEffect(() => {
    // Coming back to a composer goes on where its focus was, or at its text.
    const element = frame.current;
    if (!isActive || !element || element.contains(document.activeElement)) return;
    const target = element.querySelector<HTMLElement>(
      startsInText ? '[data-body] [role="textbox"], [data-body] textarea' : 'input',
    );
    target?.focus();
  }, [isActive, startsInText]);

  function onPictures(files: readonly File[]): readonly string[] {
    return files.map((file) => {
      const cid = `${crypto.randomUUID()}@pli`;
      composer.attach([file], cid);
      return cid;
    });
  }

  /** Pictures chosen by button go to the cursor. */
  function insertPictures(files: readonly File[]): void {
    const pictures = files.filter(isPicture);
    onPictures(pictures).forEach((cid, index) => {
      editor?.run((state, dispatch) => {
        dispatch?.(state.tr.replaceSelectionWith(schema.node('image', { cid, alt: altOf(pictures[index]) }), false));
        return true;
      });
    });
    const others = files.filter((file) => !isPicture(file));
    if (others.length > 0) composer.attach(others);
    editor?.focus();
  }

  function send(isChecked = false): void {
    // A field of recipients that still holds letters makes a token of them when it loses the focus.
    const focused = document.activeElement;
    if (focused instanceof HTMLInputElement) {
      focused.blur();
      focused.focus();
    }
    queueMicrotask(() => {
      const now = composer.view();
      const problems = hardProblems(now);
      if (problems.length > 0) return ask({ kind: 'check', says: problems, mayGoOn: false });
      const advice = isChecked ? [] : softProblems(now);
      if (advice.length > 0) return ask({ kind: 'check', says: advice, mayGoOn: true });
      void sendComposer(composer);
    });
  }

  function onKeyDown(event: KeyboardEvent): void {
    // The page's own keys are not meant while somebody writes.
    event.stopPropagation();
    // The editor takes Enter and Escape in any case; elsewhere whoever took a key has used it.
    const isInText = event.target instanceof HTMLElement && event.target.isContentEditable;
    if (event.nativeEvent.isComposing || (event.defaultPrevented && !isInText)) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && asking === undefined) {
      event.preventDefault();
      closeComposer(composer);
    }
  }

  function onDrop(event: DragEvent): void {
    setDropping(false);
    const files = [...event.dataTransfer.files];
    if (files.length === 0 || event.defaultPrevented) return;
    event.preventDefault();
    composer.attach(files);
  }

  /** The text with the signature of another identity in the place of the present one's. */
  function signed(body: Body, accountId: AccountId, identityId: string): Body {
    const before = composer.identity();
    const after = composer.sync.store.all(accountId, 'Identity').find((it) => it.id === identityId);
    return body.kind === 'rich'
      ? { kind: 'rich', doc: replaceSignature(body.doc, signatureOf(after)) }
      : {
          kind: 'plain',
          text: replaceTextSignature(body.text, before?.textSignature ?? '', after?.textSignature ?? ''),
        };
  }

  function changeIdentity(identityId: string): void {
    const body = signed(draft.body, composer.accountId, identityId);
    composer.change({ identityId });
    composer.replaceBody(body);
  }

  const moveTo = (accountId: AccountId, identityId: string): void =>
    void moveComposer(composer, accountId, identityId, (body) => signed(body, accountId, identityId));

  function switchMode(): void {
    if (draft.body.kind === 'plain') composer.replaceBody({ kind: 'rich', doc: textDocument(draft.body.text) });
    else if (hasFormatting(draft.body.doc)) ask({ kind: 'plain' });
    else composer.replaceBody({ kind: 'plain', text: printText(draft.body.doc) });
  }

  const fieldProps = { sync: composer.sync, accountId: composer.accountId };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the whole window, and files dropped on it
    <section
      ref={frame}
      role={isFull ? 'dialog' : 'region'}
      aria-modal={isFull || undefined}
      aria-labelledby={titleId}
      className={css['window']}
      data-full={isFull || undefined}
      data-wide={view.isWide || undefined}
      data-minimised={view.isMinimised || undefined}
      data-dropping={isDropping || undefined}
      data-composer={composer.id}
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={(event) => !event.currentTarget.contains(relatedNode(event)) && setDropping(false)}
      onDrop={onDrop}
    >
      <header className={css['head']}>
        <h2 id={titleId} className={css['title']}>
          {subject}
        </h2>
        {!isFull && (
          <IconButton icon={Minus} label={t('window.minimise')} onPress={onMinimise} className={css['headAct']} />
        )}
        {!isFull && (
          <IconButton
            icon={view.isWide ? Minimize2 : Maximize2}
            label={view.isWide ? t('window.narrow') : t('window.widen')}
            onPress={() => composer.show({ isWide: !view.isWide })}
            className={css['headAct']}
          />
        )}
        <IconButton
          icon={X}
          label={t('window.close')}
          keyHint="Esc"
          onPress={() => closeComposer(composer)}
          className={css['headAct']}
        />
      </header>
      <OthersAnswer composer={composer} />
      <Notices composer={composer} view={view} />
      <div className={css['sheet']}>
        <IdentityField composer={composer} identityId={draft.identityId} onChange={changeIdentity} onMove={moveTo} />
        <RecipientField
          {...fieldProps}
          label={t('field.to')}
          value={draft.to}
          onChange={(to) => composer.change({ to })}
          end={
            !hasCopies && (
              <Button tone="quiet" aria-label={t('field.showCopies')} onPress={() => showCopies(true)}>
                {t('field.copies')}
              </Button>
            )
          }
        />
        {hasCopies && (
          <>
            <RecipientField
              {...fieldProps}
              label={t('field.cc')}
              value={draft.cc}
              onChange={(cc) => composer.change({ cc })}
            />
            <RecipientField
              {...fieldProps}
              label={t('field.bcc')}
              value={draft.bcc}
              onChange={(bcc) => composer.change({ bcc })}
            />
          </>
        )}
        <label className={css['subject']}>
          <span>{t('field.subject')}</span>
          <input
            type="text"
            value={draft.subject}
            maxLength={900}
            spellCheck
            onChange={(event) => composer.change({ subject: event.currentTarget.value })}
          />
        </label>
        <div className={css['body']} data-body>
          {draft.body.kind === 'rich' ? (
            <Editor
              doc={draft.body.doc}
              edition={view.bodyEdition}
              label={t('field.body')}
              pictureUrl={composer.pictureUrl}
              hasAutoFocus={false}
              onChange={(doc) => composer.change({ body: { kind: 'rich', doc } })}
              onState={setEditor}
              onLink={() => ask({ kind: 'link' })}
              onPictures={onPictures}
              onFiles={composer.attach}
            />
          ) : (
            <textarea
              aria-label={t('field.body')}
              className={css['plain']}
              value={draft.body.text}
              onChange={(event) => composer.change({ body: { kind: 'plain', text: event.currentTarget.value } })}
            />
          )}
        </div>
      </div>
      <Attachments composer={composer} view={view} />
      {draft.body.kind === 'rich' && editor && (
        <Toolbar
          editor={editor}
          onLink={() => ask({ kind: 'link' })}
          onPicture={() => picturePicker.current?.click()}
          onTable={() => ask({ kind: 'table' })}
        />
      )}
      <footer className={css['foot']}>
        <Button tone="primary" icon={SendHorizontal} onPress={() => send()}>
          {t('send.action')}
        </Button>
        <IconButton icon={Paperclip} label={t('files.attach')} onPress={() => picker.current?.click()} />
        <SaveStatus save={view.save} isPristine={composer.isPristine()} />
        <IconButton icon={Trash2} label={t('discard.action')} onPress={() => discardComposer(composer)} />
        <Menu
          label={t('more.label')}
          trigger={<IconButton icon={MoreVertical} label={t('more.label')} />}
          groups={[
            {
              choices: [
                { id: 'mode', label: draft.body.kind === 'rich' ? t('plain.on') : t('plain.off'), run: switchMode },
                { id: 'close', label: t('window.close'), keyHint: 'Esc', run: () => closeComposer(composer) },
              ],
            },
          ]}
        />
      </footer>
      <FilePicker pick={picker} label={t('files.attach')} onFiles={(files) => composer.attach(files)} />
      <FilePicker
        pick={picturePicker}
        label={t('toolbar.image')}
        accept="image/png,image/jpeg,image/gif,image/webp"
        onFiles={insertPictures}
      />
      {isDropping && (
        <p aria-hidden className={css['drop']}>
          {t('files.drop')}
        </p>
      )}
      {asking?.kind === 'link' && editor && (
        <LinkDialog editor={editor} onClose={() => (ask(undefined), refocus(editor))} />
      )}
      {asking?.kind === 'table' && editor && (
        <TableDialog editor={editor} onClose={() => (ask(undefined), refocus(editor))} />
      )}
      {asking?.kind === 'plain' && draft.body.kind === 'rich' && (
        <Confirm
          title={t('plain.title')}
          text={t('plain.text')}
          action={t('plain.action')}
          onClose={() => ask(undefined)}
          onConfirm={() =>
            draft.body.kind === 'rich' && composer.replaceBody({ kind: 'plain', text: printText(draft.body.doc) })
          }
        />
      )}
      {asking?.kind === 'check' && (
        <CheckDialog
          says={asking.says}
          onClose={() => ask(undefined)}
          onGoOn={
            asking.mayGoOn
              ? () => {
                  ask(undefined);
                  send(true);
                }
              : undefined
          }
        />
      )}
    </section>
  );
}

function relatedNode(event: DragEvent): Node | null {
  return event.relatedTarget instanceof Node ? event.relatedTarget : null;
}

/** After the dialog has given the focus back where it came from. */
function refocus(editor: EditorHandle): void {
  setTimeout(() => editor.focus(), 0);
}

function Notices({ composer, view }: { readonly composer: Composer; readonly view: ComposerView }) {
  return (
    <div role="alert">
      {view.problem !== undefined && (
        <p className={css['notice']} data-tone="danger">
          {view.problem}
        </p>
      )}
      {view.isElsewhere && <p className={css['notice']}>{t('save.elsewhere')}</p>}
      {view.save.hasConflict && (
        <p className={css['notice']}>
          {t('save.conflict')}{' '}
          <Button tone="quiet" onPress={composer.heedConflict}>
            {t('save.heed')}
          </Button>
        </p>
      )}
    </div>
  );
}
