/**
 * The tools of the editor (ARIA toolbar): one stop of Tab, arrows within, pressed states, shortcuts in the tooltips.
 * A press by pointer leaves the focus in the text; by key it stays here, so that several tools can be used in a row.
 */
import {
  AlignCenter,
  AlignJustify,
  AlignLeft,
  AlignRight,
  Bold,
  ChevronDown,
  ImagePlus,
  IndentDecrease,
  IndentIncrease,
  Italic,
  Link2,
  List,
  ListOrdered,
  Minus,
  Palette,
  Redo2,
  RemoveFormatting,
  Strikethrough,
  Table2,
  TextQuote,
  Underline,
  Undo2,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { toggleMark } from 'prosemirror-commands';
import { redo, redoDepth, undo, undoDepth } from 'prosemirror-history';
import type { Command, EditorState } from 'prosemirror-state';
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  deleteColumn,
  deleteRow,
  deleteTable,
  isInTable,
  mergeCells,
  splitCell,
  toggleHeaderRow,
} from 'prosemirror-tables';
import { Toolbar as AriaToolbar, ToggleButton, Tooltip, TooltipTrigger } from 'react-aria-components';
import { Button, IconButton } from '#web/ui/Button.tsx';
import { Menu } from '#web/ui/Menu.tsx';
import { t } from '#web/words/compose.ts';
import { pairText } from '#web/words/lists.ts';
import { colours, isColour } from '#web/compose/html/style.ts';
import {
  clearFormatting,
  enclosing,
  hasMark,
  indent,
  insertRule,
  outdent,
  setAlign,
  setColour,
  setStyle,
  toggleList,
  toggleQuote,
} from './commands.ts';
import type { EditorHandle } from './Editor.tsx';
import { schema } from './schema.ts';
import { swatchIcons } from './swatches.tsx';
import css from './toolbar.module.css';

export interface ToolbarProps {
  readonly editor: EditorHandle;
  readonly onLink: () => void;
  readonly onPicture: () => void;
  readonly onTable: () => void;
}

type MenuGroup = ComponentProps<typeof Menu>['groups'][number];
type MenuChoice = MenuGroup['choices'][number];

const { nodes, marks } = schema;
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const keys = (text: string): string => (isMac ? text.replace('Ctrl+', '⌘').replace('Maj+', '⇧') : text);

export function Toolbar({ editor, onLink, onPicture, onTable }: ToolbarProps) {
  const { state } = editor;
  const markTool = (name: string, icon: LucideIcon, label: string, hint: string) => {
    const type = marks[name];
    return (
      type && (
        <Tool
          icon={icon}
          label={label}
          hint={hint}
          isOn={hasMark(state, type)}
          editor={editor}
          command={toggleMark(type)}
        />
      )
    );
  };
  return (
    <AriaToolbar aria-label={t('toolbar.label')} className={css['toolbar'] ?? ''}>
      <StyleMenu editor={editor} />
      <span className={css['group']}>
        {markTool('strong', Bold, t('toolbar.bold'), keys('Ctrl+B'))}
        {markTool('em', Italic, t('toolbar.italic'), keys('Ctrl+I'))}
        {markTool('underline', Underline, t('toolbar.underline'), keys('Ctrl+U'))}
        {markTool('strike', Strikethrough, t('toolbar.strike'), keys('Ctrl+Maj+X'))}
        <ColourMenu editor={editor} />
      </span>
      <span className={css['group']}>
        <Tool
          icon={List}
          label={t('toolbar.bullets')}
          hint={keys('Ctrl+Maj+8')}
          isOn={enclosing(state, nodes['bullet_list'], nodes['ordered_list'])?.type === nodes['bullet_list']}
          editor={editor}
          command={toggleList('bullet_list')}
        />
        <Tool
          icon={ListOrdered}
          label={t('toolbar.numbers')}
          hint={keys('Ctrl+Maj+7')}
          isOn={enclosing(state, nodes['bullet_list'], nodes['ordered_list'])?.type === nodes['ordered_list']}
          editor={editor}
          command={toggleList('ordered_list')}
        />
        <Tool
          icon={TextQuote}
          label={t('toolbar.quote')}
          hint={keys('Ctrl+Maj+9')}
          isOn={enclosing(state, nodes['blockquote']) !== undefined}
          editor={editor}
          command={toggleQuote}
        />
      </span>
      <span className={css['group']}>
        <IconButton
          icon={Link2}
          label={t('toolbar.link')}
          keyHint={keys('Ctrl+K')}
          onPress={onLink}
          className={css['tool']}
        />
        <IconButton icon={ImagePlus} label={t('toolbar.image')} onPress={onPicture} className={css['tool']} />
        <TableMenu editor={editor} onTable={onTable} />
      </span>
      <MoreMenu editor={editor} />
      <span className={css['group']}>
        <Action
          icon={Undo2}
          label={t('toolbar.undo')}
          hint={keys('Ctrl+Z')}
          isDisabled={Number(undoDepth(state)) === 0}
          editor={editor}
          command={undo}
        />
        <Action
          icon={Redo2}
          label={t('toolbar.redo')}
          hint={keys('Ctrl+Y')}
          isDisabled={Number(redoDepth(state)) === 0}
          editor={editor}
          command={redo}
        />
      </span>
    </AriaToolbar>
  );
}

