/** A file of our own server as text to look at, however large it is. */

/** More is for an editor. */
const textOctets = 200_000;

/** The beginning of a file as text: UTF-8, or Windows' western letters where it is not. */
export async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { headers: { range: `bytes=0-${textOctets - 1}` }, signal });
  if (!response.ok) throw new Error(String(response.status));
  const octets = await response.arrayBuffer();
  const cut = octets.byteLength === textOctets ? '\n…' : '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets) + cut;
  } catch {
    return new TextDecoder('windows-1252').decode(octets) + cut;
  }
}
