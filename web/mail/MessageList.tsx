/**
 * The list of conversations: an ARIA grid of which only the rows in sight exist, so that 100,000 cost what 20 do. The
 * grid has the focus and names its active row; rows never have it, so none is lost when a row goes.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { KeyboardEvent, MouseEvent } from 'react';
import type { Snippet } from '#web/search/useSnippets.ts';
import type { EmailList } from '#web/sync/emailQuery.ts';
import { useEvent } from '#web/ui/useEvent.ts';
import { t } from '#web/words/words.ts';
import { beginDrag } from './dragging.ts';
import css from './list.module.css';
import { MessageRow, RowSkeleton } from './MessageRow.tsx';
import type { Selection } from './selection.ts';

export interface ListKeys {
  /** Moves by rows, or to the first or last; `extend` picks what lies between. */
  readonly move: (to: number | 'first' | 'last', how: 'go' | 'extend' | 'walk') => void;
  readonly open: () => void;
  readonly toggle: () => void;
  readonly pickAll: () => void;
  readonly clear: () => void;
}

export interface MessageListProps {
  readonly label: string;
  readonly list: EmailList;
  readonly onLook: (first: number, last: number) => void;
  readonly selection: Selection;
  /** A row one is on the way to, not fetched yet. */
  readonly headingFor: number | undefined;
  readonly openThreadId: string | undefined;
  readonly rowHeightPx: number;
  /** Room kept free under the last row, where a button floats over the list. */
  readonly endSpacePx: number;
  readonly isOutgoing: boolean;
  readonly ownEmails: ReadonlySet<string>;
  readonly snippets: ReadonlyMap<string, Snippet>;
  readonly threadOf: (emailId: string) => string | undefined;
  readonly keys: ListKeys;
  readonly onRowClick: (event: MouseEvent, threadId: string) => void;
  readonly onToggle: (threadId: string, isRange: boolean) => void;
  readonly onStar: (threadId: string, isStarred: boolean) => void;
}

export function MessageList(props: MessageListProps) {
  const { list, onLook, selection, openThreadId, rowHeightPx, threadOf, keys } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const total = list.total ?? 0;
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 8,
    paddingEnd: props.endSpacePx,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onLook(first, last), [onLook, first, last, total]);
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeightPx]);

  const onRowClick = useEvent(props.onRowClick);
  const onToggle = useEvent(props.onToggle);
  const onStar = useEvent(props.onStar);
  const onDragStart = useEvent((event: React.DragEvent, dragged: string) => {
    const threadIds = selection.picked.has(dragged) ? [...selection.picked] : [dragged];
    beginDrag(event, { kind: 'conversations', threadIds });
    setDragPicture(event, threadIds.length);
  });

  const active = selection.active ?? openThreadId;
  const activeIndex = active === undefined ? -1 : list.indexOfThread(active);
  useEffect(() => {
    if (activeIndex >= 0) virtualizer.scrollToIndex(activeIndex, { align: 'auto' });
    // Only when the active row changes: a message arriving above must not move what one reads.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active]);

  const { headingFor } = props;
  useEffect(() => {
    if (headingFor !== undefined) virtualizer.scrollToIndex(headingFor, { align: 'auto' });
  }, [virtualizer, headingFor]);

  const isActiveDrawn = activeIndex >= first && activeIndex <= last;
  const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeightPx) - 1);
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-multiselectable
      aria-rowcount={total}
      aria-readonly
      aria-activedescendant={isActiveDrawn ? rowId(activeIndex) : undefined}
      className={css['list']}
      onKeyDown={(event) => onKeyDown(event, keys, pageRows)}
    >
      <div
        role="rowgroup"
        className={css['rows']}
        ref={(element) => void (element && (element.style.height = `${virtualizer.getTotalSize()}px`))}
      >
        {items.map((item) => {
          const emailId = list.idAt(item.index);
          const threadId = emailId === undefined ? undefined : threadOf(emailId);
          return (
            <div
              key={threadId ?? `row ${item.index}`}
              role="presentation"
              className={css['slot']}
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
            >
              {emailId === undefined || threadId === undefined ? (
                <RowSkeleton />
              ) : (
                <MessageRow
                  id={rowId(item.index)}
                  emailId={emailId}
                  index={item.index}
                  isPicked={selection.picked.has(threadId)}
                  isActive={item.index === activeIndex}
                  isOpen={threadId === openThreadId}
                  isOutgoing={props.isOutgoing}
                  ownEmails={props.ownEmails}
                  snippet={props.snippets.get(emailId)}
                  onClick={onRowClick}
                  onToggle={onToggle}
                  onStar={onStar}
                  onDragStart={onDragStart}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const rowId = (index: number) => `message-row-${index}`;

function onKeyDown(event: KeyboardEvent, keys: ListKeys, pageRows: number): void {
  const { key, shiftKey, target, currentTarget } = event;
  const isCommand = event.ctrlKey || event.metaKey;
  if (event.altKey) return;
  const how = shiftKey ? 'extend' : isCommand ? 'walk' : 'go';
  const to = (
    { ArrowDown: 1, ArrowUp: -1, PageDown: pageRows, PageUp: -pageRows, Home: 'first', End: 'last' } as const
  )[key];
  if (to !== undefined) keys.move(to, how);
  else if (key === 'Enter' && target === currentTarget && !isCommand) keys.open();
  else if (key === ' ' && target === currentTarget) keys.toggle();
  else if (key.toLowerCase() === 'a' && isCommand) keys.pickAll();
  else if (key === 'Escape') keys.clear();
  else return;
  event.preventDefault();
}

/** What hangs at the pointer: how many are being moved. The browser needs it in the page for a moment. */
function setDragPicture(event: React.DragEvent, count: number): void {
  const picture = document.createElement('div');
  picture.className = css['picture'] ?? '';
  picture.textContent = t('list.dragged', { count });
  document.body.append(picture);
  event.dataTransfer.setDragImage(picture, -12, -4);
  setTimeout(() => picture.remove());
}
