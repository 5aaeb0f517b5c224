/** Short messages about what has just happened, with a way back where there is one. One list for the page. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'danger';
  readonly action: { readonly label: string; readonly run: () => void } | undefined;
}

/** How long a message stays; the pointer or the focus on it stops the clock. */
export const toastMs = 10_000;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

export function showToast(
  text: string,
  options: { readonly tone?: Toast['tone']; readonly action?: Toast['action'] } = {},
): number {
  lastId += 1;
  // The last plain one replaces the one before, so that "undo" is never in doubt; warnings stay beside it.
  publish([
    ...toasts.filter((toast) => toast.tone === 'danger').slice(-2),
    { id: lastId, text, tone: options.tone ?? 'plain', action: options.action },
  ]);
  return lastId;
}

export function dropToast(id: number): void {
  publish(toasts.filter((toast) => toast.id !== id));
}

export function currentToasts(): readonly Toast[] {
  return toasts;
}

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function publish(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}
