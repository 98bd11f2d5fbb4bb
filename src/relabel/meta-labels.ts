/** A name as it can stand in a label's name. */
export function sanitized(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/gu, '_');
}

/** `host:port`, with the brackets that an IPv6 address needs. */
export function hostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
