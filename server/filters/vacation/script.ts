/**
 * The absence answer as a script, so that its manners (RFC 3834, RFC 5230 §4) are those of `vacation` and of nothing
 * else. The words of the settings are strings of that script: nothing in them can be a command.
 */
import { printMessage, type ContentSpec } from '#formats/message/print.ts';
import { compileSieve } from '#formats/sieve/compile.ts';
import type { Script } from '#formats/sieve/types.ts';

import type { Language } from '#server/filters/queries/owner.ts';
import type { VacationSettings } from '#server/filters/queries/vacation.ts';

/** One answer to a sender in so many days. */
const answeredEveryDays = 7;

/** What is answered where nobody wrote anything. */
const usualText: Readonly<Record<Language, string>> = {
  fr: 'Je suis absent pour le moment et répondrai à mon retour.',
  en: 'I am away at the moment and will answer when I am back.',
};

export function isInForce({ isEnabled, fromAt, untilAt }: VacationSettings, at: number): boolean {
  return isEnabled && (fromAt === null || fromAt <= at) && (untilAt === null || at < untilAt);
}

/** For as long as it is in force; whether it is, `isInForce` says at each message. */
export function vacationScript(settings: VacationSettings, language: Language): Script {
  const subject = settings.subject === null ? '' : ` :subject ${quoted(settings.subject)}`;
  const text = `require "vacation";\r\nvacation :days ${answeredEveryDays} :handle "pli-vacation-response"${subject} :mime ${quoted(entityOf(settings, language))};\r\n`;
  return compileSieve(text, { limits: { scriptOctets: text.length * 4, stringUnits: text.length } });
}

/** The MIME entity of the answer, with its header. */
function entityOf({ textBody, htmlBody }: VacationSettings, language: Language): string {
  const text: ContentSpec = { kind: 'text', subtype: 'plain', text: textBody ?? usualText[language] };
  const html: ContentSpec | undefined =
    htmlBody === null ? undefined : { kind: 'text', subtype: 'html', text: htmlBody };
  const body: ContentSpec =
    html === undefined
      ? text
      : textBody === null
        ? html
        : { kind: 'multipart', subtype: 'alternative', parts: [text, html] };
  return new TextDecoder().decode(printMessage({ fields: [], body, boundarySeed: 'absence' }));
}

/** RFC 5228 §2.4.2 quoted-string. */
function quoted(text: string): string {
  return `"${text.replaceAll('\0', '').replace(/["\\]/g, String.raw`\$&`)}"`;
}
