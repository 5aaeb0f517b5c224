/** A file of people for the import, as many as an academy has: few first names, many family names, many homonyms. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

const givenNames =
  'Claire Marc Léa Hugo Zoé Emma Louis Jade Adam Inès Nathan Manon Lucas Chloé Camille Théo Sarah Paul Juliette Nadia Karim Élise Jules Anna Rose Tom Lina Noé Alice Maël'.split(
    ' ',
  );
const syllables = 'ma ri lo cé da no vi tho ber nar du pont mo reau gar cia fon tai ne le'.split(' ');
const known = ['Martin', 'Bernard', 'Dupont', 'Petit', 'Durand', 'Moreau'];

/** Writes `people.csv` with so many lines below its header; the same people each time. */
export async function writePeople(path: string, people: number): Promise<void> {
  const file = createWriteStream(path);
  file.write('externalId,givenName,familyName,population,function\n');
  let state = 7;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const familyName = (): string => {
    if (draw(20) === 0) return known[draw(known.length)] ?? 'Martin';
    const name = Array.from({ length: 2 + draw(2) }, () => syllables[draw(syllables.length)]).join('');
    return name.charAt(0).toUpperCase() + name.slice(1);
  };
  for (let index = 0; index < people; index += 1) {
    const [population, work] = draw(14) === 0 ? ['secondary', 'professeur'] : ['pupil', 'élève'];
    const line = `B${index},${givenNames[draw(givenNames.length)]},${familyName()},${population},${work}\n`;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}
