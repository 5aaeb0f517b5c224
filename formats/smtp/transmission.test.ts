import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printTransmission } from './transmission.ts';

const rows = [
  { verb: 'HELO', isSecure: false, isAuthenticated: false, isUtf8: false, word: 'SMTP' },
  { verb: 'EHLO', isSecure: false, isAuthenticated: false, isUtf8: false, word: 'ESMTP' },
  { verb: 'EHLO', isSecure: true, isAuthenticated: true, isUtf8: false, word: 'ESMTPSA' },
  { verb: 'EHLO', isSecure: true, isAuthenticated: false, isUtf8: true, word: 'UTF8SMTPS' },
  { verb: 'LHLO', isSecure: false, isAuthenticated: false, isUtf8: false, word: 'LMTP' },
  { verb: 'LHLO', isSecure: true, isAuthenticated: false, isUtf8: true, word: 'UTF8LMTPS' },
] as const;

test('the way a message came has its registered word', () => {
  for (const { word, ...transmission } of rows) assert.equal(printTransmission(transmission), word);
});
