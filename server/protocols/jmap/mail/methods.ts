/** All methods of mail (RFC 8621 without submission and vacation), and our own beside them. */
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { emailMethods } from './email.ts';
import { emailImport } from './email-import.ts';
import { emailParse } from './email-parse.ts';
import { passportMethods } from './email-passport.ts';
import { identityMethods } from './identity.ts';
import { mailboxMethods } from './mailbox.ts';
import { mailboxEmpty } from './mailbox-empty.ts';
import { searchSnippetGet } from './search-snippet.ts';
import { threadMethods } from './thread.ts';

export const mailMethods: readonly Method[] = [
  ...mailboxMethods,
  mailboxEmpty,
  ...threadMethods,
  ...emailMethods,
  emailImport,
  emailParse,
  searchSnippetGet,
  ...identityMethods,
  ...passportMethods,
];
