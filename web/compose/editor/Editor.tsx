/**
 * The rich text editor: ProseMirror in a component. The document flows out by `onChange`; it flows in only when
 * `edition` changes. Everything pasted is cleaned as text before the browser parses it.
 */
import { useEffect, useRef } from 'react';
import type { Node } from 'prosemirror-model';
import { EditorState } from 'prosemirror-state';
import type { Command } from 'prosemirror-state';
import { EditorView } from 'prosemirror-view';
import { t } from '#web/words/compose.ts';
import { cleanHtml } from '#web/compose/html/clean.ts';
import { completeHref } from './commands.ts';
import css from './editor.module.css';
import { createImageView } from './imageView.ts';
import { editorPlugins } from './plugins.ts';
import { schema } from './schema.ts';

/** What others may do with the editor: the toolbar, the dialogs. */
export interface EditorHandle {
  readonly state: EditorState;
  run(command: Command): void;
  focus(): void;
}

export interface EditorProps {
  readonly doc: Node;
  readonly edition: number;
  readonly label: string;
  readonly pictureUrl: (cid: string) => string | undefined;
  readonly onChange: (doc: Node) => void;
  /** Each new state, typed or moved: the toolbar follows it. */
  readonly onState: (handle: EditorHandle) => void;
  readonly onLink: () => void;
  /** Pictures pasted or dropped into the text. @returns the cid for each. */
  readonly onPictures: (files: readonly File[]) => readonly string[];
  /** Other files pasted. */
  readonly onFiles: (files: readonly File[]) => void;
  readonly hasAutoFocus: boolean;
}

export function Editor(props: EditorProps) {
  // Another edition of the body is another editor: history and selection of the former mean nothing in it.
  return <OneEdition key={props.edition} {...props} />;
}

function OneEdition(props: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const { label } = props;

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const view = new EditorView(element, {
      state: stateOf(latest.current.doc, () => latest.current.onLink()),
      attributes: {
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': label,
        class: css['text'] ?? '',
        lang: document.documentElement.lang,
        spellcheck: 'true',
      },
      nodeViews: { image: createImageView((cid) => latest.current.pictureUrl(cid)) },
      dispatchTransaction(transaction) {
        const state = view.state.apply(transaction);
        view.updateState(state);
        if (transaction.docChanged) latest.current.onChange(state.doc);
        latest.current.onState(handleOf(view));
      },
      transformPastedHTML: (html) => takePictures(isOurs(html) ? html : cleanHtml(html), latest.current.onPictures),
      handlePaste: (view, event) => pasteFiles(view, event, latest.current) || pasteAddress(view, event),
      handleDrop: (view, event, _slice, isMoved) => !isMoved && dropPictures(view, event, latest.current),
    });
    latest.current.onState(handleOf(view));
    if (latest.current.hasAutoFocus) view.focus();
    return () => view.destroy();
  }, [label]);

  return <div ref={host} className={css['editor']} />;
}

function stateOf(doc: Node, onLink: () => void): EditorState {
  return EditorState.create({ doc, plugins: [...editorPlugins({ onLink })] });
}

function handleOf(view: EditorView): EditorHandle {
  return {
    state: view.state,
    run: (command) => command(view.state, view.dispatch, view),
    focus: () => view.focus(),
  };
}

/** What our own editor put on the clipboard holds nothing to clean, and cleaning would take its frame off. */
function isOurs(html: string): boolean {
  return html.includes('data-pm-slice') && !/<[^>]*\s(?:style|on\w+)\s*=/i.test(html);
}

/** Pictures written into the HTML itself become files of the message. */
function takePictures(html: string, onPictures: EditorProps['onPictures']): string {
  return html.replaceAll(
    /data-source="data:(image\/[a-z]+);base64,([A-Za-z0-9+/=\s]+)"/g,
    (_, type: string, data: string) => {
      try {
        const octets = Uint8Array.from(atob(data.replaceAll(/\s/g, '')), (character) => character.codePointAt(0) ?? 0);
        const [cid] = onPictures([new File([octets], `image.${type.slice(6)}`, { type })]);
        return cid === undefined ? '' : `data-source="cid:${cid}"`;
      } catch {
        return '';
      }
    },
  );
}

function pasteFiles(view: EditorView, event: ClipboardEvent, { onPictures, onFiles }: EditorProps): boolean {
  const files = [...(event.clipboardData?.files ?? [])];
  // Word processors put a picture of the text beside the text: the text is what is meant.
  const hasText = event.clipboardData?.types.some((type) => type === 'text/html' || type === 'text/plain') === true;
  if (
    files.length === 0 ||
    (hasText && files.every((file) => file.type.startsWith('image/')) && !isPictureAlone(event))
  )
    return false;
  insertPictures(view, files, onPictures);
  const others = files.filter((file) => !isPicture(file));
  if (others.length > 0) onFiles(others);
  return true;
}

/** A picture copied from a page comes with HTML that is nothing but that picture. */
function isPictureAlone(event: ClipboardEvent): boolean {
  const html = event.clipboardData?.getData('text/html') ?? '';
  return html !== '' && /<img\b/i.test(html) && html.replaceAll(/<!--.*?-->|<[^>]*>/gs, '').trim() === '';
}

function dropPictures(view: EditorView, event: DragEvent, { onPictures }: EditorProps): boolean {
  const files = [...(event.dataTransfer?.files ?? [])];
  // Files of other kinds are for the composer around the editor.
  if (files.length === 0 || !files.every(isPicture)) return false;
  event.preventDefault();
  event.stopPropagation();
  const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
  insertPictures(view, files, onPictures, at?.pos);
  return true;
}

export const isPicture = (file: File): boolean => /^image\/(?:png|jpe?g|gif|webp)$/.test(file.type);

function insertPictures(
  view: EditorView,
  files: readonly File[],
  onPictures: EditorProps['onPictures'],
  at?: number,
): void {
  const pictures = files.filter(isPicture);
  const cids = onPictures(pictures);
  const tr = view.state.tr;
  cids.forEach((cid, index) => {
    const node = schema.node('image', { cid, alt: altOf(pictures[index]) });
    if (at === undefined) tr.replaceSelectionWith(node, false);
    else tr.insert(at, node);
  });
  if (tr.docChanged) view.dispatch(tr.scrollIntoView());
}

/** A name given by a person describes the picture; that of a screenshot does not. */
export function altOf(file: File | undefined): string {
  const name = (file?.name ?? '')
    .replace(/\.\w+$/, '')
    .replaceAll(/[_-]+/g, ' ')
    .trim();
  return name === '' || /^(?:image|img|capture|screenshot|photo|dsc)?[\d\s.:()-]*$/i.test(name)
    ? t('image.plain')
    : name;
}

/** An address pasted over words makes them a link; alone, it is a link itself. */
function pasteAddress(view: EditorView, event: ClipboardEvent): boolean {
  const text = event.clipboardData?.getData('text/plain').trim() ?? '';
  const href = /^(?:https?:\/\/|www\.)\S+$/i.test(text) ? completeHref(text) : undefined;
  const type = schema.marks['link'];
  if (href === undefined || !type || view.state.selection.$from.parent.type.spec.code) return false;
  const { from, to, empty } = view.state.selection;
  const mark = type.create({ href });
  const tr = empty
    ? view.state.tr.replaceSelectionWith(schema.text(text, [mark]), false)
    : view.state.tr.addMark(from, to, mark);
  view.dispatch(tr.removeStoredMark(type).scrollIntoView());
  return true;
}
