import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workedMs } from '#tools/testing/worked.ts';
import { cleanHtml } from './clean.ts';
import { nearestColour } from './style.ts';

const word = (level: number, marker: string, text: string): string =>
  `<p class=MsoListParagraphCxSpMiddle style='text-indent:-18.0pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>${marker}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>${text}<o:p></o:p></p>`;

const pasted: readonly { readonly html: string; readonly clean: string; readonly because: string }[] = [
  {
    html: '<p class=MsoNormal style="margin:0cm">Un<o:p></o:p></p>',
    clean: '<p>Un</p>',
    because: 'looks and the mark of a paragraph go',
  },
  { html: '<p class=MsoNormal><o:p>&nbsp;</o:p></p>', clean: '<p></p>', because: 'an empty line stays an empty line' },
  {
    html: '<!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--><p>Un',
    clean: '<p>Un</p>',
    because: 'conditional comments go',
  },
  { html: '<style>p{color:red}</style><script>alert(1)</script>a', clean: 'a', because: 'what is no text goes whole' },
  { html: '<span style="font-weight:700">a</span>', clean: '<strong>a</strong>', because: 'a weight is bold' },
  {
    html: '<b style="font-weight:normal">a</b>',
    clean: 'a',
    because: 'Google Docs puts everything in a b that is none',
  },
  { html: '<b><i>a</i></b>', clean: '<strong><em>a</em></strong>', because: 'one name for each mark' },
  {
    html: '<span style="text-decoration:underline line-through">a</span>',
    clean: '<s><u>a</u></s>',
    because: 'both lines',
  },
  { html: '1<span style="vertical-align:super">er</span>', clean: '1<sup>er</sup>', because: 'French ordinals' },
  {
    html: '<span style="color:#C00000">a</span>',
    clean: '<span data-colour="red">a</span>',
    because: 'the nearest of our colours',
  },
  { html: '<span style="color:windowtext">a</span>', clean: 'a', because: 'black is no colour' },
  {
    html: '<font color="#0000ff">a</font>',
    clean: '<span data-colour="blue">a</span>',
    because: 'LibreOffice writes font',
  },
  { html: '<p align=center>a', clean: '<p data-align="center">a</p>', because: 'alignment is meant' },
  { html: '<a href="javascript:alert(1)">a</a>', clean: 'a', because: 'only addresses one may follow' },
  { html: '<a href=" java\nscript:alert(1)">a</a>', clean: 'a', because: 'browsers skip control characters' },
  {
    html: '<a href="https://a.fr/?b=1&amp;c=2" onclick=x()>a</a>',
    clean: '<a href="https://a.fr/?b=1&amp;c=2">a</a>',
    because: 'the address stays',
  },
  { html: '<p style="display:none">a</p>b', clean: 'b', because: 'what was hidden stays hidden' },
  { html: '<img src="https://a.fr/p.gif" width=1 height=1>', clean: '', because: 'it is there to watch' },
  {
    html: '<img src="https://a.fr/p.png" alt=Plan>',
    clean: '<img data-source="https://a.fr/p.png" alt="Plan">',
    because: 'never under src',
  },
  { html: '<img src="file:///C:/Temp/a.png" alt="Plan">', clean: 'Plan', because: 'Word names files nobody else has' },
  {
    html: '<table><tr><td>a<td>b</table>',
    clean: '<table><tr><td>a</td><td>b</td></tr></table>',
    because: 'end tags may be left out',
  },
  {
    html: '<table role=presentation><tr><td>a<td>b</table>',
    clean: '<div>a</div><div>b</div>',
    because: 'it only places things',
  },
  { html: '<ul><li>a<li>b</ul>', clean: '<ul><li>a</li><li>b</li></ul>', because: 'items end where the next begins' },
  {
    html: '<div class="pli-original"><p>a</p></div>',
    clean: '<div data-pli="original"><p>a</p></div>',
    because: 'our own drafts are read back',
  },
  { html: '1 < 2 && 3 > 2', clean: '1 &lt; 2 &amp;&amp; 3 &gt; 2', because: 'text is no markup' },
  { html: '<p title="a>b">c', clean: '<p>c</p>', because: 'a sign in quotes ends no tag' },
  {
    html: `${word(1, '·', 'Un')}\n${word(1, '·', 'Deux')}<p>Trois`,
    clean: '<ul><li><p>Un</p></li><li><p>Deux</p></li></ul><p>Trois</p>',
    because: 'fake bullets become a list',
  },
  {
    html: word(1, '3.', 'Un') + word(2, 'o', 'Deux') + word(1, '4.', 'Trois'),
    clean: '<ol start="3"><li><p>Un</p><ul><li><p>Deux</p></li></ul></li><li><p>Trois</p></li></ol>',
    because: 'levels nest, and a number may begin later',
  },
  {
    html: word(2, '·', 'Un') + word(1, '·', 'Deux'),
    clean: '<ul><li><p>Un</p></li><li><p>Deux</p></li></ul>',
    because: 'a list that begins deep has nothing to hang under',
  },
];
for (const { html, clean, because } of pasted)
  test(`${because}: ${html.slice(0, 60)}`, () => assert.equal(cleanHtml(html), clean));

test('what is clean stays as it is', () => {
  for (const { clean } of pasted) {
    // Pictures come under `src`, our data attributes are made here: neither is read from elsewhere.
    if (!clean.includes('data-')) assert.equal(cleanHtml(clean), clean);
  }
});

test('hostile markup ends, in time and depth', () => {
  const start = workedMs();
  for (const piece of ['<div>', '<p', '<a href="', '<!--', '<![if', '<b style="', '<td>', '<li>', '&', '<style>'])
    cleanHtml(piece.repeat(50_000));
  assert.ok(workedMs() - start < 8_000);
});

const colours: readonly (readonly [string, string | undefined])[] = [
  ['#000', undefined],
  ['rgb(31, 73, 125)', 'blue'],
  ['white', undefined],
  ['#7030A0', 'purple'],
  ['rgb(0,176,80)', 'green'],
  ['#808080', 'grey'],
  ['orange', 'orange'],
  ['inherit', undefined],
];
for (const [css, name] of colours) test(`colour ${css}`, () => assert.equal(nearestColour(css), name));
