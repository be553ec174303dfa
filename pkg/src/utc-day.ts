/** The day of now in UTC, as `2027-03-01`. For `toISOString`, V8 would load the world's time zones first. */
export function utcDay(): string {
  const now = new Date();
  const [month, day] = [now.getUTCMonth() + 1, now.getUTCDate()].map((number) => String(number).padStart(2, "0"));
  return `${now.getUTCFullYear()}-${month}-${day}`;
}