interface ToolProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly hint: string;
  readonly editor: EditorHandle;
  readonly command: Command;
}

function Tool({ icon: Icon, label, hint, isOn, editor, command }: ToolProps & { readonly isOn: boolean }) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      <ToggleButton
        aria-label={label}
        isSelected={isOn}
        className={css['toggle'] ?? ''}
        onPress={(event) => press(editor, command, event.pointerType)}
      >
        <Icon aria-hidden size={18} />
      </ToggleButton>
      <Tooltip className={css['tooltip'] ?? ''} offset={6}>
        {label} <kbd>{hint}</kbd>
      </Tooltip>
    </TooltipTrigger>
  );
}

function Action({ icon, label, hint, isDisabled, editor, command }: ToolProps & { readonly isDisabled: boolean }) {
  return (
    <IconButton
      icon={icon}
      label={label}
      keyHint={hint}
      isDisabled={isDisabled}
      className={css['tool']}
      onPress={(event) => press(editor, command, event.pointerType)}
    />
  );
}

function press(editor: EditorHandle, command: Command, pointerType: string): void {
  editor.run(command);
  if (pointerType !== 'keyboard' && pointerType !== 'virtual') editor.focus();
}

/** Runs from a menu, which gives the focus back to its button: the text has it after that. */
function choice(editor: EditorHandle, command: Command): () => void {
  return () => {
    editor.run(command);
    setTimeout(() => editor.focus(), 0);
  };
}

function StyleMenu({ editor }: { readonly editor: EditorHandle }) {
  const { parent } = editor.state.selection.$from;
  const level = parent.type === nodes['heading'] ? Number(parent.attrs['level']) : 0;
  const isCode = parent.type === nodes['code_block'];
  const styles: readonly (readonly [Parameters<typeof setStyle>[0], string, boolean])[] = [
    ['paragraph', t('toolbar.paragraph'), level === 0 && !isCode],
    [1, t('toolbar.heading1'), level === 1],
    [2, t('toolbar.heading2'), level === 2],
    [3, t('toolbar.heading3'), level === 3],
    ['code_block', t('toolbar.preformatted'), isCode],
  ];
  const chosen = styles.find(([, , isChosen]) => isChosen)?.[1] ?? t('toolbar.paragraph');
  return (
    <Menu
      label={t('toolbar.style')}
      trigger={
        <Button tone="quiet" className={css['style']} aria-label={pairText(t('toolbar.style'), chosen)}>
          <span className={css['styleName']}>{isCode ? t('toolbar.paragraph') : chosen}</span>
          <ChevronDown aria-hidden size={14} />
        </Button>
      }
      groups={[
        {
          choices: styles.map(([style, label, isChosen]) => ({
            id: String(style),
            label,
            isChosen,
            ...(typeof style === 'number' && { keyHint: keys(`Ctrl+Alt+${style}`) }),
            run: choice(editor, setStyle(style)),
          })),
        },
      ]}
    />
  );
}

const colourLabels = {
  red: () => t('colour.red'),
  orange: () => t('colour.orange'),
  green: () => t('colour.green'),
  blue: () => t('colour.blue'),
  purple: () => t('colour.purple'),
  grey: () => t('colour.grey'),
} satisfies Readonly<Record<keyof typeof colours, () => string>>;

