/**
 * Filters of users as walks along indexes. A filter is served when, whatever else it says, an index leads to few of whom
 * it could be true: one of the conditions joined by `and`, each of those joined by `or`. Anything else would be asked of
 * everybody of an academy, and is refused as such (RFC 7644 §3.4.2.2, `invalidFilter`).
 */
import { ScimError } from '#formats/scim/error.ts';
import { type AttributePath, type Filter, printFilter } from '#formats/scim/filter.ts';
import { locate } from '#formats/scim/schema.ts';
import { foldWords } from '#server/directory/fold.ts';
import type { Driver, SortBy } from '#server/provisioning/find.ts';

import { enterpriseSchemaId, userResource } from './schemas.ts';

export interface FilterPlan {
  readonly drivers: readonly Driver[] | undefined;
  /** Whether the drivers find those who fit and nobody else. */
  readonly isExact: boolean;
}

/** @throws {ScimError} `invalidFilter`. */
export function planUserFilter(filter: Filter): FilterPlan {
  const plan = planOf(filter);
  if (plan) return plan;
  throw new ScimError(
    400,
    'invalidFilter',
    `${printFilter(filter).slice(0, 200)}: no index leads there; one of id, userName, externalId, emails.value (eq, sw), ` +
      `name.familyName (eq, sw), active, ${enterpriseSchemaId}:department (eq) must narrow it`,
  );
}

function planOf(filter: Filter): FilterPlan | undefined {
  switch (filter.kind) {
    case 'and': {
      const plans = filter.filters.flatMap((one) => planOf(one) ?? []);
      const [best] = plans.toSorted((a, b) => costOf(a) - costOf(b));
      return best && { ...best, isExact: false };
    }
    case 'or': {
      const plans = filter.filters.map(planOf);
      const drivers: Driver[] = [];
      for (const plan of plans) {
        if (!plan?.drivers) return undefined;
        drivers.push(...plan.drivers);
      }
      return { drivers, isExact: plans.every((plan) => plan?.isExact === true) };
    }
    case 'value': {
      // Whoever has such a value has it whatever else it is.
      const { name, uri } = filter.path;
      const inner = planOf(within(filter.filter, { name, uri }));
      return inner && { ...inner, isExact: false };
    }
    case 'compare':
      return planComparison(filter);
    case 'not':
    case 'present':
      return undefined;
  }
}

function within(filter: Filter, { name, uri }: Pick<AttributePath, 'name' | 'uri'>): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, filters: filter.filters.map((one) => within(one, { name, uri })) };
    case 'compare':
    case 'present':
      return { ...filter, path: { uri, name, sub: filter.path.name } };
    case 'not':
    case 'value':
      return filter;
  }
}

const costs: Readonly<Record<Driver['kind'], number>> = {
  id: 0,
  externalId: 1,
  userName: 2,
  address: 2,
  sortKey: 3,
  unit: 4,
  states: 5,
  subtree: 6,
};

function costOf({ drivers }: FilterPlan): number {
  return Math.max(...(drivers ?? []).map(({ kind }) => costs[kind]));
}

const workingStates = ['provisioned', 'active', 'locked'];
const outStates = ['blocked', 'suspended'];

function planComparison({ path, operator, value }: Extract<Filter, { kind: 'compare' }>): FilterPlan | undefined {
  const located = locate(userResource, path);
  if (!located) throw new ScimError(400, 'invalidFilter', `no attribute ${path.name}`);
  const name = `${located.attribute.name}${located.sub ? `.${located.sub.name}` : ''}`;
  const exactly = (driver: Driver): FilterPlan => ({ drivers: [driver], isExact: true });
  if (name === 'active' && operator === 'eq' && typeof value === 'boolean')
    return exactly({ kind: 'states', states: value ? workingStates : outStates });
  if (typeof value !== 'string' || value === '' || (operator !== 'eq' && operator !== 'sw')) return undefined;
  const isWhole = operator === 'eq';
  const folded = value.normalize('NFC').toLowerCase();
  switch (name) {
    case 'id':
      return isWhole ? exactly(idDriver(value)) : undefined;
    case 'userName':
      return exactly({ kind: 'userName', from: folded, isWhole });
    case 'externalId':
      return isWhole ? exactly({ kind: 'externalId', value }) : undefined;
    case 'emails':
    case 'emails.value':
      return exactly({ kind: 'address', from: folded, isWhole });
    case 'name.familyName': {
      const from = foldWords(value).join('');
      // The index folds more than the comparison does: whoever it finds is asked again.
      return from === '' ? undefined : { drivers: [{ kind: 'sortKey', from, isWhole: false }], isExact: false };
    }
    case 'department':
      return isWhole ? exactly({ kind: 'unit', code: folded }) : undefined;
    default:
      return undefined;
  }
}

function idDriver(text: string): Driver {
  const [, digits] = /^p([1-9]\d{0,14})$/.exec(text) ?? [];
  // Nobody has the number 0.
  return { kind: 'id', id: Number(digits ?? 0) };
}

/** @throws {ScimError} `invalidPath` for what no index sorts by. */
export function sortOfUsers(path: AttributePath | undefined): SortBy {
  if (path === undefined) return 'id';
  const located = locate(userResource, path);
  const name = located && `${located.attribute.name}${located.sub ? `.${located.sub.name}` : ''}`;
  if (name === 'id' || name === 'meta.created') return 'id';
  if (name === 'userName') return 'userName';
  if (name === 'name.familyName' || name === 'name') return 'familyName';
  throw new ScimError(400, 'invalidPath', 'sortBy is one of id, userName, name.familyName');
}
