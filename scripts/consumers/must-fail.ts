// The one error that every compiler must find in this folder: without it the check would prove nothing.
// @ts-expect-error nothing is wrong below
export const fine = 1;
