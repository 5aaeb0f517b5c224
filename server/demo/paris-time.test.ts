import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parisAt,
  printFrenchDay,
  printFrenchTime,
  printIcsInstant,
  printRfc5322Date,
  schoolYearOf,
} from './paris-time.ts';

test('days and hours agree with the platform in summer, in winter and at both changes', () => {
  const day = new Intl.DateTimeFormat('fr-FR', {
    timeZone: 'Europe/Paris',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
  const time = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' });
  for (let instant = Date.UTC(2025, 0, 1); instant < Date.UTC(2027, 0, 1); instant += 3_600_000 * 5.5) {
    assert.equal(printFrenchDay(instant, true).replace(' 1er ', ' 1 '), day.format(instant));
    assert.equal(printFrenchTime(instant), time.format(instant));
  }
});

test('a wall clock hour in Paris is found on any day', () => {
  for (let instant = Date.UTC(2026, 0, 1, 11); instant < Date.UTC(2027, 0, 1); instant += 86_400_000) {
    assert.equal(printFrenchTime(parisAt(instant, 8, 30)), '08:30');
    assert.equal(printFrenchDay(parisAt(instant, 8, 30)), printFrenchDay(instant));
  }
});

test('dates are printed for headers and calendars, and the school year turns in August', () => {
  assert.equal(printRfc5322Date(Date.UTC(2026, 2, 3, 13, 5, 9)), 'Tue, 03 Mar 2026 14:05:09 +0100');
  assert.equal(printRfc5322Date(Date.UTC(2026, 6, 14, 22)), 'Wed, 15 Jul 2026 00:00:00 +0200');
  assert.equal(printIcsInstant(Date.UTC(2026, 2, 3, 13, 5, 9)), '20260303T130509Z');
  assert.equal(schoolYearOf(Date.UTC(2026, 6, 20)), '2025-2026');
  assert.equal(schoolYearOf(Date.UTC(2026, 7, 20)), '2026-2027');
});
