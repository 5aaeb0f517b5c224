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
  { html: '1 < 2 <', to: '1 < 2 <' },
  { html: '<p data-style="x" style', to: '<p data-style="x" data-pli-style' },
];

for (const { html, to, sheets = [] } of rows) {
  it(`hides the styles of ${html}`, () => {
    assert.deepEqual(hideStyles(html), { html: to, styleSheets: sheets });
  });
}

it('is linear on hostile text', () => {
  for (const piece of ['<', '<p ', '<p style="', '<!--', '<style>', '</style', '<a =', '<a b= ']) {
    assert.ok(hideStyles(piece.repeat(200_000)).html.length >= 0);
  }
});
