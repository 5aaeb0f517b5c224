/** Asks for the address of a link and the words that carry it. */
import { useState } from 'react';
import { Button } from '#web/ui/Button.tsx';
import { Dialog, DialogActions } from '#web/ui/Dialog.tsx';
import { TextField } from '#web/ui/TextField.tsx';
import { t } from '#web/words/compose.ts';
import { t as common } from '#web/words/words.ts';
import { completeHref, linkAt, removeLink, setLink } from './commands.ts';
import type { EditorHandle } from './Editor.tsx';

export interface LinkDialogProps {
  readonly editor: EditorHandle;
  readonly onClose: () => void;
}

export function LinkDialog({ editor, onClose }: LinkDialogProps) {
  const [at] = useState(() => linkAt(editor.state));
  const [href, setHref] = useState(at.href.replace(/^mailto:/, ''));
  const [text, setText] = useState(at.text);
  const [isWrong, setWrong] = useState(false);

  function apply(): void {
    const address = completeHref(href);
    if (address === undefined) return setWrong(true);
    editor.run(setLink(at, address, text.trim()));
    onClose();
  }

  return (
    <Dialog title={t('link.title')} onClose={onClose}>
      <TextField
        autoFocus
        label={t('link.address')}
        inputMode="url"
        value={href}
        hint={t('link.addressHint')}
        error={isWrong ? t('link.wrong') : undefined}
        onChange={(value) => {
          setHref(value);
          setWrong(false);
        }}
        onKeyDown={(event) => event.key === 'Enter' && apply()}
      />
      <TextField
        label={t('link.text')}
        value={text}
        onChange={setText}
        onKeyDown={(event) => event.key === 'Enter' && apply()}
      />
      <DialogActions>
        {at.href !== '' && (
          <Button
            onPress={() => {
              editor.run(removeLink(at));
              onClose();
            }}
          >
            {t('link.remove')}
          </Button>
        )}
        <Button onPress={onClose}>{common('ui.cancel')}</Button>
        <Button tone="primary" onPress={apply}>
          {t('link.apply')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
