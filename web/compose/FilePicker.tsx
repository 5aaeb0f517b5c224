/** The browser's own way to choose files, out of sight: a button of ours clicks it. */
import type { RefObject } from 'react';

export interface FilePickerProps {
  readonly pick: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly accept?: string;
  readonly onFiles: (files: readonly File[]) => void;
}

export function FilePicker({ pick, label, accept, onFiles }: FilePickerProps) {
  return (
    <input
      ref={pick}
      type="file"
      multiple
      hidden
      aria-label={label}
      accept={accept}
      onChange={(event) => {
        onFiles([...(event.currentTarget.files ?? [])]);
        // The same file may be chosen again after it was removed.
        event.currentTarget.value = '';
      }}
    />
  );
}
