import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type PlannedEntry, planAcademy, planAddresses } from './academy.ts';

test('the same seed gives the same academy and another seed another one', () => {
  assert.equal(hashOf(planAcademy({ people: 300, seed: 7 })), hashOf(planAcademy({ people: 300, seed: 7 })));
  assert.notEqual(hashOf(planAcademy({ people: 300, seed: 7 })), hashOf(planAcademy({ people: 300, seed: 8 })));
});

test('an academy holds exactly the people asked for, each in the unit whose span holds them', () => {
  for (const people of [60, 61, 250, 5000, 20_000]) {
    const academy = planAcademy({ people, seed: 1 });
    const inUnits = academy.units.flatMap((unit) => academy.staffOf(unit));
    assert.equal(new Set(inUnits).size, academy.staffCount);
    assert.equal(inUnits.length, academy.staffCount);
    assert.equal(
      academy.units.reduce((sum, unit) => sum + unit.pupils.count, 0),
      people - academy.staffCount,
    );
    let count = 0;
    for (const person of academy.people()) {
      assert.equal(person.index, count);
      count += 1;
      if (person.index >= academy.staffCount) assert.equal(person.population, 'pupil');
      else
        assert.ok(academy.staffOf(person.unit).includes(person.index), `${person.index} works in ${person.unit.code}`);
    }
    assert.equal(count, people);
  }
});

test('a person made alone is the person met when iterating', () => {
  const academy = planAcademy({ people: 2000, seed: 3 });
  const all = [...academy.people()];
  assert.deepEqual(academy.person(1234), all[1234]);
  assert.throws(() => academy.person(2000), RangeError);
});

test('parents come before children, codes and mailboxes are unique, UAI codes have their shape', () => {
  const academy = planAcademy({ people: 20_000, seed: 1 });
  const seen = new Set<string>();
  for (const unit of academy.units) {
    assert.ok(unit.parentCode === undefined || seen.has(unit.parentCode), unit.code);
    assert.ok(!seen.has(unit.code), unit.code);
    seen.add(unit.code);
    if (unit.uai !== undefined) assert.match(unit.uai, /^96[1-5]\d{4}[A-HJ-NPR-Z]$/u);
  }
  const boxes = [...academy.mailboxes()].map((mailbox) => mailbox.localPart);
  assert.equal(new Set(boxes).size, boxes.length);
  assert.ok(boxes.includes(`ce.${academy.school.code}`));
  for (const box of boxes) assert.match(box, /^[a-z0-9.-]+$/u);
});

test('every population is there from 60 people on, and the cast comes first', () => {
  const academy = planAcademy({ people: 60, seed: 1 });
  const populations = new Set([...academy.people()].map((person) => person.population));
  assert.deepEqual([...populations].sort(), ['administrative', 'higher', 'primary', 'pupil', 'secondary']);
  const addressOf = planAddresses(academy);
  assert.equal(addressOf(0), 'claire.dupont@ac-valmont.example');
  assert.equal(academy.person(1).familyName, 'Lefèvre');
  assert.equal(academy.person(2).familyName, 'Benali');
});

test('addresses are unique plain ASCII and homonyms are numbered', () => {
  const academy = planAcademy({ people: 20_000, seed: 1 });
  const addressOf = planAddresses(academy);
  const addresses = Array.from({ length: academy.peopleCount }, (_, index) => addressOf(index));
  assert.equal(new Set(addresses).size, addresses.length);
  for (const address of addresses) assert.match(address, /^[a-z][a-z-]*\.[a-z][a-z-]*\d*@ac-valmont\.example$/u);
  assert.ok(addresses.some((address) => /\d@/u.test(address)));
});

test('700,000 people are planned without holding them', () => {
  const academy = planAcademy({ people: 700_000, seed: 1 });
  assert.ok(academy.units.length > 2400 && academy.units.length < 2700, String(academy.units.length));
  assert.ok(academy.staffCount > 45_000 && academy.staffCount < 50_000);
  assert.equal(academy.person(699_999).population, 'pupil');
  assert.throws(() => planAcademy({ people: 59, seed: 1 }), RangeError);
});

function hashOf(entries: Iterable<PlannedEntry>): string {
  const hash = createHash('sha256');
  for (const entry of entries) hash.update(JSON.stringify(entry));
  return hash.digest('hex');
}
