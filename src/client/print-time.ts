/** RFC 3339 with nanoseconds; seconds since 1970 where a year has more than four digits. */
export function printTime(seconds: number | bigint, nanos: number): string {
  const fraction = String(nanos).padStart(9, '0');
  const date = new Date(Number(seconds) * 1000);
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return /^\d{4}-/.test(text) ? text.replace(/\.\d+Z$/, `.${fraction}Z`) : `${seconds}.${fraction}`;
}
