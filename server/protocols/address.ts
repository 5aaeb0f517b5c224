/** Addresses of clients, as the heads write and judge them. */

/** An IPv4 address as such, where a dual socket writes ::ffff:192.0.2.1. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Whether what goes there never leaves this machine. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address);
}