function ColourMenu({ editor }: { readonly editor: EditorHandle }) {
  const none: MenuChoice = { id: 'none', label: t('colour.none'), run: choice(editor, setColour(null)) };
  const others = Object.keys(colours)
    .filter(isColour)
    .map((name): MenuChoice => {
      const icon = swatchIcons[name];
      return { id: name, label: colourLabels[name](), ...(icon && { icon }), run: choice(editor, setColour(name)) };
    });
  return (
    <Menu
      label={t('toolbar.colour')}
      trigger={<IconButton icon={Palette} label={t('toolbar.colour')} className={css['tool']} />}
      groups={[{ choices: [none, ...others] }]}
    />
  );
}

function TableMenu({ editor, onTable }: { readonly editor: EditorHandle; readonly onTable: () => void }) {
  const { state } = editor;
  const act = (id: string, label: string, command: Command, isDanger = false): MenuChoice => ({
    id,
    label,
    isDisabled: !command(state),
    isDanger,
    run: choice(editor, command),
  });
  const inside: readonly MenuGroup[] = [
    {
      choices: [
        act('rowBefore', t('table.rowBefore'), addRowBefore),
        act('rowAfter', t('table.rowAfter'), addRowAfter),
        act('columnBefore', t('table.columnBefore'), addColumnBefore),
        act('columnAfter', t('table.columnAfter'), addColumnAfter),
      ],
    },
    {
      choices: [
        act('header', t('table.toggleHeader'), toggleHeaderRow),
        act('merge', t('table.merge'), mergeCells),
        act('split', t('table.split'), splitCell),
      ],
    },
    {
      choices: [
        act('deleteRow', t('table.deleteRow'), deleteRow),
        act('deleteColumn', t('table.deleteColumn'), deleteColumn),
        act('delete', t('table.delete'), deleteTable, true),
      ],
    },
  ];
  if (!isInTable(state))
    return <IconButton icon={Table2} label={t('table.new')} onPress={onTable} className={css['tool']} />;
  return (
    <Menu
      label={t('toolbar.table')}
      trigger={<IconButton icon={Table2} label={t('toolbar.table')} className={css['tool']} />}
      groups={inside}
    />
  );
}

function MoreMenu({ editor }: { readonly editor: EditorHandle }) {
  const { state } = editor;
  const at = alignOf(state);
  const align = (value: Parameters<typeof setAlign>[0], label: string, icon: LucideIcon): MenuChoice => ({
    id: value ?? 'left',
    label,
    icon,
    isChosen: at === value,
    run: choice(editor, setAlign(value)),
  });
  return (
    <Menu
      label={t('toolbar.more')}
      trigger={<IconButton icon={ChevronDown} label={t('toolbar.more')} className={css['tool']} />}
      groups={[
        {
          heading: t('toolbar.align'),
          choices: [
            align(null, t('toolbar.left'), AlignLeft),
            align('center', t('toolbar.center'), AlignCenter),
            align('right', t('toolbar.right'), AlignRight),
            align('justify', t('toolbar.justify'), AlignJustify),
          ],
        },
        {
          choices: [
            {
              id: 'indent',
              label: t('toolbar.indent'),
              icon: IndentIncrease,
              keyHint: keys('Ctrl+]'),
              isDisabled: !indent(state),
              run: choice(editor, indent),
            },
            {
              id: 'outdent',
              label: t('toolbar.outdent'),
              icon: IndentDecrease,
              keyHint: keys('Ctrl+['),
              isDisabled: !outdent(state),
              run: choice(editor, outdent),
            },
            { id: 'rule', label: t('toolbar.rule'), icon: Minus, run: choice(editor, insertRule) },
            {
              id: 'clear',
              label: t('toolbar.clear'),
              icon: RemoveFormatting,
              keyHint: keys('Ctrl+\\'),
              run: choice(editor, clearFormatting),
            },
          ],
        },
      ]}
    />
  );
}

function alignOf(state: EditorState): string | null {
  const found: unknown = state.selection.$from.parent.attrs['align'];
  return typeof found === 'string' ? found : null;
}
