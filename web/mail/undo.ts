/** The last thing that can be undone. Once only: an undo is not undone. */
let last: (() => void) | undefined;

/** Keeps `back` as the last undo, and returns it as something that runs at most once. */
export function rememberUndo(back: () => void): () => void {
  const once = () => {
    if (last === once) last = undefined;
    if (isDone) return;
    isDone = true;
    back();
  };
  let isDone = false;
  last = once;
  return once;
}

/** Undoes the last thing; false where there is nothing to undo. */
export function undoLast(): boolean {
  if (!last) return false;
  last();
  return true;
}
