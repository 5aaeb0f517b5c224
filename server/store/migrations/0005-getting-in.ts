/** A login in several steps: a session that is not open yet knows what its holder still has to do. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0005-getting-in';

export function statements({ text }: ColumnTypes): readonly string[] {
  return [
    // steps: JSON, the steps that are left, in order; none in a session that is open. See access/steps.ts.
    `alter table session add column steps ${text} not null default '[]'`,
  ];
}
