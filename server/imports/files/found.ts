/** A message found in a file or folder of messages, wherever it is: what every reader of files gives. */
import type { MessageProblem } from '#server/imports/record.ts';

export type FoundMessage =
  | {
      readonly kind: 'message';
      /** Names from the top; empty for the inbox. */
      readonly folder: readonly string[];
      /** Its place in the file, for the report. */
      readonly message: string;
      readonly octets: Uint8Array;
      /** Milliseconds since 1970; null where only the message itself may tell. */
      readonly receivedAt: number | null;
      /** IMAP's names. */
      readonly flags: readonly string[];
    }
  | {
      readonly kind: 'refused';
      readonly folder: readonly string[];
      readonly message: string;
      readonly reason: MessageProblem;
    }
  /** A folder, with or without messages. */
  | { readonly kind: 'folder'; readonly folder: readonly string[] };
