/** A modal dialog: keeps focus inside, gives it back, closes on Escape. On a phone it fills the screen from the bottom. */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { t } from '#web/words/words.ts';
import { Button, IconButton } from './Button.tsx';
import { classes } from './classes.ts';
import css from './dialog.module.css';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly isWide?: boolean;
  /** A dialog that must be answered has no cross, and Escape does not close it. */
  readonly isRequired?: boolean;
}

export function Dialog({ title, onClose, children, isWide, isRequired = false }: DialogProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable={!isRequired}
      isKeyboardDismissDisabled={isRequired}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      className={css['overlay'] ?? ''}
    >
      <Modal className={classes(css['modal'], isWide && css['wide'])}>
        <AriaDialog className={css['dialog'] ?? ''}>
          <header className={css['head']}>
            <Heading slot="title" level={2} className={css['title'] ?? ''}>
              {title}
            </Heading>
            {!isRequired && <IconButton icon={X} label={t('ui.close')} onPress={onClose} />}
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirm({ title, text, action, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <DialogActions>
        {/* The harmless answer has the focus: Enter by habit must not destroy. */}
        <Button autoFocus onPress={onClose}>
          {t('ui.cancel')}
        </Button>
        <Button
          tone="danger"
          onPress={() => {
            onClose();
            onConfirm();
          }}
        >
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className={css['actions']}>{children}</div>;
}
