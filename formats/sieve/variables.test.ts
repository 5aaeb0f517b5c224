import assert from 'node:assert/strict';
import { test } from 'node:test';
import { told } from './lab.testing.ts';

const variables: readonly {
  readonly script: string;
  readonly is: string;
  readonly because: string;
  readonly requires?: string;
}[] = [
  { script: 'set "a" "x"; set "V" "${A}${a}";', is: 'xx', because: 'names have no case' },
  { script: 'set "v" "a${none}b";', is: 'ab', because: 'what is not set is empty' },
  { script: 'set "v" "${} ${a b} $ {a} ${a";', is: '${} ${a b} $ {a} ${a', because: 'what is no reference stays' },
  { script: 'set "a" "x"; set "v" "&${a}&${${a}}";', is: '&x&${x}', because: 'references do not nest' },
  { script: 'set :upper "v" "éa";', is: 'ÉA', because: 'upper' },
  {
    script: 'set :lower :upperfirst "v" "ÉMILE";',
    is: 'Émile',
    because: 'the higher precedence goes first (RFC 5229 §4.1)',
  },
  { script: 'set :lowerfirst "v" "ABC";', is: 'aBC', because: 'lowerfirst' },
  { script: 'set :quotewildcard "v" "Rock*?\\\\";', is: 'Rock\\*\\?\\\\', because: 'quotewildcard' },
  { script: 'set :quoteregex "v" "a.b[c]";', is: 'a\\.b\\[c\\]', because: 'quoteregex', requires: 'regex' },
  { script: 'set :length "v" "é😀a";', is: '3', because: 'length counts characters' },
  { script: 'set :length :upper :quotewildcard "v" "a*";', is: '3', because: 'length comes last' },
  {
    script: 'set :encodeurl "v" "é b&(c)";',
    is: '%C3%A9%20b%26%28c%29',
    because: 'encodeurl (RFC 5435 §6)',
    requires: 'enotify',
  },
  {
    script: 'if header :matches "subject" "*union*conseil" {} set "v" "${1}|${2}|${0}|${3}";',
    is: 'Ré| du |Réunion du conseil|',
    because: 'match variables',
  },
  {
    script: 'if string :matches "foo-bar-baz" "*-*" {} set "v" "${1}|${2}";',
    is: 'foo|bar-baz',
    because: 'stars take as little as they can',
  },
  {
    script: 'if string :matches "aXbXc" "?X*X?" {} set "v" "${1}${2}${3}";',
    is: 'abc',
    because: 'question marks are numbered too',
  },
  {
    script: 'if string :matches "a" "a" {} if string :matches "b" "x*" {} set "v" "${0}";',
    is: 'a',
    because: 'a test that fails leaves them',
  },
  { script: 'if header :contains "subject" "conseil" {} set "v" "${0}";', is: '', because: 'contains sets none' },
  {
    script: 'if string :regex "2026-11-22" "([0-9]+)-([0-9]+)(x)?-" {} set "v" "${2}/${1}/${3}/${0}";',
    is: '11/2026//2026-11-',
    because: 'groups of a regex',
    requires: 'regex',
  },
  {
    script: 'if string :regex "abcd" "a|ab|abc" {} set "v" "${0}";',
    is: 'abc',
    because: 'the longest match (POSIX)',
    requires: 'regex',
  },
  {
    script: 'if string :regex "xxabab" "(ab)+" {} set "v" "${0}:${1}";',
    is: 'abab:ab',
    because: 'the leftmost, the last round of a group',
    requires: 'regex',
  },
  {
    script: 'if body :matches "*" {} set "v" "${0}";',
    is: '',
    because: 'a body sets none (RFC 5173 §6)',
    requires: 'body',
  },
  {
    script: 'set "v" "${unicode:24}{a}";',
    is: '',
    because: 'encoded characters come before variables',
    requires: 'encoded-character',
  },
  {
    script: 'addflag "f" ["a","B"]; if hasflag :contains "f" "b" { set "v" "${f}"; }',
    is: 'a B',
    because: 'flags in a variable',
    requires: 'imap4flags',
  },
  {
    script: 'if address :list "from" "urn:x" {} set "v" "${0}";',
    is: '',
    because: 'no match, no variable',
    requires: 'extlists',
  },
  {
    script: 'if string :matches :comparator "i;unicode-casemap" "ÉCOLE Été" "école *" {} set "v" "${1}";',
    is: 'Été',
    because: 'captures keep their case',
    requires: 'comparator-i;unicode-casemap',
  },
  { script: 'set "v" "0123456789"; set "v" "${v}${v}";', is: '01234567890123456789', because: 'values grow' },
  {
    script: 'if string :matches "a:b:c" "*:*:*" {} set "v" "${0002}${02}${2}";',
    is: 'bbb',
    because: 'zeros in front of a number do not count (RFC 5229 §3)',
  },
  {
    script: `if string :matches "abcdefghijklmnopqrstuvwxyz" "${'?'.repeat(26)}" {} set "v" "\${26}\${13}\${1}";`,
    is: 'zma',
    because: 'more match variables than ten',
  },
];

for (const { script, is, because, requires } of variables) {
  test(`variables: ${because}`, () => {
    const all = ['variables', 'fileinto', ...(requires === undefined ? [] : [requires])].join(' ');
    assert.equal(told(`{${all}} ${script} fileinto "=\${v}";`), `fileinto =${is}`);
  });
}

test('a variable is cut where it is too long, never within a character', () => {
  const script = '{variables fileinto} set "v" "abc😀"; fileinto "${v}";';
  assert.equal(told(script, { input: { limits: { variableUnits: 4 } } }), 'fileinto abc');
  assert.equal(told(script, { input: { limits: { variableUnits: 5 } } }), 'fileinto abc😀');
});
