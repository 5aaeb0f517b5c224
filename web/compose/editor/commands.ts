/** What the toolbar and the keys do to the text, beside what ProseMirror brings. */
import { lift, setBlockType, wrapIn } from 'prosemirror-commands';
import type { MarkType, Node, NodeType } from 'prosemirror-model';
import { liftListItem, sinkListItem, wrapInList } from 'prosemirror-schema-list';
import { TextSelection } from 'prosemirror-state';
import type { Command, EditorState } from 'prosemirror-state';
import { addRow, isInTable, selectedRect, TableMap } from 'prosemirror-tables';
import { schema } from './schema.ts';
import type { Align } from './schema.ts';

const { nodes, marks } = schema;

/** Whether the whole selection, or what is typed next, has the mark. */
export function hasMark(state: EditorState, type: MarkType): boolean {
  const { from, to, empty, $from } = state.selection;
  if (empty) return (state.storedMarks ?? $from.marks()).some((mark) => mark.type === type);
  return state.doc.rangeHasMark(from, to, type);
}

/** The innermost node of a type that holds the selection. */
export function enclosing(state: EditorState, ...types: readonly (NodeType | undefined)[]): Node | undefined {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1)
    if (types.includes($from.node(depth).type)) return $from.node(depth);
  return undefined;
}

/** Makes a list, changes its kind, or takes the items out of it. */
export function toggleList(kind: 'bullet_list' | 'ordered_list'): Command {
  return (state, dispatch, view) => {
    const wanted = nodes[kind];
    const item = nodes['list_item'];
    const list = enclosing(state, nodes['bullet_list'], nodes['ordered_list']);
    if (!wanted || !item) return false;
    if (!list) return wrapInList(wanted)(state, dispatch, view);
    if (list.type === wanted) return liftListItem(item)(state, dispatch, view);
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth -= 1) {
      if ($from.node(depth) !== list) continue;
      dispatch?.(state.tr.setNodeMarkup($from.before(depth), wanted));
      return true;
    }
    return false;
  };
}

export const toggleQuote: Command = (state, dispatch, view) => {
  const quote = nodes['blockquote'];
  if (!quote) return false;
  return enclosing(state, quote) ? lift(state, dispatch, view) : wrapIn(quote)(state, dispatch, view);
};

export const indent: Command = (state, dispatch, view) => {
  const item = nodes['list_item'];
  return item ? sinkListItem(item)(state, dispatch, view) : false;
};

export const outdent: Command = (state, dispatch, view) => {
  const item = nodes['list_item'];
  return item ? liftListItem(item)(state, dispatch, view) : false;
};

export function setStyle(style: 'paragraph' | 'code_block' | 1 | 2 | 3): Command {
  return (state, dispatch, view) => {
    const type = nodes[typeof style === 'number' ? 'heading' : style];
    return type
      ? setBlockType(type, typeof style === 'number' ? { level: style } : null)(state, dispatch, view)
      : false;
  };
}

export function setAlign(align: Align | null): Command {
  return (state, dispatch) => {
    const { tr } = state;
    state.doc.nodesBetween(state.selection.from, state.selection.to, (node, at) => {
      if ('align' in node.attrs && node.attrs['align'] !== align) tr.setNodeAttribute(at, 'align', align);
    });
    if (!tr.docChanged) return false;
    dispatch?.(tr);
    return true;
  };
}

/** @param name null takes the colour off. */
export function setColour(name: string | null): Command {
  return (state, dispatch) => {
    const type = marks['colour'];
    if (!type) return false;
    const { from, to, empty } = state.selection;
    const { tr } = state;
    if (empty) {
      if (name === null) tr.removeStoredMark(type);
      else tr.addStoredMark(type.create({ name }));
    } else {
      tr.removeMark(from, to, type);
      if (name !== null) tr.addMark(from, to, type.create({ name }));
    }
    dispatch?.(tr);
    return true;
  };
}

/** Marks, headings, alignment, quotes and lists of the selection go; tables stay. */
export const clearFormatting: Command = (state, dispatch, view) => {
  const { from, to, empty } = state.selection;
  const { tr } = state;
  const { paragraph } = nodes;
  if (!paragraph) return false;
  for (const type of Object.values(marks)) {
    if (empty) tr.removeStoredMark(type);
    else if (type !== marks['link']) tr.removeMark(from, to, type);
  }
  tr.setBlockType(from, to, paragraph, { align: null });
  dispatch?.(tr);
  if (view && enclosing(view.state, nodes['list_item'])) outdent(view.state, view.dispatch, view);
  return true;
};

