/**
 * Search filters. What an administrator typed is parsed once into ldapts' filter classes, and what is known of a person is put
 * into the parsed tree: it becomes a value of the protocol and never text of a filter, so that nothing in a name can change
 * what is asked (RFC 4515 §3 escapes do not even come into play).
 */
import { AndFilter, EqualityFilter, type Filter, FilterParser, NotFilter, OrFilter } from 'ldapts';

import { Refusal } from '#server/access/refusal.ts';
import type { LdapSettings } from '#server/federation/settings.ts';

export type PersonValues = Readonly<Record<'userName' | 'email' | 'externalId', string>>;

/** @returns undefined where the template names what this person has not: nobody is found by nothing. */
export function filterFor(template: string, values: PersonValues): Filter | undefined {
  const wanted = new Set(Array.from(template.matchAll(/\{(\w+)\}/g), ([, name = '']) => name));
  const isKnown = (name: string): name is keyof PersonValues => Object.hasOwn(values, name);
  for (const name of wanted) if (!isKnown(name) || values[name] === '') return undefined;
  return filled(FilterParser.parseString(template), (value) => {
    const name = /^\{(\w+)\}$/.exec(value)?.[1] ?? '';
    return isKnown(name) ? values[name] : value;
  });
}

export function parseFilter(text: string): Filter {
  return FilterParser.parseString(text);
}

function filled(filter: Filter, fill: (value: string) => string): Filter {
  if (filter instanceof AndFilter) return new AndFilter({ filters: filter.filters.map((one) => filled(one, fill)) });
  if (filter instanceof OrFilter) return new OrFilter({ filters: filter.filters.map((one) => filled(one, fill)) });
  if (filter instanceof NotFilter) return new NotFilter({ filter: filled(filter.filter, fill) });
  if (filter instanceof EqualityFilter && typeof filter.value === 'string')
    return new EqualityFilter({ attribute: filter.attribute, value: fill(filter.value) });
  return filter;
}

const nobody: PersonValues = { userName: 'a', email: 'a', externalId: 'a' };

/** @throws {Refusal} `invalidProperties` naming the filters that are none, or that find nobody in particular. */
export function requireFilters({ filter, peopleFilter, unitsFilter }: LdapSettings): void {
  const isGood = (work: () => boolean): boolean => {
    try {
      return work();
    } catch {
      // ldapts throws plain errors for what it cannot parse; all mean the same.
      return false;
    }
  };
  const places = filter.match(/\{\w+\}/g) ?? [];
  const whole = filter.match(/=\{(?:userName|email|externalId)\}\)/g) ?? [];
  const wrong = [
    ...(places.length > 0 && places.length === whole.length && isGood(() => filterFor(filter, nobody) !== undefined)
      ? []
      : ['filter']),
    ...(isGood(() => parseFilter(peopleFilter) instanceof Object) ? [] : ['peopleFilter']),
    ...(isGood(() => parseFilter(unitsFilter) instanceof Object) ? [] : ['unitsFilter']),
  ];
  if (wrong.length > 0)
    throw new Refusal('invalidProperties', { properties: wrong, description: `not in order: ${wrong.join(', ')}` });
}
