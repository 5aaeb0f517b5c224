/** SearchSnippet/get (RFC 8621 §5.1). */
import { anId, anything, aString, listOf, optional, readArguments, required } from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import { readSnippets } from '#server/mail/emails/snippets.ts';

import { mailCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { filterFor } from '#server/protocols/jmap/engine/query-parts.ts';
import { emailFilter, emailQuery } from './email-query.ts';
import { emailIds } from './ids.ts';

const table = {
  accountId: required(aString),
  filter: optional(anything, null),
  emailIds: required(listOf(anId)),
};

/** Texts are read and marked for each: a screen shows far fewer. */
const maxEmails = 500;

export const searchSnippetGet: Method = {
  name: 'SearchSnippet/get',
  capability: mailCapability,
  async run(call, args) {
    const asked = readArguments(table, args);
    const ctx = await openAccount(call, asked.accountId, mailCapability, 'read');
    if (asked.emailIds.length > maxEmails) throw new MethodError('requestTooLarge');
    const filter = emailFilter(filterFor(emailQuery, asked.filter, call.created));
    const byText = new Map(asked.emailIds.map((text) => [text, emailIds.read(call.created.resolve(text) ?? '')]));
    const ids = [...new Set(byText.values())].filter((id) => id !== undefined);
    const snippets = await readSnippets(ctx.store, ctx.actor, ctx.accountId, ids, filter);
    const notFound = [...byText].flatMap(([text, id]) => (id === undefined || !snippets.has(id) ? [text] : []));
    return {
      accountId: asked.accountId,
      list: ids.flatMap((id) => {
        const snippet = snippets.get(id);
        return snippet ? [{ emailId: emailIds.print(id), subject: snippet.subject, preview: snippet.preview }] : [];
      }),
      notFound: notFound.length > 0 ? notFound : null,
    };
  },
};
