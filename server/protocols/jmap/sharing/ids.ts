/** How principals are named: by the account that is theirs. */
import type { AccountId } from '#server/store/ids.ts';

import { numberedIds } from '#server/protocols/jmap/engine/type.ts';

export const principalIds = numberedIds<AccountId>('o');
