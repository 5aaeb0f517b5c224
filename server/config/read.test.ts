import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { temporaryFolder } from '#tools/testing/folder.ts';

import { printManual } from './manual.ts';
import { BadConfig, readConfig, unknownVariables } from './read.ts';

const problemsOf = (sources: Parameters<typeof readConfig>[0]): readonly string[] => {
  try {
    readConfig(sources);
  } catch (error) {
    if (error instanceof BadConfig) return error.problems;
  }
  return [];
};

describe('the configuration', () => {
  const file = join(temporaryFolder(), 'pli.toml');
  writeFileSync(
    file,
    'data = "/srv/pli"\n[http]\nport = 81\nproxies = ["10.0.0.1"]\n[limits]\nmessageOctets = "20M"\n',
  );

  it('takes the command line before the environment before the file before the default', () => {
    const env = { PLI_CONFIG: file, PLI_HTTP_PORT: '82', PLI_SMTP_PORT: '0' };
    assert.equal(readConfig({ flags: { 'http-port': '83' }, env }).http.port, 83);
    assert.equal(readConfig({ env }).http.port, 82);
    assert.equal(readConfig({ env: { PLI_CONFIG: file } }).http.port, 81);
    assert.equal(readConfig({ env: {} }).http.port, 8080);
    assert.equal(readConfig({ env }).smtp.port, 0);
  });

  it('reads units, lists and durations', () => {
    const config = readConfig({ env: { PLI_CONFIG: file, PLI_SESSION_IDLE: '2h' } });
    assert.equal(config.limits.messageOctets, 20 * 1024 ** 2);
    assert.deepEqual(config.http.proxies, ['10.0.0.1']);
    assert.equal(config.session.idle, 7_200_000);
  });

  it('puts the database and the blobs in the data folder unless told otherwise', () => {
    const config = readConfig({ env: { PLI_DATA: '/srv/a', PLI_BLOBS_URL: 'file:/b' } });
    assert.equal(config.database.url, 'sqlite:/srv/a/pli.sqlite');
    assert.equal(config.blobs.url, 'file:/b');
  });

  it('says everything that is wrong at once, and where it was said', () => {
    const bad = join(temporaryFolder(), 'bad.toml');
    writeFileSync(bad, '[http]\nprot = 81\n');
    const problems = problemsOf({ env: { PLI_CONFIG: bad, PLI_HTTP_PORT: '99999', PLI_LAB: 'perhaps' } });
    assert.equal(problems.length, 3);
    assert.match(problems.join('\n'), /http\.prot in the file is no option[^]*PLI_LAB[^]*PLI_HTTP_PORT/);
  });

  it('keeps the laboratory on the loopback address', () => {
    assert.equal(readConfig({ env: { PLI_LAB: '1' } }).bind, '127.0.0.1');
    assert.equal(problemsOf({ env: { PLI_LAB: '1', PLI_BIND: '0.0.0.0' } }).length, 1);
  });

  it('names the variables that are no option', () => {
    assert.deepEqual(unknownVariables({ PLI_HTTP_PROT: '1', PLI_HTTP_PORT: '1', PLI_TEST_X: '1', PATH: '' }), [
      'PLI_HTTP_PROT',
    ]);
  });

  it('prints a manual that names every option once', () => {
    assert.equal(printManual().split('`PLI_HTTP_PORT`').length, 2);
  });
});
