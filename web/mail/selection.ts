/**
 * Which rows are picked, as every list of files does it: click, Ctrl, Shift, and the same by keys. Rows are known by
 * conversation, so that an answer arriving in one does not lose it.
 */
export interface Selection {
  readonly picked: ReadonlySet<string>;
  /** Where the keyboard is. */
  readonly active: string | undefined;
  /** Where a range begins. */
  readonly anchor: string | undefined;
}

export const noSelection: Selection = { picked: new Set(), active: undefined, anchor: undefined };

/** Goes to a row and picks nothing. */
export function goTo(row: string | undefined): Selection {
  return { picked: new Set(), active: row, anchor: row };
}

/** Picks or lets go one row (Ctrl and click, the box, x). */
export function toggle(selection: Selection, row: string): Selection {
  const picked = new Set(selection.picked);
  if (!picked.delete(row)) picked.add(row);
  return { picked, active: row, anchor: row };
}

/** Picks from the anchor to `row` in the order of `rows` (Shift). Other picks are let go, as desktops do. */
export function extend(selection: Selection, row: string, rows: readonly string[]): Selection {
  const anchor = selection.anchor ?? row;
  const from = rows.indexOf(anchor);
  const to = rows.indexOf(row);
  if (from < 0 || to < 0) return toggle(selection, row);
  return { picked: new Set(rows.slice(Math.min(from, to), Math.max(from, to) + 1)), active: row, anchor };
}

export function pickAll(selection: Selection, rows: readonly string[]): Selection {
  return { ...selection, picked: new Set(rows) };
}

/** What an action is about: the picked rows, else the one the keyboard is on. */
export function targets({ picked, active }: Selection): readonly string[] {
  if (picked.size > 0) return [...picked];
  return active === undefined ? [] : [active];
}

/** After rows have gone: lets them go, and stands on the row that took the place of the active one. */
export function without(selection: Selection, gone: readonly string[], rows: readonly string[]): Selection {
  const left = new Set(gone);
  const picked = new Set([...selection.picked].filter((row) => !left.has(row)));
  if (selection.active === undefined || !left.has(selection.active)) return { ...selection, picked };
  const at = rows.indexOf(selection.active);
  const next =
    rows.slice(at + 1).find((row) => !left.has(row)) ??
    rows.slice(0, Math.max(0, at)).findLast((row) => !left.has(row));
  return { picked, active: next, anchor: next };
}

/** The row one was on joins the picks when a second is added by Ctrl. */
export function withActive(selection: Selection, active: string | undefined): Selection {
  if (selection.picked.size > 0 || active === undefined) return selection;
  return { ...selection, picked: new Set([active]) };
}
