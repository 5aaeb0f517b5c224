import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schema } from '#web/compose/editor/schema.ts';
import { cleanHtml } from './clean.ts';
import { printBlocks, printHtml } from './print.ts';
import { hasFormatting, ownPlainText, ownText, printText, textDocument } from './text.ts';

const { marks } = schema;
const p = (content: readonly ReturnType<typeof schema.text>[]) => schema.node('paragraph', null, content);
const text = (value: string, ...names: readonly string[]) =>
  schema.text(
    value,
    names.map((name) => schema.mark(name)),
  );
const doc = (...blocks: readonly ReturnType<typeof schema.node>[]) => schema.node('doc', null, blocks);

test('marks open and close around runs, shared ones once', () => {
  const it = doc(schema.node('paragraph', null, [text('a', 'strong'), text('b', 'strong', 'em'), text('c')]));
  assert.equal(printBlocks(it), '<p style="margin:0"><strong>a<em>b</em></strong>c</p>');
});

test('text cannot become markup, nor an address end its attribute', () => {
  const link = marks['link']?.create({ href: 'https://a.fr/"><script>' });
  const it = doc(schema.node('paragraph', null, [schema.text('<b>&', link ? [link] : [])]));
  assert.equal(
    printBlocks(it),
    '<p style="margin:0"><a href="https://a.fr/&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;</a></p>',
  );
});

test('items and cells hold their one paragraph directly', () => {
  const item = schema.node('list_item', null, [schema.node('paragraph', null, [text('a')])]);
  assert.equal(printBlocks(doc(schema.node('bullet_list', null, [item]))), '<ul><li>a</li></ul>');
});

test('a picture of the text is named by its content id', () => {
  const image = schema.node('image', { cid: 'x@pli', alt: 'Plan', width: 200 });
  assert.match(printHtml(doc(schema.node('paragraph', null, [image]))), /<img src="cid:x@pli" alt="Plan" width="200"/);
});

test('what we print is read back with its meaning', () => {
  const colour = marks['colour']?.create({ name: 'green' });
  const it = doc(
    schema.node('heading', { level: 2 }, [text('Titre')]),
    schema.node('paragraph', { align: 'center' }, [schema.text('a', colour ? [colour] : [])]),
    schema.node('signature', null, [schema.node('paragraph', null, [text('Zoé')])]),
    schema.node('original', null, [schema.node('blockquote', null, [schema.node('paragraph')])]),
  );
  assert.equal(
    cleanHtml(printHtml(it)).replaceAll('\n', ''),
    '<h2>Titre</h2><p data-align="center"><span data-colour="green">a</span></p><div data-pli="signature"><p>Zoé</p></div><div data-pli="original"><blockquote type="cite"><p><br></p></blockquote></div>',
  );
});

const link = (value: string, href: string) => schema.text(value, [schema.mark('link', { href })]);
const texts: readonly (readonly [string, ReturnType<typeof doc>, string])[] = [
  ['a link whose text is its address is said once', doc(p([link('www.a.fr', 'https://www.a.fr/')])), 'www.a.fr\n'],
  ['another link is followed by its address', doc(p([link('ici', 'https://a.fr')])), 'ici <https://a.fr>\n'],
  [
    'lists have their marks, quotes theirs',
    doc(
      schema.node('ordered_list', { order: 2 }, [
        schema.node('list_item', null, [p([text('a')])]),
        schema.node('list_item', null, [p([text('b')])]),
      ]),
      schema.node('blockquote', null, [schema.node('blockquote', null, [p([text('c')])])]),
    ),
    '2. a\n3. b\n\n>> c\n',
  ],
  [
    'a signature has its mark',
    doc(p([text('a')]), schema.node('signature', null, [p([text('Zoé')])])),
    'a\n\n-- \nZoé\n',
  ],
];
for (const [name, it, expected] of texts) test(name, () => assert.equal(printText(it), expected));

test('plain text becomes a document and comes back', () => {
  const lines = 'Bonjour\n\n> cité\n>> deux fois\n\nFin\n';
  assert.equal(printText(textDocument(lines)), lines);
  assert.equal(hasFormatting(textDocument(lines)), false);
});

test('own text is neither quote nor signature nor what is forwarded', () => {
  const it = doc(
    p([text('moi')]),
    schema.node('blockquote', null, [p([text('lui')])]),
    schema.node('signature', null, [p([text('Zoé')])]),
    schema.node('original', null, [p([text('avant')])]),
  );
  assert.equal(ownText(it), 'moi');
  assert.equal(ownPlainText('moi\n> lui\n-- \nZoé'), 'moi');
});
