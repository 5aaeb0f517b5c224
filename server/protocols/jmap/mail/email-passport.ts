/**
 * EmailPassport/get, our own: how emails arrived and every stop they made since. Ids are those of emails. `arrival` and
 * `stops` hold `at` (UTCDate), `stop` and `details`, which are as the stop wrote them.
 */
import { MethodError } from '#formats/jmap/errors.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { type JsonObject, readJsonText } from '#formats/jmap/json.ts';
import { type PassportStop, readPassports } from '#server/mail/emails/passport.ts';

import { pliMailCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { emailIds } from './ids.ts';

export const passportMethods = defineType({
  name: 'EmailPassport',
  capability: pliMailCapability,
  state: 'Email',
  ids: emailIds,
  properties: { arrival: { isServerSet: true }, stops: { isServerSet: true } },
  get: {
    async run({ store, actor, accountId }, ids, properties) {
      if (ids === null) throw new MethodError('requestTooLarge', 'ask for passports by the ids of emails');
      const passports = await readPassports(store, actor, accountId, ids);
      return passports.map(({ emailId, arrival, stops }) => ({
        id: emailIds.print(emailId),
        ...(properties.includes('arrival') && { arrival: arrival && printStop(arrival) }),
        ...(properties.includes('stops') && { stops: stops.map(printStop) }),
      }));
    },
  },
});

function printStop({ at, stop, details }: PassportStop): JsonObject {
  return { at: printUtcDate(at), stop, details: readJsonText(details) };
}
