/** HTML from elsewhere as a document of ours: cleaned as text, sanitised as a tree, then read by the schema's rules. */
import createDOMPurify from 'dompurify';
import { DOMParser } from 'prosemirror-model';
import type { Node } from 'prosemirror-model';
import { cleanHtml } from '#web/compose/html/clean.ts';
import { schema } from './schema.ts';

const purify = createDOMPurify(window);

export function parseMessage(html: string): Node {
  return DOMParser.fromSchema(schema).parse(sanitize(cleanHtml(html)));
}

/** A second pair of eyes: cleaning leaves nothing for it to find, and it does not know what cleaning forgot. */
function sanitize(html: string): DocumentFragment {
  return purify.sanitize(html, {
    RETURN_DOM_FRAGMENT: true,
    FORBID_TAGS: ['style', 'form', 'svg', 'math'],
    FORBID_ATTR: ['style', 'class', 'id', 'name', 'src', 'srcset'],
    ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:|tel:)/i,
  });
}
