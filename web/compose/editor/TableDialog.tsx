/** Asks how large a new table is to be. */
import { useState } from 'react';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { CheckField, TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/compose.ts';
import { t as common } from '#web/words/words.ts';
import { insertTable } from './commands.ts';
import type { EditorHandle } from './Editor.tsx';

const maxRows = 50;
const maxColumns = 12;

export interface TableDialogProps {
  readonly editor: EditorHandle;
  readonly onClose: () => void;
}

export function TableDialog({ editor, onClose }: TableDialogProps) {
  const [rows, setRows] = useState('3');
  const [columns, setColumns] = useState('3');
  const [hasHeader, setHeader] = useState(true);

  function insert(): void {
    editor.run(insertTable(within(rows, maxRows), within(columns, maxColumns), hasHeader));
    onClose();
  }

  const onKeyDown = (event: { readonly key: string }) => event.key === 'Enter' && insert();
  return (
    <Dialog title={t('table.title')} onClose={onClose}>
      <TextField
        autoFocus
        type="number"
        min={1}
        max={maxRows}
        label={t('table.rows')}
        value={rows}
        onChange={setRows}
        onKeyDown={onKeyDown}
      />
      <TextField
        type="number"
        min={1}
        max={maxColumns}
        label={t('table.columns')}
        value={columns}
        onChange={setColumns}
        onKeyDown={onKeyDown}
      />
      <CheckField label={t('table.header')} isOn={hasHeader} onChange={setHeader} />
      <DialogActions>
        <Button onPress={onClose}>{common('ui.cancel')}</Button>
        <Button tone="primary" onPress={insert}>
          {t('table.insert')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function within(typed: string, roof: number): number {
  const value = Math.round(Number(typed));
  return Number.isFinite(value) ? Math.min(roof, Math.max(1, value)) : 1;
}
