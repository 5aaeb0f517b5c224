/** Senders whose remote images one wants to see always: a choice of this browser. */
const storageKey = 'pli.trustedSenders';
const most = 500;

export function isTrusted(sender: string): boolean {
  return sender !== '' && load().includes(sender.toLowerCase());
}

export function trust(sender: string): void {
  const senders = [sender.toLowerCase(), ...load().filter((each) => each !== sender.toLowerCase())].slice(0, most);
  try {
    localStorage.setItem(storageKey, JSON.stringify(senders));
  } catch {
    // Storage is full or forbidden: the images are shown this time, and asked for again the next.
  }
}

function load(): readonly string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