export const insertRule: Command = (state, dispatch) => {
  const rule = nodes['horizontal_rule'];
  if (!rule) return false;
  dispatch?.(state.tr.replaceSelectionWith(rule.create()).scrollIntoView());
  return true;
};

export function insertTable(rows: number, columns: number, hasHeader: boolean): Command {
  return (state, dispatch) => {
    const { table, table_row: row, table_cell: cell, table_header: header, paragraph } = nodes;
    if (!table || !row || !cell || !header || !paragraph) return false;
    const cellsOf = (type: NodeType) => Array.from({ length: columns }, () => type.create(null, paragraph.create()));
    const content = Array.from({ length: rows }, (_, n) =>
      row.create(null, cellsOf(n === 0 && hasHeader ? header : cell)),
    );
    const made = table.create(null, content);
    if (!dispatch) return true;
    const at = state.selection.from;
    const tr = state.tr.replaceSelectionWith(made);
    // The cursor goes into the first cell; where the table has come to stand is found from where it was put.
    let start = -1;
    tr.doc.nodesBetween(Math.max(0, at - 2), Math.min(tr.doc.content.size, at + 3), (node, position) => {
      if (start < 0 && node.type === table && position >= at - 2) start = position;
      return start < 0;
    });
    if (start >= 0) tr.setSelection(TextSelection.near(tr.doc.resolve(start + 1)));
    dispatch(tr.scrollIntoView());
    return true;
  };
}

/** Tab in the last cell makes a row, as word processors do. */
export const addRowAtEnd: Command = (state, dispatch) => {
  if (!isInTable(state)) return false;
  const rect = selectedRect(state);
  if (rect.bottom !== rect.map.height || rect.right !== rect.map.width) return false;
  if (!dispatch) return true;
  const tr = addRow(state.tr, rect, rect.map.height);
  const table = tr.doc.nodeAt(rect.tableStart - 1);
  if (!table) return false;
  const map = TableMap.get(table);
  const cell = rect.tableStart + map.positionAt(map.height - 1, 0, table);
  dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(cell + 1))).scrollIntoView());
  return true;
};

export interface LinkAt {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly href: string;
}

/** The link under the cursor, whole; else what is selected, to become one. */
export function linkAt(state: EditorState): LinkAt {
  const { from, to, $from } = state.selection;
  const type = marks['link'];
  const mark =
    type && ($from.marks().find((it) => it.type === type) ?? $from.nodeAfter?.marks.find((it) => it.type === type));
  if (!mark) return { from, to, text: state.doc.textBetween(from, to, ' '), href: '' };
  let start = $from.start();
  let [first, last] = [from, to];
  $from.parent.forEach((child, offset) => {
    start = $from.start() + offset;
    if (!mark.isInSet(child.marks) || start > to || start + child.nodeSize < from) return;
    first = Math.min(first, start);
    last = Math.max(last, start + child.nodeSize);
  });
  return { from: first, to: last, text: state.doc.textBetween(first, last), href: String(mark.attrs['href']) };
}

export function setLink(at: LinkAt, href: string, text: string): Command {
  return (state, dispatch) => {
    const type = marks['link'];
    if (!type) return false;
    const { tr } = state;
    const isSame = text === at.text && at.from < at.to;
    if (!isSame) tr.replaceRangeWith(at.from, at.to, schema.text(text === '' ? href : text));
    const to = isSame ? at.to : at.from + (text === '' ? href : text).length;
    tr.removeMark(at.from, to, type).addMark(at.from, to, type.create({ href }));
    tr.setSelection(TextSelection.near(tr.doc.resolve(to), 1)).removeStoredMark(type);
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}

export function removeLink({ from, to }: LinkAt): Command {
  return (state, dispatch) => {
    const type = marks['link'];
    if (!type) return false;
    dispatch?.(state.tr.removeMark(from, to, type));
    return true;
  };
}

/** An address as people type it: `www.…` is a site, `a@b.fr` a mailbox. Undefined for what is neither. */
export function completeHref(typed: string): string | undefined {
  const text = typed.trim();
  if (/^(?:https?:\/\/\S+|mailto:\S+@\S+|tel:[+\d][\d .-]+)$/i.test(text)) return text;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(text)) return `mailto:${text}`;
  return /^(?:[\p{L}\d-]+\.)+\p{L}{2,}(?:[/?#:]\S*)?$/u.test(text) ? `https://${text}` : undefined;
}
