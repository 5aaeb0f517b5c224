/** What is dragged between panes, by the browser's own drag and drop. Everything one can drag has a menu that does the same. */
import type { DragEvent } from 'react';
import { isObject, listOr, text } from '#web/sync/shape.ts';

export type Dragged =
  | { readonly kind: 'conversations'; readonly threadIds: readonly string[] }
  | { readonly kind: 'mailbox'; readonly mailboxId: string };

const conversationsType = 'application/x-pli-conversations';
const mailboxType = 'application/x-pli-mailbox';

export function beginDrag(event: DragEvent, dragged: Dragged): void {
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData(dragged.kind === 'mailbox' ? mailboxType : conversationsType, JSON.stringify(dragged));
}

/** Whether something of ours hovers: what exactly is secret until it is dropped. */
export function isOurs(event: DragEvent): boolean {
  return event.dataTransfer.types.includes(conversationsType) || event.dataTransfer.types.includes(mailboxType);
}

export function dropped(event: DragEvent): Dragged | undefined {
  const raw = event.dataTransfer.getData(conversationsType) || event.dataTransfer.getData(mailboxType);
  if (!raw) return undefined;
  const value: unknown = JSON.parse(raw);
  if (!isObject(value)) return undefined;
  if (value['kind'] === 'mailbox') return { kind: 'mailbox', mailboxId: text(value['mailboxId']) };
  return { kind: 'conversations', threadIds: listOr(value['threadIds'], text) };
}
