/** Room as people type it: gigabytes, with a comma or a point. */
export const octetsPerGb = 1_000_000_000;

/** null for no limit; undefined for what is no number. */
export function readQuota(text: string): number | null | undefined {
  const typed = text.trim().replace(',', '.');
  if (typed === '') return null;
  return /^\d{1,5}(?:\.\d{1,3})?$/.test(typed) ? Math.round(Number(typed) * octetsPerGb) : undefined;
}
