/** A picture in the editor: ours by its blob, one of another site as a placeholder, since nothing is fetched elsewhere. */
import type { Node } from 'prosemirror-model';
import type { NodeView, NodeViewConstructor } from 'prosemirror-view';
import { t } from '#web/words/compose.ts';
import css from './editor.module.css';
import { imageOf } from './schema.ts';

export function createImageView(urlOf: (cid: string) => string | undefined): NodeViewConstructor {
  return (node) => viewOf(node, urlOf);
}

function viewOf(node: Node, urlOf: (cid: string) => string | undefined): NodeView {
  const { cid, alt, width } = imageOf(node);
  const url = cid === null ? undefined : urlOf(cid);
  if (url === undefined) {
    const dom = document.createElement('span');
    dom.className = css['elsewhere'] ?? '';
    dom.textContent = alt === '' ? t('image.elsewhere') : alt;
    return { dom };
  }
  const dom = document.createElement('img');
  dom.src = url;
  dom.alt = alt;
  if (width !== null) dom.width = width;
  return { dom };
}
