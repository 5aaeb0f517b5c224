/** One message to read: its text or its HTML, its files, and everything else one may want to know or do with it. */
import {
  Code,
  EllipsisVertical,
  FileText,
  ImageOff,
  Palette,
  Paperclip,
  Printer,
  Save,
  ScrollText,
} from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { requestCompose } from '#web/app/composeRequests.ts';
import { useScope } from '#web/app/SyncContext.tsx';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { Menu } from '#web/ui/Menu.tsx';
import { Spinner } from '#web/ui/Spinner.tsx';
import { longDate } from '#web/words/dates.ts';
import { t } from '#web/words/read.ts';
import { Attachments } from './Attachments.tsx';
import { blobUrl, type Content, loadContent, type Part } from './content.ts';
import { Details } from './Details.tsx';
import { HtmlFrame } from './HtmlFrame.tsx';
import { People, printHeadOf } from './People.tsx';
import { PlainText } from './PlainText.tsx';
import { printText } from './print.ts';
import css from './reader.module.css';
import { sanitise } from './sanitise.ts';
import { Source } from './Source.tsx';
import { isTrusted, trust } from './trusted.ts';

export interface ReaderProps {
  readonly emailId: string;
  /** In the head of the message, where its menu stands. */
  readonly menuPlace: HTMLElement | null;
}

export function Reader({ emailId, menuPlace }: ReaderProps) {
  const { sync, accountId } = useScope();
  const [content, setContent] = useState<Content | 'failed' | undefined>(undefined);
  useEffect(() => {
    // Loading is begun by the message being shown, and again when a person asks after a failure.
    if (content !== undefined) return undefined;
    let isLeft = false;
    loadContent(sync, accountId, emailId).then(
      (loaded) => !isLeft && setContent(loaded),
      () => !isLeft && setContent('failed'),
    );
    return () => {
      isLeft = true;
    };
  }, [sync, accountId, emailId, content]);
  if (content === undefined) return <Spinner label={t('loading')} />;
  if (content !== 'failed') return <Shown emailId={emailId} content={content} menuPlace={menuPlace} />;
  return (
    <div className={css['failed']} role="alert">
      <p>{t('failed')}</p>
      <Button onPress={() => setContent(undefined)}>{t('retry')}</Button>
    </div>
  );
}

type Open = 'details' | 'source' | undefined;

function Shown({ emailId, content, menuPlace }: ReaderProps & { readonly content: Content }) {
  const { sync, accountId } = useScope();
  const senderEmail = content.from[0]?.email ?? '';
  const [mayShowRemote, setMayShowRemote] = useState(() => isTrusted(senderEmail));
  const [isText, setIsText] = useState(!content.hasHtml);
  const [hasOwnColours, setOwnColours] = useState(false);
  const [open, setOpen] = useState<Open>(undefined);
  const frame = useRef<HTMLIFrameElement | null>(null);
  const onReady = useCallback((element: HTMLIFrameElement) => {
    frame.current = element;
  }, []);
  const html = useMemo(() => {
    if (isText) return undefined;
    const cidUrl = (cid: string) => {
      const part = content.byCid.get(cid);
      return part && blobUrl(sync, accountId, { blobId: part.blobId, name: part.name ?? 'image', type: part.type });
    };
    return sanitise(
      joinHtml(content, (part) => (isShownInline(part, content) ? '' : inlineHtml(part))),
      { cidUrl, mayShowRemote },
    );
  }, [content, isText, mayShowRemote, sync, accountId]);
  const fileName = `${
    content.subject
      .replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, ' ')
      .trim()
      .slice(0, 80) || 'message'
  }.eml`;
  const messageUrl = (type: string) => blobUrl(sync, accountId, { blobId: content.blobId, name: fileName, type });
  const text = content.text.map((part) => part.value).join('\n');
  const printHead = printHeadOf(content, longDate(content.receivedAt));
  const isCut = [...content.text, ...content.html].some((part) => 'isTruncated' in part && part.isTruncated);
  const choices = [
    {
      id: 'forwardAttached',
      label: t('forwardAttached'),
      icon: Paperclip,
      run: () => requestCompose({ kind: 'forwardAttached', emailId }),
    },
    { id: 'details', label: t('details'), icon: ScrollText, run: () => setOpen('details') },
    { id: 'source', label: t('source'), icon: Code, run: () => setOpen('source') },
    {
      id: 'save',
      label: t('save'),
      icon: Save,
      run: () => saveAs(messageUrl('message/rfc822'), fileName),
    },
    {
      id: 'print',
      label: t('print'),
      icon: Printer,
      run: () => (html ? frame.current?.contentWindow?.print() : printText(printHead, text)),
    },
  ];
  const views = content.hasHtml
    ? [
        {
          id: 'view',
          label: isText ? t('asHtml') : t('asText'),
          icon: FileText,
          run: () => setIsText(!isText),
        },
        ...(html?.hasColours
          ? [
              {
                id: 'colours',
                label: hasOwnColours ? t('themeColours') : t('ownColours'),
                icon: Palette,
                run: () => setOwnColours(!hasOwnColours),
              },
            ]
          : []),
      ]
    : [];
  return (
    <div>
      {menuPlace &&
        createPortal(
          <Menu
            trigger={<IconButton icon={EllipsisVertical} label={t('more')} />}
            label={t('moreHeading')}
            groups={[{ choices }, { choices: views }]}
          />,
          menuPlace,
        )}
      <People content={content} />
      {html !== undefined && html.blockedImages > 0 && (
        <div className={css['blocked']} role="note">
          <ImageOff aria-hidden size={18} />
          <span>{t('imagesBlocked', { count: html.blockedImages })}</span>
          <Button tone="quiet" onPress={() => setMayShowRemote(true)}>
            {t('imagesShow')}
          </Button>
          {senderEmail !== '' && (
            <Button
              tone="quiet"
              onPress={() => {
                trust(senderEmail);
                setMayShowRemote(true);
              }}
            >
              {t('imagesAlways', { sender: senderEmail })}
            </Button>
          )}
        </div>
      )}
      {html ? (
        <HtmlFrame content={html} hasOwnColours={hasOwnColours} printHead={printHead} onReady={onReady} />
      ) : text.trim() === '' ? (
        <p className={css['empty']}>{t('empty')}</p>
      ) : (
        <PlainText text={text} />
      )}
      {isCut && <p className={css['empty']}>{t('truncated')}</p>}
      <Attachments emailId={emailId} parts={content.attachments.filter((part) => !isShownInline(part, content))} />
      {open === 'details' && <Details emailId={emailId} onClose={() => setOpen(undefined)} />}
      {open === 'source' && <Source url={messageUrl('text/plain')} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

/** The parts of an HTML body one after the other; a plain text between them stands as it is. */
function joinHtml(content: Content, inline: (part: Part) => string): string {
  return content.html
    .map((part) => {
      if ('blobId' in part) return inline(part);
      return part.type === 'text/html' ? part.value : `<pre>${escapeHtml(part.value)}</pre>`;
    })
    .join('');
}

/** A picture among the texts (a phone sends them so) is shown where it stands. */
function inlineHtml(part: Part): string {
  if (!part.type.startsWith('image/') || part.cid === null) return '';
  return `<p><img src="cid:${encodeURIComponent(part.cid)}" alt="${escapeHtml(part.name ?? '')}"></p>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A picture the text shows is not listed again as a file. */
function isShownInline(part: Part, content: Content): boolean {
  const { cid } = part;
  if (cid === null || !part.type.startsWith('image/')) return false;
  return content.html.some((each) => 'value' in each && each.value.includes(`cid:${cid}`));
}

function saveAs(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
