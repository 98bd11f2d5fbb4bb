export const longMonths = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const longWeekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export const shortMonths = longMonths.map((name) => name.slice(0, 3));

export const shortWeekdays = longWeekdays.map((name) => name.slice(0, 3));
