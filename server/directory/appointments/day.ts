/** Days as appointments know them: `2026-09-01`, in the time of this house. */

const dayForm = /^\d{4}-\d\d-\d\d$/;

/** The day it is for the people of this house. `at`: milliseconds since 1970. */
export function dayOf(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('Europe/Paris').toPlainDate().toString();
}

export function isDay(text: string): boolean {
  if (!dayForm.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  // The 31st of a month of 30 days is read as the first of the next.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
