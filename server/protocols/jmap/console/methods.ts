/** The methods of the console. */
import type { Method } from '#server/protocols/jmap/engine/method.ts';

import { personAct } from './act.ts';
import { announcementConsoleMethods } from './announcement.ts';
import { approvalMethods } from './approval.ts';
import { auditEntryMethods } from './audit-entry.ts';
import { brandMethods } from './brand.ts';
import { bulkActionMethods } from './bulk-action.ts';
import { compromiseMethods } from './compromise.ts';
import { diagnosisRead } from './diagnosis.ts';
import { openidClientMethods } from './openid-client.ts';
import { federationPolicyMethods, identityProviderMethods } from './identity-provider.ts';
import { maintenanceMethods } from './maintenance.ts';
import { groupMethods } from './group.ts';
import { personMethods } from './person.ts';
import { domainMethods } from './domain.ts';
import { placeMethods } from './places.ts';
import { policyMethods } from './policy.ts';
import { quotaRequestMethods } from './quota-request.ts';
import { roleMethods } from './role.ts';
import { scimTokenMethods } from './scim-token.ts';
import { supportContactMethods } from './support-contact.ts';
import { unitMethods } from './unit.ts';

export const consoleMethods: readonly Method[] = [
  personAct,
  ...approvalMethods,
  ...bulkActionMethods,
  ...compromiseMethods,
  ...personMethods,
  ...placeMethods,
  ...groupMethods,
  ...domainMethods,
  ...brandMethods,
  ...policyMethods,
  ...quotaRequestMethods,
  ...roleMethods,
  ...unitMethods,
  ...auditEntryMethods,
  ...scimTokenMethods,
  ...openidClientMethods,
  ...identityProviderMethods,
  ...federationPolicyMethods,
  ...announcementConsoleMethods,
  ...maintenanceMethods,
  ...supportContactMethods,
  diagnosisRead,
];
