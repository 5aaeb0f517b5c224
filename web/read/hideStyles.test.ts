import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hideStyles } from './hideStyles.ts';

const rows: readonly { readonly html: string; readonly to: string; readonly sheets?: readonly string[] }[] = [
  { html: '<p style="color:red">a</p>', to: '<p data-pli-style="color:red">a</p>' },
  { html: "<p class=x STYLE='a' id=y>", to: "<p class=x data-pli-style='a' id=y>" },
  { html: '<p title="style=1" style=x>style=2', to: '<p title="style=1" data-pli-style=x>style=2' },
  { html: '<p title=">" style=x>', to: '<p title=">" data-pli-style=x>' },
  { html: '<br/style=x>', to: '<br/data-pli-style=x>' },
  { html: '<!-- <p style=x> --><b style=y>', to: '<!-- <p style=x> --><b data-pli-style=y>' },
  { html: 'a<style type="text/css">b{}</STYLE >c', to: 'ac', sheets: ['b{}'] },
  { html: 'a<style>b{', to: 'a', sheets: ['b{'] },
  { html: '<!--><p style=x><!-- --> <b style=y>', to: '<!--><p data-pli-style=x><!-- --> <b data-pli-style=y>' },
  { html: '<BODY bgcolor=red style=x>a</body>', to: '<div data-pli-body bgcolor=red data-pli-style=x>a</body>' },
  { html: '<bodyguard style=x>', to: '<bodyguard data-pli-style=x>' },
  {
    html: '<title><style></title><p style=x>a</p><style>b</style>',
    to: '<title><style></title><p data-pli-style=x>a</p>',
    sheets: ['b'],
  },
  { html: '<p onclick="x" STYLE=y onload=z>', to: '<p data-onclick="x" data-pli-style=y data-onload=z>' },
  { html: '<noscript><p title="</noscript>"></noscript>a', to: '<p title="</noscript>">a' },
  { html: '<BASE href=x><meta charset=x><link>a', to: 'a' },
  { html: '<div>a</div><br></br>', to: '<div>a</div><br></br>' },
  { html: '1 < 2 <', to: '1 < 2 <' },
  { html: '<p data-style="x" style', to: '<p data-style="x" data-pli-style' },
];

for (const { html, to, sheets = [] } of rows) {
  it(`hides the styles of ${html}`, () => {
    assert.deepEqual(hideStyles(html), { html: to, styleSheets: sheets });
  });
}

it('is linear on hostile text', () => {
  for (const piece of ['<', '<p ', '<p style="', '<!--', '<style>', '</style', '<a =', '<a b= ', '</', '<title>']) {
    assert.ok(hideStyles(piece.repeat(200_000)).html.length >= 0);
  }
});

it('leaves out tags nested deeper than a browser can lay out, and keeps their text', () => {
  const deep = hideStyles('<div>'.repeat(20_000) + 'bottom' + '</div>'.repeat(20_000)).html;
  assert.equal(deep, '<div>'.repeat(120) + 'bottom' + '</div>'.repeat(120));
  const letters = hideStyles('<b>'.repeat(500) + 'bold' + '</b>'.repeat(500)).html;
  assert.equal(letters, '<b>'.repeat(24) + 'bold' + '</b>'.repeat(24));
});

it('counts neither unclosed paragraphs nor brothers as depth', () => {
  for (const html of ['<p>a'.repeat(5000), '<div>a</div>'.repeat(5000), '<table><tr><td>a</table>'.repeat(5000)]) {
    assert.equal(hideStyles(html).html, html);
  }
});

it('leaves out all tags after so many', () => {
  assert.equal(hideStyles('<p>'.repeat(60_000) + 'end').html, '<p>'.repeat(50_000) + 'end');
});
