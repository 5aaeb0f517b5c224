/** The editor's keys, rules while typing, and history. */
import { baseKeymap, chainCommands, exitCode, toggleMark } from 'prosemirror-commands';
import { dropCursor } from 'prosemirror-dropcursor';
import { gapCursor } from 'prosemirror-gapcursor';
import { history, redo, undo } from 'prosemirror-history';
import {
  InputRule,
  inputRules,
  textblockTypeInputRule,
  undoInputRule,
  wrappingInputRule,
} from 'prosemirror-inputrules';
import { keymap } from 'prosemirror-keymap';
import { splitListItem } from 'prosemirror-schema-list';
import type { Command, EditorState, Plugin } from 'prosemirror-state';
import { goToNextCell, tableEditing } from 'prosemirror-tables';
import {
  addRowAtEnd,
  clearFormatting,
  completeHref,
  indent,
  outdent,
  setStyle,
  toggleList,
  toggleQuote,
} from './commands.ts';
import { schema } from './schema.ts';

const { nodes, marks } = schema;

const toggle = (name: string): Command => {
  const type = marks[name];
  return type ? toggleMark(type) : () => false;
};

const splitItem: Command = (state, dispatch, view) => {
  const item = nodes['list_item'];
  return item ? splitListItem(item)(state, dispatch, view) : false;
};

const hardBreak: Command = chainCommands(exitCode, (state, dispatch) => {
  const type = nodes['hard_break'];
  if (!type) return false;
  dispatch?.(state.tr.replaceSelectionWith(type.create()).scrollIntoView());
  return true;
});

/** Enter in an empty line of a quote ends the quote there, so that one can answer between its lines. */
const splitQuote: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parent.content.size > 0 || $from.depth < 2) return false;
  const quote = $from.node($from.depth - 1);
  const { paragraph } = nodes;
  if (quote.type !== nodes['blockquote'] || !paragraph) return false;
  const index = $from.index($from.depth - 1);
  if (index === 0 || index === quote.childCount - 1) return false;
  const { tr } = state;
  tr.delete($from.before(), $from.after());
  tr.split($from.before(), 1);
  const at = $from.before() + 1;
  tr.insert(at, paragraph.create());
  dispatch?.(tr.setSelection(state.selection.map(tr.doc, tr.mapping)).scrollIntoView());
  return true;
};

export interface EditorKeys {
  readonly onLink: () => void;
}

export function editorPlugins({ onLink }: EditorKeys): readonly Plugin[] {
  const bindings: Record<string, Command> = {
    'Mod-z': chainCommands(undoInputRule, undo),
    'Mod-y': redo,
    'Shift-Mod-z': redo,
    'Mod-b': toggle('strong'),
    'Mod-i': toggle('em'),
    'Mod-u': toggle('underline'),
    'Shift-Mod-x': toggle('strike'),
    'Shift-Mod-7': toggleList('ordered_list'),
    'Shift-Mod-8': toggleList('bullet_list'),
    'Shift-Mod-9': toggleQuote,
    'Mod-Alt-0': setStyle('paragraph'),
    'Mod-Alt-1': setStyle(1),
    'Mod-Alt-2': setStyle(2),
    'Mod-Alt-3': setStyle(3),
    'Mod-\\': clearFormatting,
    'Mod-k': () => {
      onLink();
      return true;
    },
    'Shift-Enter': hardBreak,
    Enter: chainCommands(splitItem, splitQuote),
    Backspace: undoInputRule,
    // Tab goes on only where it means something; elsewhere it leaves the editor, as everywhere on the page.
    Tab: chainCommands(goToNextCell(1), addRowAtEnd, indent),
    'Shift-Tab': chainCommands(goToNextCell(-1), outdent),
    'Mod-]': indent,
    'Mod-[': outdent,
  };
  return [
    inputRules({ rules: typingRules() }),
    keymap(bindings),
    keymap(baseKeymap),
    history({ newGroupDelay: 700 }),
    dropCursor({ class: 'pli-dropcursor', color: false }),
    gapCursor(),
    tableEditing(),
  ];
}

function typingRules(): InputRule[] {
  const { bullet_list: bullets, ordered_list: numbers, blockquote, heading } = nodes;
  return [
    ...(bullets ? [wrappingInputRule(/^\s*[-*•]\s$/, bullets)] : []),
    ...(numbers
      ? [
          wrappingInputRule(
            /^(\d{1,3})[.)]\s$/,
            numbers,
            (match) => ({ order: Number(match[1]) }),
            (match, node) => node.childCount + Number(node.attrs['order']) === Number(match[1]),
          ),
        ]
      : []),
    ...(blockquote ? [wrappingInputRule(/^\s*>\s$/, blockquote)] : []),
    ...(heading
      ? [textblockTypeInputRule(/^(#{1,3})\s$/, heading, (match) => ({ level: match[1]?.length ?? 1 }))]
      : []),
    new InputRule(
      /(?:^|\s)((?:https?:\/\/|www\.)[^\s<>"]+|[^\s@<>"(),;]+@[^\s@<>"(),;]+\.[\p{L}]{2,})(\s)$/u,
      autoLink,
    ),
  ];
}

/** What looks like an address becomes a link once a space follows; the full stop after it is not part of it. */
function autoLink(state: EditorState, match: RegExpMatchArray, start: number, end: number) {
  const type = marks['link'];
  const typed = (match[1] ?? '').replace(/[.,;:!?)\]»]+$/, '');
  const href = completeHref(typed);
  if (!type || href === undefined || state.doc.rangeHasMark(start, end, type)) return null;
  const from = start + (match[0].length - (match[1] ?? '').length - (match[2] ?? '').length);
  return state.tr
    .addMark(from, from + typed.length, type.create({ href }))
    .insertText(match[2] ?? ' ', end)
    .removeStoredMark(type);
}
