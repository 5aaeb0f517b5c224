/** How ids of scripts and runs are written. */
import type { FilterRunId, SieveScriptId } from '#server/store/ids.ts';

import { numberedIds } from '#server/protocols/jmap/engine/type.ts';

export const scriptIds = numberedIds<SieveScriptId>('f');
export const runIds = numberedIds<FilterRunId>('r');
