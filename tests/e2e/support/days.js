// Civil dates counted from today.

/** The date so many days from now. */
export function inDays(days) {
  const date = new Date();
  date.setDate(date.getDate() + days);
  return date;
}
