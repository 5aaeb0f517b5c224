/** A unit of the tree as its row says it, for all who ask for rows of units. Pure. */
import { asId, type UnitId } from '#server/store/ids.ts';

export interface Unit {
  readonly id: UnitId;
  readonly parentId: UnitId | null;
  /** '/1/5/9/': each ancestor's id and its own. */
  readonly path: string;
  /** academy, rectorate, service, dsden, ecole, college, lycee, university … */
  readonly kind: string;
  /** Unique in the tenant: the UAI code of a school in lower case, a short name otherwise. */
  readonly code: string | null;
  readonly name: string;
  readonly isPublic: boolean;
  /** As its number is written: `34`, `2A`, `971`; null where nobody said. */
  readonly department: string | null;
  /** Since when nobody comes to it any more, milliseconds since 1970; null while it is open. */
  readonly closedAt: number | null;
}

interface UnitRow {
  readonly id: number;
  readonly parent_id: number | null;
  readonly path: string;
  readonly kind: string;
  readonly code: string | null;
  readonly name: string;
  readonly is_public: number;
  readonly department: string | null;
  readonly closed_at: number | null;
}

export const readUnit = (row: UnitRow): Unit => ({
  id: asId<UnitId>(row.id),
  parentId: row.parent_id === null ? null : asId<UnitId>(row.parent_id),
  path: row.path,
  kind: row.kind,
  code: row.code,
  name: row.name,
  isPublic: row.is_public === 1,
  department: row.department,
  closedAt: row.closed_at,
});

export const unitColumns = [
  'id',
  'parent_id',
  'path',
  'kind',
  'code',
  'name',
  'is_public',
  'department',
  'closed_at',
] as const;
